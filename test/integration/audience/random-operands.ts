import fc from "fast-check";

/**
 * What random rules ask. Values come from small pools, which the people's values come from
 * too, so that equal values, sums and bounds are hit often.
 */
export const TEXTS = [
  "",
  " ",
  "UK",
  "uk",
  "Uk",
  "France",
  'O\'Brien \\ "x"',
  "{rule_1:String}",
  "tab\tand\nline",
  "Straße",
  "STRASSE",
  "ΑΣ",
  "ας",
  "ασ",
  "İ",
  "i̇",
  "Ǆ",
  "ǆ",
  "😀",
  "100%_of\\tea",
  "ΟΔΟΣ ΟΔΟΣΑ",
  "nul\0nul",
] as const;

/** What stands at the start, in the middle or at the end of some of them; LIKE would take some for wildcards. */
export const PARTS = [
  "U",
  "K",
  " ",
  "%",
  "_",
  "\\",
  "\0",
  "ß",
  "SS",
  "Σ",
  "ς",
  "σα",
  "i̇",
  "İ",
  "😀",
  "Ὠ",
  "tea",
] as const;

/** Millionths; products and sums of few of them meet the numbers of the rules. */
export const NUMBERS = [
  0n,
  1n,
  -1n,
  500_000n,
  1_000_000n,
  1_000_001n,
  999_999n,
  1_500_000n,
  2_000_000n,
  3_000_000n,
  -2_000_000n,
  33_333_333n,
  100_000_000n,
  999_999_999_999_999_999n,
  -999_999_999_999_999_999n,
] as const;

export const LISTS = [["a"], ["a", "b"], [""], ["b", "UK"], ["a", "a"], ["%", "\0"], []] as const;
const ELEMENTS = ["a", "b", "", "UK", "uk", "%", "\0", "never"] as const;

/** Days and instants of the rules, near the moments of the test and at the ends of what can be stored. */
export const DAYS = [
  "1900-01-01",
  "2299-12-31",
  "1970-01-01",
  "2024-02-29",
  "2024-03-31",
  "2025-10-26",
  "2026-02-28",
  "2026-03-29",
  "2026-03-31",
  "2026-05-24",
] as const;
export const INSTANTS = [
  "1900-01-01T00:00:00Z",
  "2299-12-31T23:59:59.999Z",
  "2024-02-29T23:59:59.999+05:30",
  "2026-03-29T01:30:00Z",
  "2026-03-29T03:30:00+02:00",
  "2025-10-26T02:30:00+02:00",
] as const;
/** How far ahead anniversaries are looked for. */
export const ANNIVERSARIES = [0, 1, 2, 7, 31, 335, 364, 365] as const;

/** Windows of the rules; the people's events lie at their bounds. */
export const WINDOWS = [
  { last: 1, unit: "hours" },
  { last: 36, unit: "hours" },
  { last: 1, unit: "days" },
  { last: 30, unit: "days" },
  { last: 2, unit: "weeks" },
  { last: 1, unit: "months" },
  { last: 12, unit: "months" },
] as const;

export const text = fc.constantFrom(...TEXTS);
export const number = fc.constantFrom(...NUMBERS).map(decimalOf);
/** Sums and counts are met by whole numbers and by sums of the pool. */
export const measuredNumber = fc.oneof(
  number,
  fc.integer({ min: 0, max: 6 }),
  fc
    .tuple(fc.constantFrom(...NUMBERS), fc.constantFrom(...NUMBERS))
    .map(([one, other]) => decimalOf(half(one + other))),
);

function half(sum: bigint): bigint {
  const limit = 10n ** 18n;
  return sum >= limit || sum <= -limit ? sum / 2n : sum;
}

/** As text where a JSON number would not keep all digits. */
function decimalOf(micros: bigint): number | string {
  const digits = (micros < 0n ? -micros : micros).toString().padStart(7, "0");
  const written = `${micros < 0n ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`;
  return digits.replace(/0+$/, "").length > 15 ? written : Number(written);
}

type Operand = fc.Arbitrary<Record<string, unknown>>;

export const numberComparison = (operand: fc.Arbitrary<number | string>): Operand =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom("is", "isNot", "lessThan", "atMost", "moreThan", "atLeast"), operand)
      .map(([name, value]) => ({ [name]: value })),
    fc
      .tuple(operand, operand)
      .filter(([one, other]) => Number(one) !== Number(other) || one === other)
      .map(([one, other]) => ({ between: Number(one) <= Number(other) ? [one, other] : [other, one] })),
  );

export const point = fc.constantFrom(...DAYS, ...INSTANTS);
const startOf = (written: string) => Date.parse(written);
/** In order whatever the time zone: two days, two instants, or a mixed pair that lies days apart. */
export const pair = fc
  .tuple(point, point)
  .map(([one, other]): [string, string] => (startOf(one) <= startOf(other) ? [one, other] : [other, one]));
export const span = fc.constantFrom(...WINDOWS);

const isSet: Operand = fc.boolean().map((value) => ({ isSet: value }));

export const OPERANDS = {
  text: fc.oneof(
    isSet,
    fc
      .tuple(fc.constantFrom("is", "isNot"), text, fc.boolean())
      .map(([name, value, ignoreCase]) => ({ [name]: value, ...(ignoreCase ? { ignoreCase } : {}) })),
    fc
      .tuple(
        fc.constantFrom("isAnyOf", "isNoneOf"),
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
      )
      .map(([name, values, ignoreCase]) => ({ [name]: values, ...(ignoreCase ? { ignoreCase } : {}) })),
    fc
      .tuple(
        fc.constantFrom("contains", "doesNotContain", "startsWith", "endsWith"),
        fc.oneof(
          fc.constantFrom(...PARTS),
          text.filter((whole) => whole !== ""),
        ),
        fc.boolean(),
      )
      .map(([name, part, ignoreCase]) => ({ [name]: part, ...(ignoreCase ? { ignoreCase } : {}) })),
  ),
  number: fc.oneof({ arbitrary: numberComparison(number), weight: 5 }, { arbitrary: isSet, weight: 1 }),
  boolean: fc.oneof(
    isSet,
    fc.tuple(fc.constantFrom("is", "isNot"), fc.boolean()).map(([name, value]) => ({ [name]: value })),
  ),
  time: fc.oneof(
    isSet,
    fc
      .tuple(fc.constantFrom("before", "onOrBefore", "after", "onOrAfter"), point)
      .map(([name, value]) => ({ [name]: value })),
    pair.map((between) => ({ between })),
    fc.tuple(fc.constantFrom("withinLast", "moreThanAgo"), span).map(([name, value]) => ({ [name]: value })),
    span.map(({ last, unit }) => ({ inNext: { next: last, unit } })),
    fc.constantFrom(...ANNIVERSARIES).map((days) => ({ anniversaryWithin: { days } })),
  ),
  list: fc.oneof(
    isSet,
    fc.constantFrom(...ELEMENTS).map((contains) => ({ contains })),
    fc
      .tuple(
        fc.constantFrom("containsAny", "containsAll"),
        fc.array(fc.constantFrom(...ELEMENTS), { minLength: 1, maxLength: 3 }),
      )
      .map(([name, values]) => ({ [name]: values })),
  ),
} as const satisfies Record<string, Operand>;
