import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anniversaryRanges, hasAnniversary } from "./anniversary.ts";
import { localDay, startOfDay } from "./zone.ts";

const DAY = 86_400_000;
const ZONES = ["UTC", "Europe/Copenhagen", "Pacific/Auckland", "America/Los_Angeles", "America/Santiago"];

/** By the letter: for each day of the window, whether it is an anniversary of the day of birth. */
function byTheCalendar(time: number, days: number, asOf: number, timeZone: string): boolean {
  const born = new Date(localDay(time, timeZone) * DAY);
  const today = localDay(asOf, timeZone);
  return Array.from({ length: days + 1 }, (_, ahead) => new Date((today + ahead) * DAY)).some((day) => {
    const isLeapYear = new Date(Date.UTC(day.getUTCFullYear(), 1, 29)).getUTCDate() === 29;
    const moved = born.getUTCMonth() === 1 && born.getUTCDate() === 29 && !isLeapYear;
    const [month, date] = moved ? [2, 1] : [born.getUTCMonth(), born.getUTCDate()];
    return day.getUTCMonth() === month && day.getUTCDate() === date;
  });
}

/** Moments near the ends of February more often than others, and times of birth near the bounds of their windows. */
const anyCase = fc
  .record({
    timeZone: fc.constantFrom(...ZONES),
    today: fc.oneof(
      fc.integer({ min: 0, max: 60_000 }),
      fc
        .tuple(fc.integer({ min: 1970, max: 2120 }), fc.integer({ min: -3, max: 3 }))
        .map(([year, beside]) => Date.UTC(year, 2, 1) / DAY + beside),
    ),
    hour: fc.integer({ min: 0, max: 23 }),
    days: fc.oneof(fc.constantFrom(0, 1, 2, 363, 364, 365), fc.integer({ min: 0, max: 365 })),
    year: fc.integer({ min: 1900, max: 2298 }),
    beside: fc.integer({ min: -2, max: 2 }),
    atEnd: fc.boolean(),
    within: fc.constantFrom(0, 1, DAY / 2, DAY - 1),
  })
  .map(({ timeZone, today, hour, days, year, beside, atEnd, within }) => {
    const bound = new Date((today + (atEnd ? days : 0)) * DAY);
    const born = bound.setUTCFullYear(year) / DAY + beside;
    const asOf = startOfDay(today, timeZone) + hour * 3_600_000;
    return { timeZone, asOf, days, time: startOfDay(born, timeZone) + within };
  });

describe("an anniversary", () => {
  it("is the same by day and month as by the calendar, day for day", () => {
    fc.assert(
      fc.property(anyCase, ({ time, days, asOf, timeZone }) => {
        expect(hasAnniversary(time, days, { asOf, timeZone })).toBe(
          byTheCalendar(time, days, asOf, timeZone),
        );
      }),
      { numRuns: 800 },
    );
  });

  it("is the same by ranges of instants", () => {
    fc.assert(
      fc.property(anyCase, ({ time, days, asOf, timeZone }) => {
        const year = new Date(time).getUTCFullYear();
        const ranges = anniversaryRanges(days, { asOf, timeZone }, year - 1, year + 1);
        const within =
          ranges?.from.some((from, at) => time >= from && time < (ranges.to[at] ?? from)) ?? true;
        expect(within).toBe(byTheCalendar(time, days, asOf, timeZone));
      }),
      { numRuns: 800 },
    );
  });

  it("needs no range where the whole year is asked for", () => {
    expect(anniversaryRanges(365, { asOf: 0, timeZone: "UTC" }, 1900, 2299)).toBeUndefined();
  });
});
