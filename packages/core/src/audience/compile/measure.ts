import type { ColumnType } from "../../schema/schema.ts";
import { type Comparison, comparisonSql } from "../comparison.ts";
import { decimalText, MICROS_PER_UNIT, type Micros } from "../decimal.ts";
import type { Factors, MeasureKind, ResolvedMeasure } from "../resolved.ts";
import { countSql, enough } from "./count.ts";
import type { PropertyNames } from "./event-columns.ts";
import type { Bind } from "./parameters.ts";

type MeasureCompiler<Kind extends MeasureKind> = (
  measure: ResolvedMeasure<Kind>,
  matches: string,
  names: PropertyNames,
  bind: Bind,
) => string;

const MEASURES: { readonly [Kind in MeasureKind]: MeasureCompiler<Kind> } = {
  count: ({ comparison }, matches) => countSql(comparison, `countIf(${matches})`),
  distinct: ({ property, comparison }, matches, names) => {
    const present = `${matches} AND ${names.present(property)}`;
    return countSql(
      comparison,
      differentSql(property.type, names.value(property), present, enough(comparison)),
    );
  },
  sum: ({ factors, comparison }, matches, names, bind) =>
    decimalSql(comparison, `sumIf(${numberSql(factors, names)}, ${matches})`, "", bind),
  // Compared as sum against value × count: no division, so nothing is rounded.
  average: ({ factors, comparison }, matches, names, bind) => {
    const number = numberSql(factors, names);
    const count = `countIf(${matches} AND isNotNull(${number}))`;
    return decimalSql(comparison, `sumIf(${number}, ${matches})`, ` * ${count}`, bind);
  },
  minimum: ({ factors, comparison }, matches, names, bind) =>
    decimalSql(comparison, `minIf(${numberSql(factors, names)}, ${matches})`, "", bind),
  maximum: ({ factors, comparison }, matches, names, bind) =>
    decimalSql(comparison, `maxIf(${numberSql(factors, names)}, ${matches})`, "", bind),
};

/** The condition that the events for which `matches` holds measure up: 0 or 1, and 0 without such events. */
export function measureSql<Kind extends MeasureKind>(
  measure: ResolvedMeasure<Kind>,
  matches: string,
  names: PropertyNames,
  bind: Bind,
): string {
  return MEASURES[measure.kind](measure, matches, names, bind);
}

/** Whether one matching event is all that is asked for. */
export function isAtLeastOnce(measure: ResolvedMeasure): boolean {
  return (
    measure.kind === "count" &&
    measure.comparison.operator === "atLeast" &&
    measure.comparison.value > 0n &&
    measure.comparison.value <= MICROS_PER_UNIT
  );
}

/** The engine's `uniqUpTo` goes so far. */
const MOST_HASHES = 100n;

/**
 * How many different values there are, or `upTo` or more when there are more than that. Numbers and times are kept
 * whole, texts and lists as hashes of 64 bits: that two of the at most hundred values that are kept of a person have
 * the same one happens once in 10^15 people. Sets of the texts themselves took three times as long, without a bound six
 * times ([m] 4 conditions on 13 M texts: 0.7 s, 2.3 s and 4.5 s of processor time).
 */
function differentSql(type: ColumnType, value: string, matches: string, upTo: bigint): string {
  if (upTo > MOST_HASHES) return `length(groupUniqArrayIf(${upTo})(${value}, ${matches}))`;
  return `uniqUpToIf(${upTo})(${SIXTY_FOUR_BITS[type](value)}, ${matches})`;
}

const SIXTY_FOUR_BITS = {
  text: (value) => `cityHash64(${value})`,
  list: (value) => `cityHash64(${value})`,
  number: (value) => `reinterpretAsInt64(${value})`,
  boolean: (value) => `toUInt64(${value})`,
  time: (value) => `toUnixTimestamp64Milli(${value})`,
} as const satisfies Record<ColumnType, (value: string) => string>;

/** An aggregate that is NULL when no value was left: then the condition is false. */
function decimalSql(comparison: Comparison, aggregate: string, times: string, bind: Bind): string {
  const operand = (micros: Micros) => `${bind("Decimal(76, 12)", decimalText(micros))}${times}`;
  return `ifNull(${comparisonSql(comparison, aggregate, operand)}, 0)`;
}

/**
 * Values are below 10^18 micro-units. Sums of them are Decimal(38, 6), which holds 10^20 of the largest. A product
 * is below 10^36 and exact in Decimal(38, 12), but a hundred of the largest would overflow it: the sum is made in 256
 * bits. Multiplying in 128 bits and only adding in 256 is cheaper than doing both in 256.
 */
function numberSql(factors: Factors, names: PropertyNames): string {
  const [first, second] = factors;
  if (second === undefined) return names.stored(first);
  const product = `CAST(${names.stored(first)} AS Nullable(Decimal(38, 6))) * ${names.stored(second)}`;
  return `CAST(${product} AS Nullable(Decimal(76, 12)))`;
}
