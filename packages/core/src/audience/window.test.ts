import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundsOf, type Span, spanBounds, type WindowUnit, withinLast } from "./window.ts";
import { isTimeZone, localDay, monthsBefore, startOfDay } from "./zone.ts";

const after = (asOf: string, last: number, unit: WindowUnit, timeZone = "UTC") => {
  const bounds = boundsOf({ kind: "within", last, unit }, { asOf: Date.parse(asOf), timeZone });
  expect(bounds.upTo).toBe(Date.parse(asOf));
  return new Date(bounds.after ?? Number.NaN).toISOString();
};

describe("the bounds of a window", () => {
  it.each([
    ["2026-03-29T12:00:00Z", 1, "hours", "2026-03-29T11:00:00.000Z"],
    ["2026-03-29T12:00:00Z", 1, "days", "2026-03-28T12:00:00.000Z"],
    ["2026-03-29T12:00:00Z", 1, "weeks", "2026-03-22T12:00:00.000Z"],
  ] as const)("%s − %s %s are so many hours, whatever the clocks did", (asOf, last, unit, expected) => {
    expect(after(asOf, last, unit, "Europe/Copenhagen")).toBe(expected);
    expect(after(asOf, last, unit, "UTC")).toBe(expected);
  });

  it.each([
    ["2026-03-31T12:00:00Z", 1, "UTC", "2026-02-28T00:00:00.000Z"],
    ["2024-03-31T12:00:00Z", 1, "UTC", "2024-02-29T00:00:00.000Z"],
    ["2024-02-29T12:00:00Z", 12, "UTC", "2023-02-28T00:00:00.000Z"],
    ["2026-01-15T00:00:00Z", 1, "UTC", "2025-12-15T00:00:00.000Z"],
    ["2026-01-15T00:00:00Z", 1_200, "UTC", "1926-01-15T00:00:00.000Z"],
    ["2026-04-15T12:00:00Z", 1, "Europe/Copenhagen", "2026-03-14T23:00:00.000Z"],
    ["2026-04-15T22:30:00Z", 1, "Europe/Copenhagen", "2026-03-15T23:00:00.000Z"],
    ["2026-07-05T12:00:00Z", 1, "Asia/Kolkata", "2026-06-04T18:30:00.000Z"],
    ["2026-01-10T12:00:00Z", 1, "Pacific/Chatham", "2025-12-10T10:15:00.000Z"],
  ])("%s − %s months in %s begin at %s", (asOf, last, timeZone, expected) => {
    expect(after(asOf, last, "months", timeZone)).toBe(expected);
  });

  it.each([
    ["jumps over midnight", "2018-12-04T12:00:00Z", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"],
    ["shows midnight twice: the first", "2026-12-01T12:00:00Z", "America/Havana", "2026-11-01T04:00:00.000Z"],
    ["left the whole day out", "2012-01-30T12:00:00Z", "Pacific/Apia", "2011-12-30T10:00:00.000Z"],
  ])("a clock that %s", (_, asOf, timeZone, expected) => {
    expect(after(asOf, 1, "months", timeZone)).toBe(expected);
  });

  it("never move backwards when time moves on", () => {
    // St. John's set its clocks back at one minute past midnight: the day that had begun ended, and began again.
    const zones = ["America/St_Johns", "Europe/Copenhagen", "Pacific/Apia", "America/Havana", "UTC"];
    const around = fc
      .tuple(fc.constantFrom(...zones), fc.constantFrom(1, 2, 12), fc.integer({ min: 0, max: 4_000 }))
      .chain(([timeZone, last, day]) =>
        fc
          .array(fc.integer({ min: 0, max: 3 * 86_400_000 }), { minLength: 2, maxLength: 8 })
          .map((times) => ({
            timeZone,
            last,
            times: times.map((time) => Date.UTC(2006, 9, 1) + day * 86_400_000 + time).sort((a, b) => a - b),
          })),
      );
    fc.assert(
      fc.property(around, ({ timeZone, last, times }) => {
        const bounds = times.map(
          (asOf) => boundsOf({ kind: "within", last, unit: "months" }, { asOf, timeZone }).after ?? 0,
        );
        expect(bounds).toEqual([...bounds].sort((left, right) => left - right));
      }),
      { numRuns: 300 },
    );
  });

  it("never move backwards for any span, forward or back", () => {
    const zones = ["America/St_Johns", "Europe/Copenhagen", "Pacific/Apia", "America/Havana", "UTC"];
    const unit = fc.constantFrom<WindowUnit>("hours", "days", "weeks", "months");
    const count = fc.constantFrom(1, 2, 3, 11, 12, 13);
    const anySpan: fc.Arbitrary<Span> = fc.oneof(
      fc.record({ kind: fc.constant("within" as const), last: count, unit }),
      fc.record({ kind: fc.constant("moreThanAgo" as const), last: count, unit }),
      fc.record({ kind: fc.constant("inNext" as const), next: count, unit }),
    );
    const around = fc.record({
      timeZone: fc.constantFrom(...zones),
      span: anySpan,
      // Month ends, 29 February and the days on which clocks change are among them.
      start: fc.integer({ min: 0, max: 4_000 }).map((day) => Date.UTC(2006, 9, 1) + day * 86_400_000),
      steps: fc.array(fc.integer({ min: 0, max: 86_400_000 }), { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(around, ({ timeZone, span, start, steps }) => {
        const times = steps.map(
          (_, at) => start + steps.slice(0, at + 1).reduce((sum, step) => sum + step, 0),
        );
        const bounds = times.map((asOf) => spanBounds(span, { asOf, timeZone }));
        for (const side of ["after", "upTo"] as const) {
          const moved = bounds.map((bound) => bound[side] ?? 0);
          expect(moved).toEqual(moved.toSorted((left, right) => left - right));
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["2026-01-31T12:00:00Z", 1, "UTC", "2026-02-28T23:59:59.999Z"],
    ["2024-01-31T12:00:00Z", 1, "UTC", "2024-02-29T23:59:59.999Z"],
    ["2026-02-28T12:00:00Z", 1, "UTC", "2026-03-28T23:59:59.999Z"],
    ["2026-02-28T12:00:00Z", 1, "Europe/Copenhagen", "2026-03-28T22:59:59.999Z"],
    ["2026-02-28T23:30:00Z", 1, "Europe/Copenhagen", "2026-04-01T21:59:59.999Z"],
  ])("%s + %s months in %s end at %s", (asOf, next, timeZone, expected) => {
    const { upTo } = spanBounds(
      { kind: "inNext", next, unit: "months" },
      { asOf: Date.parse(asOf), timeZone },
    );
    expect(new Date(upTo ?? 0).toISOString()).toBe(expected);
  });

  it("do not move backwards in the minute that St. John's had twice", () => {
    const changed = Date.parse("2006-10-29T02:31:00Z");
    const bound = (asOf: number) =>
      boundsOf({ kind: "within", last: 1, unit: "months" }, { asOf, timeZone: "America/St_Johns" }).after;
    const before = bound(changed - 1);
    expect(new Date(before ?? 0).toISOString()).toBe("2006-09-29T02:30:00.000Z");
    expect(bound(changed)).toBe(before);
    expect(bound(changed + 30 * 60_000)).toBe(before);
  });
});

describe("a local day", () => {
  it("begins with the first instant that shows it", () => {
    const zones = ["Europe/Copenhagen", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 25_000 }), (timeZone, day) => {
        const start = startOfDay(day, timeZone);
        expect(localDay(start, timeZone)).toBeGreaterThanOrEqual(day);
        expect(localDay(start - 1, timeZone)).toBeLessThan(day);
      }),
      { numRuns: 200 },
    );
  });

  it("before the year 1 counts on", () => {
    expect(monthsBefore(Date.UTC(2026, 0, 31) / 86_400_000, 12 * 2026)).toBeLessThan(-719_000);
  });
});

describe("isTimeZone", () => {
  it("knows names of the zone data, and nothing else", () => {
    expect(["UTC", "Europe/Berlin", "Europe/Atlantis", ""].map(isTimeZone)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("a window as it is written", () => {
  it.each([0, -1, 1.5, "3", null])("is refused with last: %s", (last) => {
    expect(withinLast.safeParse({ last, unit: "days" }).success).toBe(false);
  });

  it("reaches back a hundred years and no further", () => {
    expect(withinLast.safeParse({ last: 1_200, unit: "months" }).success).toBe(true);
    expect(withinLast.safeParse({ last: 1_201, unit: "months" }).success).toBe(false);
  });
});
