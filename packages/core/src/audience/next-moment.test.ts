import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateRule } from "./evaluate.ts";
import { nextMoment } from "./next-moment.ts";
import type { Person, PersonEvent } from "./person.ts";
import type { PropertyReference, ResolvedFilter, ResolvedMeasure, ResolvedRule } from "./resolved.ts";
import type { ValueTest } from "./value-test.ts";
import type { Span, Window } from "./window.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2024, 1, 28, 12);
const ZONES = ["UTC", "Europe/Copenhagen", "Pacific/Auckland", "America/Santiago"] as const;
const DELIVERED: PropertyReference = {
  name: "delivered",
  type: "time",
  columns: [{ schema: 1, column: 7 }],
};

const unit = fc.constantFrom("hours" as const, "days" as const, "weeks" as const, "months" as const);
const count = fc.integer({ min: 1, max: 14 });
const day = fc.integer({ min: -60, max: 60 }).map((days) => ({
  kind: "day" as const,
  day: Math.floor(NOW / DAY) + days,
}));
const moving: fc.Arbitrary<Span> = fc.oneof(
  fc.record({ kind: fc.constant("within" as const), last: count, unit }),
  fc.record({ kind: fc.constant("moreThanAgo" as const), last: count, unit }),
  fc.record({ kind: fc.constant("inNext" as const), next: count, unit }),
);
const test: fc.Arbitrary<ValueTest> = fc.oneof(
  { arbitrary: moving.map((span) => ({ kind: "time" as const, span })), weight: 4 },
  fc.integer({ min: 0, max: 30 }).map((days) => ({ kind: "anniversary" as const, days })),
  fc.constant({ kind: "present" as const }),
);
const filter: fc.Arbitrary<ResolvedFilter> = test.chain((of) =>
  fc.boolean().map((not): ResolvedFilter => {
    const one = { kind: "property" as const, property: DELIVERED, test: of };
    return not ? { kind: "not", of: one } : one;
  }),
);
const window: fc.Arbitrary<Window> = fc.oneof(
  fc.constant({ kind: "ever" as const }),
  fc.record({ kind: fc.constant("within" as const), last: count, unit }),
  fc.record({ kind: fc.constant("before" as const), point: day }),
  fc.record({ kind: fc.constant("after" as const), point: day }),
);
const measure: fc.Arbitrary<ResolvedMeasure> = fc
  .tuple(
    fc.constantFrom("atLeast" as const, "atMost" as const, "is" as const),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([operator, value]) => ({
    kind: "count",
    comparison: { operator, value: BigInt(value) * 1_000_000n },
  }));
const leaf: fc.Arbitrary<ResolvedRule> = fc.oneof(
  test.map((of) => ({
    kind: "have" as const,
    attribute: "renewal",
    type: "time" as const,
    numbers: [1],
    test: of,
  })),
  fc.record(
    {
      kind: fc.constant("did" as const),
      event: fc.constant("buy"),
      schemas: fc.constant([1]),
      where: filter,
      measure,
      window,
      occurrence: fc.constantFrom("first" as const, "last" as const),
    },
    { requiredKeys: ["kind", "event", "schemas", "measure", "window"] },
  ),
);
const rule: fc.Arbitrary<ResolvedRule> = fc.oneof(
  leaf,
  leaf.map((of) => ({ kind: "not" as const, of })),
  fc.tuple(leaf, leaf).map(([left, right]) => ({ kind: "any" as const, of: [left, right] })),
);

/** On the hour, so that bounds and times often meet, or anywhere. */
const instant = fc.oneof(
  fc.integer({ min: -24 * 90, max: 24 * 90 }).map((hours) => NOW + hours * HOUR),
  fc.integer({ min: NOW - 90 * DAY, max: NOW + 90 * DAY }),
);
const person: fc.Arbitrary<Person> = fc.record({
  attributes: fc
    .option(instant)
    .map((value) => new Map(value === null ? [] : [[1, [{ time: 0, tie: "", arrival: 1, value }]] as const])),
  events: fc.array(
    fc.record({
      schema: fc.constant(1),
      type: fc.constant("buy"),
      time: instant,
      values: fc.option(instant).map((value) => new Map(value === null ? [] : [[7, value] as const])),
    }) satisfies fc.Arbitrary<PersonEvent>,
    { maxLength: 5 },
  ),
});

describe("the next moment of a rule", () => {
  it("is never later than the next change", () => {
    let changes = 0;
    fc.assert(
      fc.property(
        rule,
        person,
        fc.constantFrom(...ZONES),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
        (of, one, timeZone, fractions) => {
          const next = nextMoment(of, one, { asOf: NOW, timeZone }) ?? NOW + 400 * DAY;
          expect(next).toBeGreaterThan(NOW);
          const now = evaluateRule(of, one, { asOf: NOW, timeZone });
          const between = fractions.map((fraction) => Math.floor(NOW + fraction * (next - 1 - NOW)));
          for (const asOf of [...between, next - 1]) {
            expect(evaluateRule(of, one, { asOf, timeZone }), new Date(asOf).toISOString()).toBe(now);
          }
          if (evaluateRule(of, one, { asOf: next, timeZone }) !== now) changes += 1;
        },
      ),
      { numRuns: 4_000, seed: 20_260_101 },
    );
    // Looking at the very next millisecond would never be late either.
    expect(changes).toBeGreaterThan(1_000);
  });

  const buy = (...times: number[]): Person => ({
    attributes: new Map(),
    events: times.map((time) => ({ schema: 1, type: "buy", time, values: new Map() })),
  });
  const lately: ResolvedRule = {
    kind: "did",
    event: "buy",
    schemas: [1],
    measure: { kind: "count", comparison: { operator: "atLeast", value: 1_000_000n } },
    window: { kind: "within", last: 1, unit: "months" },
  };
  const at = (text: string) => Date.parse(text);

  it("is the midnight at which a month's window has left somebody's last event behind", () => {
    const moment = { asOf: at("2026-02-10T12:00:00Z"), timeZone: "Europe/Copenhagen" };
    const next = nextMoment(lately, buy(at("2026-01-15T08:00:00Z"), at("2026-01-31T09:00:00Z")), moment);
    // The window of 1 March begins with 1 February; that of 28 February still with 28 January.
    expect(next).toBe(at("2026-02-28T23:00:00Z"));
  });

  it("is the time of an event that has not happened yet", () => {
    const moment = { asOf: at("2026-02-10T12:00:00Z"), timeZone: "UTC" };
    expect(nextMoment(lately, buy(at("2026-02-10T12:00:10Z")), moment)).toBe(at("2026-02-10T12:00:10Z"));
  });

  it("is never where nothing depends on the time", () => {
    const moment = { asOf: at("2026-02-10T12:00:00Z"), timeZone: "UTC" };
    const ever: ResolvedRule = { ...lately, window: { kind: "ever" } };
    expect(nextMoment(ever, buy(at("2026-01-01T00:00:00Z")), moment)).toBeNull();
  });
});
