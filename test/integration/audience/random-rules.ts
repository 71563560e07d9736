import type { Filter } from "@peregrine/core";
import fc from "fast-check";
import { ATTRIBUTES, EVENTS, PROPERTIES } from "./world.ts";

/**
 * Random rules over the catalog of `world.ts`. Values come from small pools, which the people's values come from
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

export const LISTS = [["a"], ["a", "b"], [""], ["b", "UK"]] as const;

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

const text = fc.constantFrom(...TEXTS);
const number = fc.constantFrom(...NUMBERS).map(decimalOf);
/** Sums and counts are met by whole numbers and by sums of the pool. */
const measuredNumber = fc.oneof(
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

const numberComparison = (operand: fc.Arbitrary<number | string>): Operand =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom("is", "isNot", "lessThan", "atMost", "moreThan", "atLeast"), operand)
      .map(([name, value]) => ({ [name]: value })),
    fc
      .tuple(operand, operand)
      .filter(([one, other]) => Number(one) !== Number(other) || one === other)
      .map(([one, other]) => ({ between: Number(one) <= Number(other) ? [one, other] : [other, one] })),
  );

const isSet: Operand = fc.boolean().map((value) => ({ isSet: value }));

const OPERANDS = {
  text: fc.oneof(
    isSet,
    fc
      .tuple(fc.constantFrom("is", "isNot"), text, fc.boolean())
      .map(([name, value, ignoreCase]) => ({ [name]: value, ...(ignoreCase ? { ignoreCase } : {}) })),
    fc
      .tuple(fc.array(text, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([values, ignoreCase]) => ({ isAnyOf: values, ...(ignoreCase ? { ignoreCase } : {}) })),
  ),
  number: fc.oneof({ arbitrary: numberComparison(number), weight: 5 }, { arbitrary: isSet, weight: 1 }),
  boolean: fc.oneof(
    isSet,
    fc.tuple(fc.constantFrom("is", "isNot"), fc.boolean()).map(([name, value]) => ({ [name]: value })),
  ),
  time: isSet,
  list: isSet,
} as const satisfies Record<string, Operand>;

const have = fc
  .constantFrom(...Object.entries(ATTRIBUTES))
  .chain(([attribute, { type }]) => OPERANDS[type].map((operand) => ({ have: { attribute, ...operand } })));

type EventName = keyof typeof EVENTS;

/** The properties that the events have in at least one of their schemas. */
function propertiesOf(event: EventName) {
  const schemas: readonly number[] = EVENTS[event];
  return Object.entries(PROPERTIES).filter(([, { columns }]) =>
    Object.keys(columns).some((schema) => schemas.includes(Number(schema))),
  );
}

function filterOf(event: EventName): fc.Arbitrary<Filter> {
  const { filter } = fc.letrec<{ filter: Filter; leaf: Filter }>((tie) => ({
    leaf: fc
      .constantFrom(...propertiesOf(event))
      .chain(([property, { type }]) => OPERANDS[type].map((operand) => ({ property, ...operand }))),
    filter: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { arbitrary: tie("leaf"), weight: 4 },
      {
        arbitrary: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        weight: 1,
      },
      {
        arbitrary: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
        weight: 1,
      },
      { arbitrary: tie("filter").map((not) => ({ not })), weight: 1 },
    ),
  }));
  return filter;
}

function measureOf(event: EventName): fc.Arbitrary<Record<string, unknown>> {
  const names = (types: readonly string[]) =>
    propertiesOf(event)
      .filter(([, { type }]) => types.includes(type))
      .map(([name]) => name);
  const numberName = fc.constantFrom(...names(["number"]));
  const measured = fc.oneof(
    numberName,
    fc.tuple(numberName, numberName).map((product) => ({ product })),
  );
  return fc.oneof(
    fc.constant({ count: true }),
    fc.constantFrom(...names(["text", "number", "boolean", "time"])).map((distinct) => ({ distinct })),
    fc
      .tuple(fc.constantFrom("sum", "average", "minimum", "maximum"), measured)
      .map(([name, of]) => ({ [name]: of })),
  );
}

const did = fc.constantFrom<EventName>("pageview", "buy", "return", "visit").chain((event) =>
  fc
    .record({
      where: fc.option(filterOf(event), { nil: undefined }),
      within: fc.option(fc.constantFrom(...WINDOWS), { nil: undefined, freq: 3 }),
      measured: fc.option(fc.tuple(measureOf(event), numberComparison(measuredNumber)), {
        nil: undefined,
        freq: 3,
      }),
    })
    .map(({ where, within, measured }) => ({
      did: {
        event,
        ...(where === undefined ? {} : { where }),
        ...(within === undefined ? {} : { within }),
        ...(measured === undefined ? {} : { measure: measured[0], ...measured[1] }),
      },
    })),
);

/** Random rules of the whole language. */
export const anyRule: fc.Arbitrary<unknown> = fc.letrec<{ rule: unknown }>((tie) => ({
  rule: fc.oneof(
    { depthSize: "small" },
    { arbitrary: have, weight: 3 },
    { arbitrary: did, weight: 6 },
    { arbitrary: fc.constant({ everyone: true }), weight: 1 },
    { arbitrary: fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })), weight: 2 },
    { arbitrary: fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })), weight: 2 },
    { arbitrary: tie("rule").map((not) => ({ not })), weight: 2 },
  ),
})).rule;
