import {
  type ColumnType,
  type ComparisonName,
  OPERATOR_NAMES,
  type OperatorName,
  operatorsOf,
  type PropertyTest,
  RULE_LABELS,
} from "@peregrine/core";
import { NO_TEST, type OperatorChoice, type Test } from "./block.ts";

/** Which inputs an operator has. */
export type OperandForm =
  | "text"
  | "number"
  | "boolean"
  | "day"
  | "texts"
  | "numbers"
  | "days"
  | "span"
  | "ahead"
  | "nothing";

const SAME_AS_TYPE = {
  text: "text",
  number: "number",
  boolean: "boolean",
  time: "day",
  list: "text",
} as const satisfies Record<ColumnType, OperandForm>;

/** The form of each operator's operand, by the type of what is asked where that matters. */
const FORMS = {
  is: (type) => SAME_AS_TYPE[type],
  isNot: (type) => SAME_AS_TYPE[type],
  isAnyOf: () => "texts",
  isNoneOf: () => "texts",
  contains: () => "text",
  doesNotContain: () => "text",
  startsWith: () => "text",
  endsWith: () => "text",
  lessThan: () => "number",
  atMost: () => "number",
  moreThan: () => "number",
  atLeast: () => "number",
  between: (type) => (type === "time" ? "days" : "numbers"),
  before: () => "day",
  onOrBefore: () => "day",
  after: () => "day",
  onOrAfter: () => "day",
  withinLast: () => "span",
  moreThanAgo: () => "span",
  inNext: () => "span",
  anniversaryWithin: () => "ahead",
  containsAny: () => "texts",
  containsAll: () => "texts",
  isEmpty: () => "nothing",
  isSet: () => "nothing",
  notSet: () => "nothing",
} as const satisfies Record<OperatorChoice, (type: ColumnType) => OperandForm>;

/** Which inputs an operator has when it is asked of a type. */
export function operandForm(operator: OperatorChoice, type: ColumnType): OperandForm {
  return FORMS[operator](type);
}

const OPERANDS: { readonly [Form in OperandForm]: (test: Test) => unknown } = {
  text: ({ text }) => text,
  number: ({ text }) => numberToWrite(text),
  boolean: ({ flag }) => flag,
  day: ({ text }) => text,
  texts: ({ texts }) => texts,
  numbers: ({ from, to }) => [numberToWrite(from), numberToWrite(to)],
  days: ({ from, to }) => [from, to],
  span: ({ count, unit }) => ({ last: numberToWrite(count), unit }),
  ahead: ({ count }) => ({ days: numberToWrite(count) }),
  nothing: () => true,
};

/** Operators whose operand is not written as its form says. */
const OWN_OPERANDS: {
  readonly [Choice in OperatorChoice]?: (test: Test) => Readonly<Record<string, unknown>>;
} = {
  inNext: ({ count, unit }) => ({ inNext: { next: numberToWrite(count), unit } }),
  notSet: () => ({ isSet: false }),
};

/** A test as it stands in a rule: `{ is: "UK", ignoreCase: true }`; nothing while no operator is chosen. */
export function writeTest(test: Test): Readonly<Record<string, unknown>> {
  const { operator, type, ignoreCase } = test;
  if (operator === "") return {};
  const written = OWN_OPERANDS[operator]?.(test) ?? {
    [operator]: OPERANDS[operandForm(operator, type)](test),
  };
  return ignoreCase && mayIgnoreCase(operator, type) ? { ...written, ignoreCase } : written;
}

/** A number as a rule has it; text where a JSON number would not keep it, and where it is no number: that is told. */
export function numberToWrite(typed: string): number | string {
  const text = typed.trim();
  const number = Number(text);
  return text !== "" && String(number) === text ? number : text;
}

const READERS: { readonly [Form in OperandForm]: (operand: unknown) => Partial<Test> } = {
  text: (operand) => ({ text: String(operand) }),
  number: (operand) => ({ text: String(operand) }),
  boolean: (operand) => ({ flag: operand === true }),
  day: (operand) => ({ text: String(operand) }),
  texts: (operand) => ({ texts: Array.isArray(operand) ? operand.map(String) : [] }),
  numbers: pairOf,
  days: pairOf,
  span: (operand) => {
    const { last, next, unit } = operand as Partial<Record<string, unknown>>;
    return { count: String(last ?? next ?? ""), unit: unit as Test["unit"] };
  },
  ahead: (operand) => ({ count: String((operand as { readonly days: number }).days) }),
  nothing: () => ({}),
};

