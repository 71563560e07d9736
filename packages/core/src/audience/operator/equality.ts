import { z } from "zod";
import { readNumber, readTexts } from "./operand.ts";
import { holds, type OperandContext, type OperandTest, row } from "./row.ts";

/** Text, a number (or a decimal written as text, for more than 15 digits), or true/false. */
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const ASKED_OF = { operand: scalar, types: ["text", "number", "boolean"], comparesText: true } as const;

/** Operators that ask whether a value equals the rule's, whatever their type. */
export const EQUALITY_OPERATORS = {
  is: row({
    ...ASKED_OF,
    meaning: "the value equals this text (case-sensitive), number or truth value",
    example: "is: United Kingdom",
    test: (operand, context) => equality(operand, context, "is"),
  }),
  isNot: row({
    ...ASKED_OF,
    meaning: "there is a value, and it is another one",
    example: "isNot: United Kingdom",
    test: (operand, context) => equality(operand, context, "isNot"),
  }),
} as const;

function equality(
  operand: string | number | boolean,
  context: OperandContext,
  operator: "is" | "isNot",
): OperandTest | undefined {
  const negated = operator === "isNot";
  const { type, report, ignoreCase } = context;
  if (type === "text") {
    if (typeof operand === "string") {
      const values = readTexts([operand], report);
      return values === undefined ? undefined : holds({ kind: "text", values, ignoreCase, negated });
    }
    return report.fault(
      `a text is expected here, but ${JSON.stringify(operand)} is a ${typeof operand}`,
      `Write it in quotes: ${JSON.stringify(String(operand))}.`,
    );
  }
  if (type === "boolean") {
    if (typeof operand === "boolean") return holds({ kind: "boolean", is: operand !== negated });
    return report.fault(`true or false is expected here, but ${JSON.stringify(operand)} stands here`);
  }
  if (typeof operand === "boolean") {
    return report.fault(`a number is expected here, but ${operand} stands here`);
  }
  const value = readNumber(operand, report);
  return value === undefined ? undefined : holds({ kind: "number", comparison: { operator, value } });
}
