import { truthWord } from "../../schema/words.ts";
import { RULE_LABELS } from "../label.ts";
import { OPERATOR_NAMES, type OperatorName } from "../operator.ts";
import type { Have } from "../rule.ts";
import type { WindowUnit } from "../window.ts";

/** A leaf's operators, of which one is there. */
export type Compared = Omit<Have, "attribute">;

type Words = (value: unknown, compared: Compared) => string;

/** Operators whose operand is not put behind their label as it is. */
const SENTENCES: { readonly [Name in OperatorName]?: Words } = {
  between: (value) => labelled("between", listed(value, points).join(" and ")),
  before: (value) => labelled("before", String(value)),
  onOrBefore: (value) => labelled("onOrBefore", String(value)),
  after: (value) => labelled("after", String(value)),
  onOrAfter: (value) => labelled("onOrAfter", String(value)),
  withinLast: (_, { withinLast: span }) =>
    span === undefined ? "" : labelled("withinLast", spanWords(span.last, span.unit)),
  moreThanAgo: (_, { moreThanAgo: span }) =>
    span === undefined ? "" : `is more than ${amount(span.last, span.unit)} ago`,
  inNext: (_, { inNext: span }) =>
    span === undefined ? "" : labelled("inNext", spanWords(span.next, span.unit)),
  anniversaryWithin: (_, { anniversaryWithin }) => anniversaryWords(anniversaryWithin?.days ?? 0),
  isEmpty: () => RULE_LABELS.operator.isEmpty,
  isSet: (value) => (value === true ? RULE_LABELS.operator.isSet : RULE_LABELS.notSet),
};

/** `is any of "a", "b" (in any case)` */
export function comparisonWords(leaf: Compared): string {
  const name = OPERATOR_NAMES.find((operator) => leaf[operator] !== undefined);
  if (name === undefined) return "";
  const sentence =
    SENTENCES[name]?.(leaf[name], leaf) ?? labelled(name, listed(leaf[name], quoted).join(", "));
  return leaf.ignoreCase === true ? `${sentence} (in any case)` : sentence;
}

function labelled(name: OperatorName, operand: string): string {
  return `${RULE_LABELS.operator[name]} ${operand}`;
}

function listed(value: unknown, word: (part: unknown) => string): readonly string[] {
  return Array.isArray(value) ? value.map((part: unknown) => word(part)) : [word(value)];
}

function quoted(value: unknown): string {
  return typeof value === "boolean" ? truthWord(value) : JSON.stringify(value);
}

/** Days, instants and numbers stand without quotes, also those that are written as text. */
function points(value: unknown): string {
  return String(value);
}

/** `hour`, `30 days`: behind "the last" or "the next". */
export function spanWords(count: number, unit: WindowUnit): string {
  return count === 1 ? RULE_LABELS.unit[unit][0] : amount(count, unit);
}

function amount(count: number, unit: WindowUnit): string {
  const [one, many] = RULE_LABELS.unit[unit];
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}

function anniversaryWords(days: number): string {
  if (days === 0) return "has its anniversary today";
  return labelled("anniversaryWithin", amount(days, "days"));
}
