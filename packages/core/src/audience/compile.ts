import { type DidLeaves, didLeaves } from "./compile/did.ts";
import { type HaveLeaves, haveLeaves } from "./compile/have.ts";
import { type ParameterValue, parameterList } from "./compile/parameters.ts";
import { type SharedRules, sharedRules } from "./compile/shared.ts";
import type { ResolvedRule, RuleKind } from "./resolved.ts";
import type { Moment } from "./window.ts";

/** The views that a statement reads, with the columns of each; the engine makes them for exactly these. */
export interface CompiledNeeds {
  readonly profiles: true;
  /** Catalog numbers read from `attribute_view`. */
  readonly attributes: readonly number[];
  /** `event_view_<schema>`, with the catalog numbers of the columns. */
  readonly events: readonly { readonly schema: number; readonly columns: readonly number[] }[];
}

export interface CompiledRules {
  /** `SELECT profile, r0, r1, …`: one row per profile, a UInt8 per rule. Stands behind the views' `WITH`. */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly needs: CompiledNeeds;
  /** The column of each rule, in the order in which the rules were given. */
  readonly columns: readonly string[];
}

/** The leaves of all rules of one statement: equal ones are computed once, and a node sees them as columns. */
interface Leaves {
  readonly have: HaveLeaves;
  readonly did: DidLeaves;
  readonly shared: SharedRules;
}

const NODES: {
  readonly [Kind in RuleKind]: (rule: ResolvedRule<Kind>, leaves: Leaves) => string;
} = {
  all: ({ of }, leaves) => joined(of, "AND", leaves),
  any: ({ of }, leaves) => joined(of, "OR", leaves),
  not: ({ of }, leaves) => `NOT ${condition(of, leaves)}`,
  everyone: () => "1",
  have: (rule, leaves) => leaves.have.column(rule),
  did: (rule, leaves) => leaves.did.column(rule),
  inAudience: (rule, leaves) => leaves.shared.column(rule),
};

/**
 * Many rules as one statement: one grouped pass over the attributes, one over the events of each schema, joined
 * to all profiles; the trees are evaluated on those columns. Every column is 0 or 1, never NULL.
 */
export function compileRules(rules: readonly ResolvedRule[], moment: Moment): CompiledRules {
  const { bind, values } = parameterList();
  const leaves: Leaves = {
    have: haveLeaves(bind, moment),
    did: didLeaves(bind, moment),
    shared: sharedRules((rule) => condition(rule, leaves)),
  };
  const conditions = rules.map((rule) => condition(rule, leaves));
  const columns = rules.map((_, index) => `r${index}`);
  const selected = conditions.map((sql, index) => `${sql} AS r${index}`);
  const eventPasses = leaves.did.passes();
  const joins = [...leaves.have.passes(), ...eventPasses.map((pass) => pass.sql)].map(
    (pass, index) => `LEFT JOIN (\n${pass}\n) AS pass_${index} ON pass_${index}.profile = people.profile`,
  );
  const people = ["FROM profile_view AS people", ...joins].join("\n");
  const steps = leaves.shared.steps();
  const sql =
    steps.length === 0
      ? `SELECT ${["people.profile AS profile", ...selected].join(",\n  ")}\n${people}`
      : `SELECT ${["profile", ...selected].join(",\n  ")}\nFROM ${inSteps(steps, leaves, people)}`;
  const events = eventPasses.flatMap((pass) => pass.events);
  const attributes = leaves.have.attributes();
  return { sql, parameters: values, needs: { profiles: true, attributes, events }, columns };
}

/** Every leaf as a column, and around it one step after another that adds the columns of shared rules. */
function inSteps(steps: readonly (readonly string[])[], { have, did }: Leaves, people: string): string {
  const columns = ["people.profile AS profile", ...have.columns(), ...did.columns()];
  const innermost = `(SELECT ${columns.join(", ")}\n${people})`;
  return steps.reduce((from, step) => `(SELECT ${["*", ...step].join(",\n  ")}\nFROM ${from})`, innermost);
}

function condition<Kind extends RuleKind>(rule: ResolvedRule<Kind>, leaves: Leaves): string {
  return NODES[rule.kind](rule, leaves);
}

function joined(rules: readonly ResolvedRule[], word: "AND" | "OR", leaves: Leaves): string {
  return `(${rules.map((rule) => condition(rule, leaves)).join(` ${word} `)})`;
}
