import {
  boundsOf,
  type ColumnType,
  localDay,
  type Moment,
  spanBounds,
  startOfDay,
  type Value,
} from "@peregrine/core";
import fc from "fast-check";
import { ANNIVERSARIES, DAYS, INSTANTS, LISTS, NUMBERS, TEXTS, WINDOWS } from "./random-operands.ts";
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
  const values = { ...VALUES, time: anyTime(moment) };
  const attribute: fc.Arbitrary<AttributeRow> = fc
    .constantFrom(...Object.values(ATTRIBUTES))
    .chain(({ type, numbers: columns }) =>
      fc.record({
        profile,
        attribute: fc.constantFrom(...columns),
        // Few times and ties, so that the arrival often decides.
        time: fc.constantFrom(moment.asOf - DAY, moment.asOf, moment.asOf + DAY),
        tie: fc.constantFrom("", "a", "b", "\uffee", "😀"),
        value: fc.option(values[type], { nil: null, freq: 4 }),
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
        .tuple(...columns.map((column) => fc.option(values[column.type], { nil: undefined, freq: 4 })))
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

const VALUES: Readonly<Record<Exclude<ColumnType, "time">, fc.Arbitrary<Value>>> = {
  text: fc.constantFrom(...TEXTS),
  number: fc.constantFrom(...NUMBERS),
  boolean: fc.boolean(),
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
  // An event's empty list is a missing one.
  return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[number, value]];
}

/** The first and the last time that can be stored. */
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2300, 0, 1) - 1;

/** Times on and beside all bounds, and on the anniversaries' days in other years. */
function anyTime(moment: Moment): fc.Arbitrary<number> {
  const { timeZone } = moment;
  const today = localDay(moment.asOf, timeZone);
  const anniversary = fc
    .record({
      ahead: fc.constantFrom(...ANNIVERSARIES.flatMap((days) => [days - 1, days, days + 1])),
      year: fc.integer({ min: 1901, max: 2298 }),
      beside: fc.constantFrom(-1, 0, 1, 43_200_000),
    })
    .map(({ ahead, year, beside }) => {
      const date = new Date((today + ahead) * DAY);
      const day = date.setUTCFullYear(year) / DAY;
      return startOfDay(day, timeZone) + beside;
    });
  const leapDay = fc
    .tuple(fc.integer({ min: 476, max: 574 }), fc.constantFrom(0, 1, DAY - 1, DAY))
    .map(([leap, beside]) => startOfDay(Date.UTC(leap * 4, 1, 29) / DAY, timeZone) + beside);
  return fc
    .oneof(
      { arbitrary: fc.constantFrom(...bounds(moment)), weight: 4 },
      { arbitrary: anniversary, weight: 4 },
      { arbitrary: leapDay, weight: 1 },
      { arbitrary: fc.integer({ min: EARLIEST, max: LATEST }), weight: 1 },
    )
    .map((time) => Math.min(Math.max(time, EARLIEST), LATEST));
}

/** Each bound of each window and of each day or instant, and the milliseconds before and after it. */
function bounds(moment: Moment): readonly number[] {
  const ago = WINDOWS.map((window) => boundsOf({ kind: "within", ...window }, moment));
  const ahead = WINDOWS.map(({ last, unit }) => spanBounds({ kind: "inNext", next: last, unit }, moment));
  const days = DAYS.map((written) => Date.parse(written) / DAY);
  return [
    ...[...ago, ...ahead].flatMap(({ after, upTo }) => [after, upTo]),
    ...days.flatMap((day) => [startOfDay(day, moment.timeZone), startOfDay(day + 1, moment.timeZone)]),
    ...INSTANTS.map((written) => Date.parse(written)),
  ]
    .filter((bound) => bound !== undefined)
    .flatMap((bound) => [bound - 1, bound, bound + 1])
    .filter((bound) => bound >= EARLIEST && bound <= LATEST);
}
