import type { ValueTest } from "../value-test.ts";
import { readTexts, text, texts } from "./operand.ts";
import { holds, type OperandContext, type OperandTest, row } from "./row.ts";

/** Operators on text. `contains` is asked of lists too and stands with those that have several types. */
export const TEXT_OPERATORS = {
  isAnyOf: row({
    operand: texts,
    types: ["text"],
    comparesText: true,
    meaning: "the value equals one of these texts",
    example: "isAnyOf: [France, Spain]",
    test: (operand, context) => whole(operand, context, false),
  }),
  isNoneOf: row({
    operand: texts,
    types: ["text"],
    comparesText: true,
    meaning: "there is a value, and it equals none of these texts",
    example: "isNoneOf: [France, Spain]",
    test: (operand, context) => whole(operand, context, true),
  }),
  doesNotContain: row({
    operand: text,
    types: ["text"],
    comparesText: true,
    meaning: "there is a value, and this text stands nowhere in it",
    example: "doesNotContain: test",
    test: (operand, context) => partOfText(operand, context, "anywhere", true),
  }),
  startsWith: row({
    operand: text,
    types: ["text"],
    comparesText: true,
    meaning: "the value begins with this text",
    example: "startsWith: SKU-",
    test: (operand, context) => partOfText(operand, context, "start", false),
  }),
  endsWith: row({
    operand: text,
    types: ["text"],
    comparesText: true,
    meaning: "the value ends with this text",
    example: 'endsWith: "@example.com"',
    test: (operand, context) => partOfText(operand, context, "end", false),
  }),
} as const;

function whole(
  operand: readonly string[],
  { ignoreCase, report }: OperandContext,
  negated: boolean,
): OperandTest | undefined {
  const values = readTexts(operand, report);
  return values === undefined ? undefined : holds({ kind: "text", values, ignoreCase, negated });
}

/** A test for a part of a text; reports an empty part, of which every text would have one. */
export function partOfText(
  operand: string,
  { ignoreCase, report }: OperandContext,
  at: ValueTest<"textPart">["at"],
  negated: boolean,
): OperandTest | undefined {
  if (operand === "") {
    return report.fault("the text is empty, and every text has an empty part", "Write what is looked for.");
  }
  const [part] = readTexts([operand], report) ?? [];
  return part === undefined ? undefined : holds({ kind: "textPart", at, part, ignoreCase, negated });
}
