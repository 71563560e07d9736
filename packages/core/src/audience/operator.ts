import { z } from "zod";
import type { ColumnType } from "../schema/schema.ts";
import type { Comparison } from "./comparison.ts";
import { EQUALITY_OPERATORS } from "./operator/equality.ts";
import { elements, LIST_OPERATORS } from "./operator/list.ts";
import { betweenNumbers, NUMBER_OPERATORS } from "./operator/number.ts";
import { decimal, text } from "./operator/operand.ts";
import { holds, row } from "./operator/row.ts";
import { partOfText, TEXT_OPERATORS } from "./operator/text.ts";
import { betweenTimes, TIME_OPERATORS } from "./operator/time.ts";

/** Every operator of a rule: what it takes, what it can be asked of, what it means, and the test that it becomes. */
export const OPERATORS = {
  ...EQUALITY_OPERATORS,
  ...TEXT_OPERATORS,
  ...NUMBER_OPERATORS,
  contains: row({
    operand: text,
    types: ["text", "list"],
    comparesText: true,
    meaning: "this text stands somewhere in the value; this is an element of the list",
    example: "contains: tea",
    test: (operand, context) =>
      context.type === "text"
        ? partOfText(operand, context, "anywhere", false)
        : elements([operand], context, "any"),
  }),
  between: row({
    operand: z.tuple([decimal, decimal]),
    types: ["number", "time"],
    comparesText: false,
    meaning: "the value lies from the first number, day or instant to the second, both included",
    example: "between: [2026-01-01, 2026-03-31]",
    test: (operand, context) =>
      context.type === "time" ? betweenTimes(operand, context) : betweenNumbers(operand, context),
  }),
  ...TIME_OPERATORS,
  ...LIST_OPERATORS,
  isSet: row({
    operand: z.boolean(),
    types: ["text", "number", "boolean", "time", "list"],
    comparesText: false,
    meaning: "true: there is a value, and be it an empty text or list; false: there is none",
    example: "isSet: false",
    test: (operand) => (operand ? holds({ kind: "present" }) : { test: { kind: "present" }, opposite: true }),
  }),
} as const;

export type OperatorName = keyof typeof OPERATORS;
export const OPERATOR_NAMES = Object.keys(OPERATORS) as readonly OperatorName[];

/** The operators that can be asked of a type. */
export function operatorsOf(type: ColumnType): readonly OperatorName[] {
  return OPERATOR_NAMES.filter((name) => {
    const types: readonly ColumnType[] = OPERATORS[name].types;
    return types.includes(type);
  });
}

/** Those that compare a number, and so can stand behind a measure too. */
export const COMPARISON_NAMES = [
  "is",
  "isNot",
  "lessThan",
  "atMost",
  "moreThan",
  "atLeast",
  "between",
] as const satisfies readonly (OperatorName & Comparison["operator"])[];
export type ComparisonName = (typeof COMPARISON_NAMES)[number];
