import type { ColumnType } from "../../schema/schema.ts";
import { type Comparison, comparisonSql } from "../comparison.ts";
import { decimalText, MICROS_PER_UNIT, type Micros } from "../decimal.ts";
import type { Factors, MeasureKind, ResolvedMeasure } from "../resolved.ts";
import { countSql, enough } from "./count.ts";
import type { PropertyNames } from "./event-columns.ts";
import type { Bind, ParameterType } from "./parameters.ts";
import type { PassBits } from "./pass-bits.ts";

/** The events that are measured. */
interface Measured {
  /** The condition that an event is one of them: 0 or 1. */
  readonly matches: string;
  readonly names: PropertyNames;
  readonly bits: PassBits;
  readonly bind: Bind;
}

type MeasureCompiler<Kind extends MeasureKind> = (
  measure: ResolvedMeasure<Kind>,
  measured: Measured,
) => string;

const MEASURES: { readonly [Kind in MeasureKind]: MeasureCompiler<Kind> } = {
  count: (measure, { matches, bits }) =>
    isAtLeastOnce(measure)
      ? bits.ofSome(matches)
      : bits.ofAll(countSql(measure.comparison, bits.count(matches))),
  distinct: ({ property, comparison }, { matches, names, bits }) => {
    const present = `${matches} AND ${names.present(property)}`;
    const different = differentSql(property.type, names.value(property), present, enough(comparison));
    return bits.ofAll(countSql(comparison, different));
  },
  // Without a value left there is no sum. The sum of plain numbers with a bit for that costs less than one that can be
  // NULL ([m] six of 5 M rows: 0.28 s of processor time against 0.39 s, without what they read).
  sum: ({ factors, comparison }, measured) => {
    const { value, present, sum } = numberOf(factors, measured);
    const holds = comparisonSql(comparison, sumSql(sum.of(value), present, sum.zero), sum.operand);
    return `(${measured.bits.ofSome(present)} AND ${measured.bits.ofAll(holds)})`;
  },
  // Compared as sum against value × count: no division, so nothing is rounded.
  average: ({ factors, comparison }, measured) => {
    const { value, present, sum } = numberOf(factors, measured);
    const times = (micros: Micros) => `${sum.operand(micros)} * ${measured.bits.count(present)}`;
    const holds = comparisonSql(comparison, sumSql(sum.of(value), present, sum.zero), times);
    return `(${measured.bits.ofSome(present)} AND ${measured.bits.ofAll(holds)})`;
  },
  minimum: ({ factors, comparison }, measured) => extremeSql("minimum", factors, comparison, measured),
  maximum: ({ factors, comparison }, measured) => extremeSql("maximum", factors, comparison, measured),
};

/** The condition that the matching events measure up, on the pass's bits: 0 or 1, and 0 without such events. */
export function measureSql<Kind extends MeasureKind>(
  measure: ResolvedMeasure<Kind>,
  measured: Measured,
): string {
  return MEASURES[measure.kind](measure, measured);
}

/**
 * What single events say of the largest or the smallest of them: whether there is any (`some`), whether one lies at a
 * number or further out (`reaches`), and whether one lies further out (`exceeds`).
 */
interface Extreme {
  readonly some: () => string;
  readonly reaches: (micros: Micros) => string;
  readonly exceeds: (micros: Micros) => string;
}

const exactly = ({ reaches, exceeds }: Extreme, value: Micros) =>
  `${reaches(value)} AND NOT ${exceeds(value)}`;

const SINGLE_EXTREMES = {
  is: (extreme, value) => exactly(extreme, value),
  isNot: (extreme, value) => `${extreme.some()} AND NOT (${exactly(extreme, value)})`,
  outwards: (extreme, value) => extreme.reaches(value),
  furtherOut: (extreme, value) => extreme.exceeds(value),
  inwards: (extreme, value) => `${extreme.some()} AND NOT ${extreme.exceeds(value)}`,
  furtherIn: (extreme, value) => `${extreme.some()} AND NOT ${extreme.reaches(value)}`,
} as const satisfies Record<string, (extreme: Extreme, value: Micros) => string>;

