import type { Comparison } from "../comparison.ts";
import { MICROS_PER_UNIT, type Micros } from "../decimal.ts";

/** The first and the last whole number for which a comparison holds; without an end where there is none. */
interface WholeBounds {
  readonly first?: bigint;
  readonly last?: bigint;
}

const WHOLE = {
  is: (value) => ({ first: ceiling(value), last: floor(value) }),
  atLeast: (value) => ({ first: ceiling(value) }),
  moreThan: (value) => ({ first: floor(value) + 1n }),
  atMost: (value) => ({ last: floor(value) }),
  lessThan: (value) => ({ last: ceiling(value) - 1n }),
} as const satisfies Record<
  Exclude<Comparison["operator"], "between" | "isNot">,
  (value: Micros) => WholeBounds
>;

/**
 * The condition that a count compares so with numbers that may have decimals: 0 or 1. One event at least is needed,
 * whatever the comparison.
 */
export function countSql(comparison: Comparison, count: string): string {
  if (comparison.operator === "isNot") {
    const { first, last } = WHOLE.is(comparison.value);
    return first === last ? `(${count} > 0 AND ${count} != ${first})` : `${count} > 0`;
  }
  const { first = 1n, last } =
    comparison.operator === "between"
      ? { first: ceiling(comparison.low), last: floor(comparison.high) }
      : boundsOf(comparison.operator, comparison.value);
  const least = first < 1n ? 1n : first;
  if (last === undefined) return `${count} >= ${least}`;
  return last < least ? "0" : `(${count} >= ${least} AND ${count} <= ${last})`;
}

/** The smallest count from which on the comparison always says the same; at least 1. */
export function enough(comparison: Comparison): bigint {
  const largest = comparison.operator === "between" ? comparison.high : comparison.value;
  return largest < 0n ? 1n : floor(largest) + 1n;
}

function boundsOf(operator: keyof typeof WHOLE, value: Micros): WholeBounds {
  return WHOLE[operator](value);
}

function floor(micros: Micros): bigint {
  const towardsZero = micros / MICROS_PER_UNIT;
  return micros < 0n && micros % MICROS_PER_UNIT !== 0n ? towardsZero - 1n : towardsZero;
}

function ceiling(micros: Micros): bigint {
  return -floor(-micros);
}
