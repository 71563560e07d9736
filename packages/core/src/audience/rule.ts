import { z } from "zod";
import { columnName } from "../schema/schema.ts";
import { inWindow } from "./did-window.ts";
import { MEASURE_OPERANDS } from "./measure.ts";
import { NODE_FORMS } from "./node.ts";
import { COMPARISON_NAMES, type ComparisonName, OPERATORS, type OperatorName } from "./operator.ts";

/** How deep a rule may be nested, filters of events included; a single condition has depth 1. */
export const MAXIMUM_DEPTH = 20;
/** How many conditions a rule may have: each `have`, `did`, `inAudience`, `everyone` and each filter on a property is one. */
export const MAXIMUM_LEAVES = 200;

/** The type of an event, as the data names it. */
const eventName = z.string().min(1).max(200);

const operands = Object.fromEntries(
  Object.entries(OPERATORS).map(([name, operator]) => [name, operator.operand.optional()]),
) as { readonly [Name in OperatorName]: z.ZodOptional<(typeof OPERATORS)[Name]["operand"]> };

/** Behind a measure stand those that compare numbers. */
const comparisons = Object.fromEntries(COMPARISON_NAMES.map((name) => [name, operands[name]])) as Pick<
  typeof operands,
  ComparisonName
>;

const ignoreCase = z
  .boolean()
  .optional()
  .describe("Compares text without regard to upper and lower case; only with operators on text.");

/** Each key of a leaf with the schema of its value. */
export const HAVE_PARTS = { attribute: columnName, ...operands, ignoreCase };
export const PROPERTY_PARTS = { property: columnName, ...operands, ignoreCase };

const have = z.strictObject(HAVE_PARTS);
const propertyTest = z.strictObject(PROPERTY_PARTS);
const measure = z.strictObject({
  count: MEASURE_OPERANDS.count.optional(),
  distinct: MEASURE_OPERANDS.distinct.optional(),
  sum: MEASURE_OPERANDS.sum.optional(),
  average: MEASURE_OPERANDS.average.optional(),
  minimum: MEASURE_OPERANDS.minimum.optional(),
  maximum: MEASURE_OPERANDS.maximum.optional(),
});

/** An attribute against exactly one operator. */
export type Have = z.output<typeof have>;
/** A property of an event against exactly one operator. */
export type PropertyTest = z.output<typeof propertyTest>;
/** Exactly one measure. */
export type Measure = z.output<typeof measure>;

/** Which events count: conditions on their properties. */
export type Filter = { all: Filter[] } | { any: Filter[] } | { not: Filter } | PropertyTest;

const filter: z.ZodType<Filter> = z
  .lazy(() =>
    z.union([
      z.strictObject({ all: z.array(filter).min(1) }),
      z.strictObject({ any: z.array(filter).min(1) }),
      z.strictObject({ not: filter }),
      propertyTest,
    ]),
  )
  .meta({ id: "RuleFilter", description: "Conditions on the properties of an event." });

export const DID_PARTS = {
  event: eventName,
  where: z.unknown(),
  measure: z.unknown(),
  within: z.unknown(),
  occurrence: z
    .enum(["first", "last"])
    .describe("The first or the last of all these events, up to now, lies in the window."),
  ...comparisons,
};
const did = z.strictObject({
  ...DID_PARTS,
  where: filter.optional(),
  measure: measure.optional(),
  within: inWindow.optional(),
  occurrence: DID_PARTS.occurrence.optional(),
});

/** An event, which of them count, what is measured over them, and when. */
export type Did = z.output<typeof did>;

/** The id of an audience, whose rule is meant. */
export const audienceReference = z.string().min(1);

/** A rule: nested, closed, every node an object with exactly one key. */
export type Rule =
  | { all: Rule[] }
  | { any: Rule[] }
  | { not: Rule }
  | { have: Have }
  | { did: Did }
  | { inAudience: string }
  | { everyone: true };

type KeysOf<Union> = Union extends unknown ? keyof Union : never;
/** `all`, `any`, `not`, `have`, `did`, `inAudience`, `everyone` */
export type NodeKind = KeysOf<Rule>;

/**
 * The shape of a rule, as the API document shows it. It says little about what is wrong: {@link parseRule}
 * and {@link resolveRule} do, and bound the depth first.
 */
export const ruleSchema: z.ZodType<Rule> = z
  .lazy(() =>
    z.union([
      z.strictObject({ all: z.array(ruleSchema).min(1).describe(holdsWhen("all")) }),
      z.strictObject({ any: z.array(ruleSchema).min(1).describe(holdsWhen("any")) }),
      z.strictObject({ not: ruleSchema }),
      z.strictObject({ have }),
      z.strictObject({ did }),
      z.strictObject({ inAudience: audienceReference.describe(holdsWhen("inAudience")) }),
      z.strictObject({ everyone: z.literal(true).describe(holdsWhen("everyone")) }),
    ]),
  )
  .meta({ id: "Rule", description: "Who belongs to an audience; see docs/rules.md." });

function holdsWhen(kind: NodeKind): string {
  return `Holds when: ${NODE_FORMS[kind].meaning}.`;
}