/** How an event's value is compared for each, and which of the above each comparison is. */
const EXTREMES = {
  maximum: {
    reaches: ">=",
    exceeds: ">",
    of: {
      is: "is",
      isNot: "isNot",
      atLeast: "outwards",
      moreThan: "furtherOut",
      atMost: "inwards",
      lessThan: "furtherIn",
    },
  },
  minimum: {
    reaches: "<=",
    exceeds: "<",
    of: {
      is: "is",
      isNot: "isNot",
      atMost: "outwards",
      lessThan: "furtherOut",
      atLeast: "inwards",
      moreThan: "furtherIn",
    },
  },
} as const satisfies Record<
  "minimum" | "maximum",
  {
    readonly reaches: string;
    readonly exceeds: string;
    readonly of: Record<Exclude<Comparison["operator"], "between">, keyof typeof SINGLE_EXTREMES>;
  }
>;

/** By bits of events alone: that the largest is at least x says no more than that one is. */
function extremeSql(
  which: keyof typeof EXTREMES,
  factors: Factors,
  comparison: Comparison,
  measured: Measured,
): string {
  const { value, present, operand } = numberOf(factors, measured);
  const { reaches, exceeds, of } = EXTREMES[which];
  const some = (compared: string) => measured.bits.ofSome(compared);
  const extreme: Extreme = {
    some: () => some(present),
    reaches: (micros) => some(`${present} AND ${value} ${reaches} ${operand(micros)}`),
    exceeds: (micros) => some(`${present} AND ${value} ${exceeds} ${operand(micros)}`),
  };
  if (comparison.operator !== "between") {
    return `(${SINGLE_EXTREMES[of[comparison.operator]](extreme, comparison.value)})`;
  }
  const { low, high } = comparison;
  const [reached, notExceeded] = which === "maximum" ? [low, high] : [high, low];
  return `(${extreme.reaches(reached)} AND NOT ${extreme.exceeds(notExceeded)})`;
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

/** A number of an event: what is measured, when it is there, and what it is compared with. */
interface MeasuredNumber {
  /** Never NULL; it means something only where it is present. */
  readonly value: string;
  /** The condition that an event is measured and has it: 0 or 1. */
  readonly present: string;
  /** Binds a number of the rule in the type of the value. */
  readonly operand: (micros: Micros) => string;
  readonly sum: {
    /** What is added up. */
    readonly of: (value: string) => string;
    /** Nothing, in the type of what is added up. */
    readonly zero: string;
    /** Binds a number of the rule in the type of a sum; of another type both would be made 256 bits wide. */
    readonly operand: (micros: Micros) => string;
  };
}

/**
 * The sum of a value over the rows that a condition holds for. All rows are added, the others as nothing: a sum without
 * a branch costs less than one of some ([m] two of 5 M rows, in a pass of 1.86 s of processor time: 1.57 s).
 */
function sumSql(value: string, condition: string, zero: string): string {
  return `sum(if(${condition}, ${value}, ${zero}))`;
}

/**
 * Values are below 10^18 micro-units. Sums of them are Decimal(38, 6), which holds 10^20 of the largest. A product
 * is below 10^36 and exact in Decimal(38, 12), but a hundred of the largest would overflow it: the sum is made in 256
 * bits. Multiplying in 128 bits and only adding in 256 is cheaper than doing both in 256.
 */
function numberOf(factors: Factors, { matches, names, bind }: Measured): MeasuredNumber {
  const [first, second] = factors;
  const present = [matches, ...factors.map((factor) => names.present(factor))].join(" AND ");
  const as = (type: ParameterType) => (micros: Micros) => bind(type, decimalText(micros));
  if (second === undefined) {
    const sum = { of: (value: string) => value, zero: "toDecimal64(0, 6)", operand: as("Decimal(38, 6)") };
    return { value: names.value(first), present, operand: as("Decimal(18, 6)"), sum };
  }
  return {
    value: `CAST(${names.value(first)} AS Decimal(38, 6)) * ${names.value(second)}`,
    present,
    operand: as("Decimal(38, 12)"),
    sum: {
      of: (value) => `CAST(${value} AS Decimal(76, 12))`,
      zero: "toDecimal256(0, 12)",
      operand: as("Decimal(76, 12)"),
    },
  };
}
