import { comparisonWords, spanWords } from "./describe/operand.ts";
import type { InWindow } from "./did-window.ts";
import { RULE_LABELS } from "./label.ts";
import { MEASURE_NAMES } from "./measure.ts";
import { COMPARISON_NAMES } from "./operator.ts";
import type { Did, Filter, Measure, NodeKind, PropertyTest, Rule } from "./rule.ts";

type NodeOf<Kind extends NodeKind> = Extract<Rule, Readonly<Record<Kind, unknown>>>;

/** Gives the name of an audience by its id; undefined where there is none. */
export type AudienceNames = (id: string) => string | undefined;

const NODES: {
  readonly [Kind in NodeKind]: (node: NodeOf<Kind>, names: AudienceNames) => string;
} = {
  all: ({ all }, names) => list(all, "and", names),
  any: ({ any }, names) => list(any, "or", names),
  not: ({ not }, names) => opposite(not, names),
  have: ({ have }) => `${have.attribute} ${comparisonWords(have)}`,
  did: ({ did }) => `${RULE_LABELS.node.did} ${deed(did)}`,
  inAudience: ({ inAudience }, names) =>
    `${RULE_LABELS.node.inAudience} ${JSON.stringify(names(inAudience) ?? inAudience)}`,
  everyone: () => RULE_LABELS.node.everyone,
};

/**
 * A rule as an English phrase: `country is "United Kingdom" and did not "buy" within the last 90 days`. Audiences
 * are called by their names, or by their ids where `names` knows none.
 */
export function describeRule(rule: Rule, names: AudienceNames = () => undefined): string {
  if ("all" in rule) return NODES.all(rule, names);
  if ("any" in rule) return NODES.any(rule, names);
  if ("not" in rule) return NODES.not(rule, names);
  if ("have" in rule) return NODES.have(rule, names);
  if ("did" in rule) return NODES.did(rule, names);
  if ("inAudience" in rule) return NODES.inAudience(rule, names);
  return NODES.everyone(rule, names);
}

function opposite(rule: Rule, names: AudienceNames): string {
  if ("inAudience" in rule) {
    return `${RULE_LABELS.opposite.inAudience} ${JSON.stringify(names(rule.inAudience) ?? rule.inAudience)}`;
  }
  // "Did not buy for the first time" could be read as "did buy, and not for the first time".
  if ("did" in rule && rule.did.occurrence === undefined)
    return `${RULE_LABELS.opposite.did} ${deed(rule.did)}`;
  return `not (${describeRule(rule, names)})`;
}

function list(rules: readonly Rule[], word: "and" | "or", names: AudienceNames): string {
  const parts = rules.map((rule) => {
    const nested = "all" in rule || "any" in rule;
    return nested && rules.length > 1 ? `(${describeRule(rule, names)})` : describeRule(rule, names);
  });
  return parts.join(` ${word} `);
}

function deed({ event, where, measure, within, occurrence, ...compared }: Did): string {
  return [
    JSON.stringify(event),
    where === undefined ? undefined : `where ${filterWords(where)}`,
    occurrence === undefined ? undefined : RULE_LABELS.occurrence[occurrence],
    within === undefined ? undefined : windowWords(within),
    COMPARISON_NAMES.some((name) => compared[name] !== undefined)
      ? measureWords(measure ?? { count: true }, comparisonWords(compared))
      : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(" ");
}

function filterWords(filter: Filter): string {
  if ("all" in filter) return filterList(filter.all, "and");
  if ("any" in filter) return filterList(filter.any, "or");
  if ("not" in filter) return `not (${filterWords(filter.not)})`;
  const test: PropertyTest = filter;
  return `${test.property} ${comparisonWords(test)}`;
}

function filterList(filters: readonly Filter[], word: "and" | "or"): string {
  const parts = filters.map((filter) => {
    const nested = "all" in filter || "any" in filter;
    return nested && filters.length > 1 ? `(${filterWords(filter)})` : filterWords(filter);
  });
  return parts.join(` ${word} `);
}

/** `at least 2 times`, `with a sum of quantity × price that is at least 5000` */
function measureWords(measure: Measure, compared: string): string {
  const name = MEASURE_NAMES.find((known) => measure[known] !== undefined) ?? "count";
  const measured = measure[name];
  if (measured === true || measured === undefined) return `${compared.replace(/^is /, "")} times`;
  const words = typeof measured === "string" ? measured : measured.product.join(" × ");
  return `with a ${RULE_LABELS.measure[name]} of ${words} that ${compared}`;
}

function windowWords(within: InWindow): string {
  const { window } = RULE_LABELS;
  if ("last" in within) return `${window.last} ${spanWords(within.last, within.unit)}`;
  if ("between" in within) return `${window.between} ${within.between.join(" and ")}`;
  if ("before" in within) return `${window.before} ${within.before}`;
  return `${window.after} ${within.after}`;
}
