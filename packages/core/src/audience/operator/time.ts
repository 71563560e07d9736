import { z } from "zod";
import { MOST_ANNIVERSARY_DAYS } from "../anniversary.ts";
import { readBetween } from "../resolve/span.ts";
import { readTimePoint } from "../time-point.ts";
import { inNext, withinLast } from "../window.ts";
import { holds, type OperandContext, type OperandTest, row } from "./row.ts";

/** Operators on times. `between` is asked of numbers too and stands with those that have several types. */
export const TIME_OPERATORS = {
  before: pointOperator("before", "the time lies before this day, or before this instant"),
  onOrBefore: pointOperator(
    "onOrBefore",
    "the time lies on this day or before it, or not after this instant",
  ),
  after: pointOperator("after", "the time lies after this day, or after this instant"),
  onOrAfter: pointOperator("onOrAfter", "the time lies on this day or after it, or not before this instant"),
  withinLast: row({
    operand: withinLast,
    types: ["time"],
    comparesText: false,
    meaning: "the time lies within the last N hours, days, weeks or months, up to now",
    example: "withinLast: { last: 30, unit: days }",
    test: ({ last, unit }) => holds({ kind: "time", span: { kind: "within", last, unit } }),
  }),
  moreThanAgo: row({
    operand: withinLast,
    types: ["time"],
    comparesText: false,
    meaning: "the time lies before the last N hours, days, weeks or months",
    example: "moreThanAgo: { last: 6, unit: months }",
    test: ({ last, unit }) => holds({ kind: "time", span: { kind: "moreThanAgo", last, unit } }),
  }),
  inNext: row({
    operand: inNext,
    types: ["time"],
    comparesText: false,
    meaning: "the time lies ahead, within the next N hours, days, weeks or months",
    example: "inNext: { next: 7, unit: days }",
    test: ({ next, unit }) => holds({ kind: "time", span: { kind: "inNext", next, unit } }),
  }),
  anniversaryWithin: row({
    operand: z.strictObject({
      days: z.int().min(0).max(MOST_ANNIVERSARY_DAYS).describe("How many days ahead; 0 is today alone."),
    }),
    types: ["time"],
    comparesText: false,
    meaning: "its day and month come again today or on one of the next N days, whatever its year",
    example: "anniversaryWithin: { days: 7 }",
    test: ({ days }) => holds({ kind: "anniversary", days }),
  }),
} as const;

function pointOperator(name: "before" | "onOrBefore" | "after" | "onOrAfter", meaning: string) {
  return row({
    operand: z.string(),
    types: ["time"],
    comparesText: false,
    meaning,
    example: `${name}: 2026-01-31`,
    test: (operand, { report }) => {
      const point = readTimePoint(operand, report);
      return point === undefined ? undefined : holds({ kind: "time", span: { kind: name, point } });
    },
  });
}

/** A test for times from the first day or instant to the second. */
export function betweenTimes(
  points: readonly [unknown, unknown],
  { report }: OperandContext,
): OperandTest | undefined {
  const span = readBetween(points, report);
  return span === undefined ? undefined : holds({ kind: "time", span });
}
