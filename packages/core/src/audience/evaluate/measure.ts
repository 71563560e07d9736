import { type Comparison, compares } from "../comparison.ts";
import { MICROS_PER_UNIT } from "../decimal.ts";
import type { PersonEvent } from "../person.ts";
import type { Factors, MeasureKind, ResolvedMeasure } from "../resolved.ts";
import { propertyOf } from "./filter.ts";

type MeasureEvaluator<Kind extends MeasureKind> = (
  measure: ResolvedMeasure<Kind>,
  events: readonly PersonEvent[],
) => boolean;

const MEASURES: { readonly [Kind in MeasureKind]: MeasureEvaluator<Kind> } = {
  count: ({ comparison }, events) => compares(comparison, BigInt(events.length) * MICROS_PER_UNIT, 1n),
  distinct: ({ property, comparison }, events) => {
    const values = new Set(
      events.map((event) => propertyOf(event, property)).filter((value) => value !== undefined),
    );
    return values.size > 0 && compares(comparison, BigInt(values.size) * MICROS_PER_UNIT, 1n);
  },
  sum: ({ factors, comparison }, events) =>
    compareNumbers(factors, comparison, events, (numbers) =>
      numbers.reduce((sum, number) => sum + number, 0n),
    ),
  // Compared as sum against value × count: no division, so nothing is rounded.
  average: ({ factors, comparison }, events) => {
    const numbers = numbersOf(factors, events);
    if (numbers.length === 0) return false;
    const sum = numbers.reduce((total, number) => total + number, 0n);
    return compares(comparison, sum, scaleOf(factors) * BigInt(numbers.length));
  },
  minimum: ({ factors, comparison }, events) =>
    compareNumbers(factors, comparison, events, (numbers) => numbers.reduce(smaller)),
  maximum: ({ factors, comparison }, events) =>
    compareNumbers(factors, comparison, events, (numbers) => numbers.reduce(larger)),
};

/** Whether the matching events measure up. Without any it is false, whatever is compared. */
export function measureHolds<Kind extends MeasureKind>(
  measure: ResolvedMeasure<Kind>,
  events: readonly PersonEvent[],
): boolean {
  return events.length > 0 && MEASURES[measure.kind](measure, events);
}

function compareNumbers(
  factors: Factors,
  comparison: Comparison,
  events: readonly PersonEvent[],
  aggregate: (numbers: readonly bigint[]) => bigint,
): boolean {
  const numbers = numbersOf(factors, events);
  return numbers.length > 0 && compares(comparison, aggregate(numbers), scaleOf(factors));
}

/** Numbers in micro-units, products in micro-units squared; what is missing, or has a factor missing, is left out. */
export function numbersOf(factors: Factors, events: readonly PersonEvent[]): readonly bigint[] {
  return events.flatMap((event) => {
    const values = factors.map((factor) => propertyOf(event, factor));
    const numbers = values.filter((value) => typeof value === "bigint");
    return numbers.length === factors.length
      ? [numbers.reduce((product, number) => product * number, 1n)]
      : [];
  });
}

function scaleOf(factors: Factors): bigint {
  return factors.length === 2 ? MICROS_PER_UNIT : 1n;
}

/** The smaller of two numbers: Math.min refuses bigints. */
export function smaller(left: bigint, right: bigint): bigint {
  if (left < right) return left;
  return right;
}

/** The larger of two numbers. */
export function larger(left: bigint, right: bigint): bigint {
  if (left > right) return left;
  return right;
}