/**
 * A test of a rule as it is edited.
 *
 * @param type of what is asked, where the catalog knows it; else it is read from the operand
 */
export function readTest(leaf: Omit<PropertyTest, "property">, type: ColumnType | undefined): Test {
  const name = OPERATOR_NAMES.find((one) => leaf[one] !== undefined);
  if (name === undefined) return { ...NO_TEST, type: type ?? "text" };
  const operand: unknown = leaf[name];
  const known = type ?? typeOf(name, operand);
  const operator = name === "isSet" && operand === false ? "notSet" : name;
  const inputs = READERS[operandForm(operator, known)](operand);
  return { ...NO_TEST, ...inputs, operator, type: known, ignoreCase: leaf.ignoreCase ?? false };
}

function typeOf(name: OperatorName, operand: unknown): ColumnType {
  if (typeof operand === "number") return "number";
  if (typeof operand === "boolean" && name !== "isSet") return "boolean";
  const first = Array.isArray(operand) ? operand[0] : operand;
  if (name === "between") return typeof first === "string" && first.includes("-", 1) ? "time" : "number";
  return "text";
}

function pairOf(operand: unknown): Partial<Test> {
  const [from, to] = Array.isArray(operand) ? operand : [];
  return { from: String(from ?? ""), to: String(to ?? "") };
}

/** What can be asked of a type, in words. */
export function operatorChoices(
  type: ColumnType,
  of: "attribute" | "property",
): readonly { readonly value: OperatorChoice; readonly label: string }[] {
  return (
    operatorsOf(type)
      // Of an event, an empty list and a missing one are the same.
      .filter((name) => of === "attribute" || name !== "isEmpty")
      .flatMap((name): { value: OperatorChoice; label: string }[] => [
        { value: name, label: RULE_LABELS.operator[name] },
        ...(name === "isSet" ? [{ value: "notSet" as const, label: RULE_LABELS.notSet }] : []),
      ])
  );
}

const COMPARES_TEXT: readonly OperatorChoice[] = [
  "is",
  "isNot",
  "isAnyOf",
  "isNoneOf",
  "contains",
  "doesNotContain",
  "startsWith",
  "endsWith",
];

/** Operators that compare with values as a whole; those of lists with elements. */
const COMPARES_WHOLE: { readonly [Type in ColumnType]?: readonly OperatorChoice[] } = {
  text: ["is", "isNot", "isAnyOf", "isNoneOf"],
  list: ["contains", "containsAny", "containsAll"],
};

/** The texts that a test compares values with as a whole; none where it asks for something else. */
export function wholeTexts({ operator, type, text, texts }: Test): readonly string[] {
  if (operator === "" || !COMPARES_WHOLE[type]?.includes(operator)) return [];
  return (operandForm(operator, type) === "texts" ? texts : [text]).filter((one) => one !== "");
}

/** Whether upper and lower case can be made alike. */
export function mayIgnoreCase(operator: OperatorChoice, type: ColumnType): boolean {
  return type === "text" && COMPARES_TEXT.includes(operator);
}

/** Whether all that a test needs was typed. */
export function isTestComplete(test: Test): boolean {
  const { operator, type, text, texts, from, to, count } = test;
  if (operator === "") return false;
  const needs: { readonly [Form in OperandForm]: boolean } = {
    text: text !== "" || operator === "is" || operator === "isNot",
    number: text.trim() !== "",
    boolean: true,
    day: text !== "",
    texts: texts.length > 0,
    numbers: from.trim() !== "" && to.trim() !== "",
    days: from !== "" && to !== "",
    span: count.trim() !== "",
    ahead: count.trim() !== "",
    nothing: true,
  };
  return needs[operandForm(operator, type)];
}

/** The number or the two numbers behind a measure. */
export function writeComparison(
  operator: ComparisonName,
  { text, from, to }: { readonly text: string; readonly from: string; readonly to: string },
): Readonly<Record<string, unknown>> {
  if (operator === "between") return { between: [numberToWrite(from), numberToWrite(to)] };
  return { [operator]: numberToWrite(text) };
}
