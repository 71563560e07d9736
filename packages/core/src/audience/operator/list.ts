import { z } from "zod";
import { readTexts, texts } from "./operand.ts";
import { holds, type OperandContext, type OperandTest, row } from "./row.ts";

/** Operators on lists. `contains` is asked of text too and stands with those that have several types. */
export const LIST_OPERATORS = {
  containsAny: row({
    operand: texts,
    types: ["list"],
    comparesText: false,
    meaning: "at least one of these is an element of the list",
    example: "containsAny: [tea, coffee]",
    test: (operand, context) => elements(operand, context, "any"),
  }),
  containsAll: row({
    operand: texts,
    types: ["list"],
    comparesText: false,
    meaning: "each of these is an element of the list",
    example: "containsAll: [tea, coffee]",
    test: (operand, context) => elements(operand, context, "all"),
  }),
  isEmpty: row({
    operand: z.literal(true),
    types: ["list"],
    comparesText: false,
    meaning: "there is a list, and it has no element",
    example: "isEmpty: true",
    test: (_, { of, report }) =>
      of === "attribute"
        ? holds({ kind: "emptyList" })
        : report.fault(
            "of an event, an empty list and a missing one are the same",
            "Use `isSet: false`, which finds both.",
          ),
  }),
} as const;

/** A test for elements of a list. */
export function elements(
  operand: readonly string[],
  { report }: OperandContext,
  has: "any" | "all",
): OperandTest | undefined {
  const values = readTexts(operand, report);
  return values === undefined ? undefined : holds({ kind: "list", has, values });
}
