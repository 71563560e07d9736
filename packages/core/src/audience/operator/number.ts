import { decimal, readNumber } from "./operand.ts";
import { holds, type OperandContext, type OperandTest, row } from "./row.ts";

/** Operators on numbers. `between` is asked of times too and stands with those that have several types. */
export const NUMBER_OPERATORS = {
  lessThan: numberOperator("lessThan", "less than"),
  atMost: numberOperator("atMost", "less than or equal to"),
  moreThan: numberOperator("moreThan", "more than"),
  atLeast: numberOperator("atLeast", "more than or equal to"),
} as const;

function numberOperator(name: "lessThan" | "atMost" | "moreThan" | "atLeast", words: string) {
  return row({
    operand: decimal,
    types: ["number"],
    comparesText: false,
    meaning: `the number is ${words} this one`,
    example: `${name}: 18`,
    test: (operand, { report }) => {
      const value = readNumber(operand, report);
      return value === undefined
        ? undefined
        : holds({ kind: "number", comparison: { operator: name, value } });
    },
  });
}

/** A test for numbers from the first to the second. */
export function betweenNumbers(
  [from, to]: readonly [number | string, number | string],
  { report }: OperandContext,
): OperandTest | undefined {
  const low = readNumber(from, report.at(0));
  const high = readNumber(to, report.at(1));
  if (low === undefined || high === undefined) return undefined;
  if (low > high) {
    return report.fault("the first number is larger than the second", "Swap the two numbers.");
  }
  return holds({ kind: "number", comparison: { operator: "between", low, high } });
}
