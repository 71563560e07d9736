import { type Bounds, boundsOf, type ColumnType, type Moment, type Value } from "@peregrine/core";
import fc from "fast-check";
import { LISTS, NUMBERS, TEXTS, WINDOWS } from "./random-rules.ts";
import { ATTRIBUTES, type AttributeRow, EVENTS, type EventRow, PROPERTIES, type World } from "./world.ts";

/** Random people whose events lie on and beside the bounds of the windows that random rules use. */
export function anyWorld(moment: Moment, profiles: number): fc.Arbitrary<World> {
  const numbers = Array.from({ length: profiles }, (_, at) => at + 1);
  const profile = fc.constantFrom(...numbers);
  const instant = fc.oneof(
    fc.constantFrom(...bounds(moment)),
    fc.integer({ min: moment.asOf - 400 * DAY, max: moment.asOf + DAY }),
  );
  const arrivals = { last: 0 };
  const attribute: fc.Arbitrary<AttributeRow> = fc
    .constantFrom(...Object.values(ATTRIBUTES))
    .chain(({ type, numbers: columns }) =>
      fc.record({
        profile,
        attribute: fc.constantFrom(...columns),
        // Few times and ties, so that the arrival often decides.
        time: fc.constantFrom(moment.asOf - DAY, moment.asOf, moment.asOf + DAY),
        tie: fc.constantFrom("", "a", "b", "\uffee", "😀"),
        value: fc.option(VALUES[type], { nil: null, freq: 4 }),
      }),
    )
    .map((row) => {
      arrivals.last += 1;
      return { ...row, arrival: arrivals.last };
    });
  const event: fc.Arbitrary<EventRow> = fc.constantFrom(...eventKinds()).chain(({ type, schema, columns }) =>
    fc.record({
      profile,
      schema: fc.constant(schema),
      type: fc.constant(type),
      time: instant,
      values: fc
        .tuple(...columns.map((column) => fc.option(VALUES[column.type], { nil: undefined, freq: 4 })))
        .map((values) => new Map(columns.flatMap(({ number }, at) => pair(number, values[at])))),
    }),
  );
  const merges = fc
    .subarray(numbers.slice(Math.floor(profiles * 0.8)), { minLength: 1 })
    .chain((old) =>
      fc
        .tuple(...old.map(() => fc.integer({ min: 1, max: Math.floor(profiles * 0.8) })))
        .map((survivors) => new Map(old.map((number, at) => [number, survivors[at] ?? 1]))),
    );
  return fc.record({
    profiles: fc.constant(numbers),
    merges,
    attributes: fc.array(attribute, { minLength: profiles * 5, maxLength: profiles * 5 }),
    events: fc.array(event, { minLength: profiles * 8, maxLength: profiles * 8 }),
  });
}

const DAY = 86_400_000;

const VALUES: Readonly<Record<ColumnType, fc.Arbitrary<Value>>> = {
  text: fc.constantFrom(...TEXTS),
  number: fc.constantFrom(...NUMBERS),
  boolean: fc.boolean(),
  time: fc.constantFrom(0, Date.UTC(2026, 1, 28), Date.UTC(2024, 1, 29, 23, 59, 59, 999)),
  list: fc.constantFrom(...LISTS),
};

function eventKinds() {
  return Object.entries(EVENTS).flatMap(([type, schemas]) =>
    schemas.map((schema) => ({
      type,
      schema,
      columns: Object.values(PROPERTIES).flatMap((property) => {
        const number = new Map(Object.entries(property.columns)).get(String(schema));
        return number === undefined ? [] : [{ type: property.type, number }];
      }),
    })),
  );
}

function pair(number: number, value: Value | undefined): readonly (readonly [number, Value])[] {
  return value === undefined ? [] : [[number, value]];
}

/** Each bound of each window, and the milliseconds before and after it. */
function bounds(moment: Moment): readonly number[] {
  const all: readonly Bounds[] = WINDOWS.map((window) => boundsOf({ kind: "within", ...window }, moment));
  return [...new Set(all.flatMap(({ after, upTo }) => [after ?? upTo, upTo]))].flatMap((bound) => [
    bound - 1,
    bound,
    bound + 1,
  ]);
}
