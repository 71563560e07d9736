import { RULE_LABELS } from "./label.ts";
import { MEASURE_NAMES } from "./measure.ts";
import { COMPARISON_NAMES, OPERATOR_NAMES, type OperatorName } from "./operator.ts";
import type { Did, Filter, Measure, NodeKind, PropertyTest, Rule } from "./rule.ts";
import type { WithinLast } from "./window.ts";

type NodeOf<Kind extends NodeKind> = Extract<Rule, Readonly<Record<Kind, unknown>>>;

const NODES: { readonly [Kind in NodeKind]: (node: NodeOf<Kind>) => string } = {
  all: ({ all }) => list(all, "and"),
  any: ({ any }) => list(any, "or"),
  not: ({ not }) => ("did" in not ? `did not ${deed(not.did)}` : `not (${describeRule(not)})`),
  have: ({ have }) => `${have.attribute} ${comparison(have)}`,
  did: ({ did }) => `did ${deed(did)}`,
  everyone: () => RULE_LABELS.node.everyone,
};

/** A rule as an English phrase: `country is "United Kingdom" and did not "buy" within the last 90 days`. */
export function describeRule(rule: Rule): string {
  if ("all" in rule) return NODES.all(rule);
  if ("any" in rule) return NODES.any(rule);
  if ("not" in rule) return NODES.not(rule);
  if ("have" in rule) return NODES.have(rule);
  if ("did" in rule) return NODES.did(rule);
  return NODES.everyone(rule);
}

function list(rules: readonly Rule[], word: "and" | "or"): string {
  const parts = rules.map((rule) => {
    const nested = "all" in rule || "any" in rule;
    return nested && rules.length > 1 ? `(${describeRule(rule)})` : describeRule(rule);
  });
  return parts.join(` ${word} `);
}

type Compared = { readonly [Name in OperatorName]?: unknown } & { readonly ignoreCase?: boolean | undefined };

function comparison(leaf: Compared): string {
  const name = OPERATOR_NAMES.find((operator) => leaf[operator] !== undefined);
  if (name === undefined) return "";
  const sentence =
    name === "isSet"
      ? `is ${leaf.isSet === true ? "set" : "not set"}`
      : `${RULE_LABELS.operator[name]} ${operand(name, leaf[name])}`;
  return leaf.ignoreCase === true ? `${sentence} (in any case)` : sentence;
}

function operand(name: OperatorName, value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  const parts = value.map((part: unknown) => JSON.stringify(part));
  return parts.join(name === "between" ? " and " : ", ");
}

function deed({ event, where, measure, within, ...compared }: Did): string {
  return [
    JSON.stringify(event),
    where === undefined ? undefined : `where ${filterWords(where)}`,
    within === undefined ? undefined : windowWords(within),
    COMPARISON_NAMES.some((name) => compared[name] !== undefined)
      ? measureWords(measure ?? { count: true }, comparison(compared))
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
  return `${test.property} ${comparison(test)}`;
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

function windowWords({ last, unit }: WithinLast): string {
  const [one, many] = RULE_LABELS.unit[unit];
  return last === 1 ? `within the last ${one}` : `within the last ${last} ${many}`;
}
