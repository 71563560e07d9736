import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DEFAULT_GUARD,
  guardReasons,
  holdSentence,
  isHarmless,
  type Removals,
  type StaleSource,
} from "./guard.ts";

const AT = Date.UTC(2026, 6, 1);
const FAILED: StaleSource = { why: "failed", dataflow: "customers", import: 7, at: AT };
const NOBODY: Removals = { inside: 0, leaving: 0, left: 0, desired: 0, stale: [] };

function kinds(removals: Partial<Removals>): string[] {
  return guardReasons({ ...NOBODY, ...removals }, DEFAULT_GUARD).map(({ kind }) => kind);
}

describe("the removal guard", () => {
  it("holds what is more than a number and a share, and not one of them alone", () => {
    expect(kinds({ inside: 1_000, leaving: 501, desired: 499 })).toEqual(["many"]);
    expect(kinds({ inside: 1_000, leaving: 500, desired: 500 })).toEqual([]);
    expect(kinds({ inside: 10_000, leaving: 2_000, desired: 8_000 })).toEqual([]);
    expect(kinds({ inside: 10_000, leaving: 2_001, desired: 7_999 })).toEqual(["many"]);
  });

  it("adds up what left in the last 24 hours", () => {
    expect(kinds({ inside: 600, leaving: 101, left: 400, desired: 499 })).toEqual(["many"]);
    expect(kinds({ inside: 600, leaving: 100, left: 400, desired: 500 })).toEqual([]);
  });

  it("holds what would empty a segment of more than 50, and not a smaller one", () => {
    expect(kinds({ inside: 51, leaving: 51 })).toEqual(["emptied"]);
    expect(kinds({ inside: 50, leaving: 50 })).toEqual([]);
    expect(kinds({ inside: 51, leaving: 51, desired: 1 })).toEqual([]);
    expect(kinds({ inside: 10, left: 41, leaving: 10 })).toEqual(["emptied"]);
  });

  it("holds a single removal when the source is stale, and says by which import", () => {
    const [reason] = guardReasons(
      { ...NOBODY, inside: 9, leaving: 1, desired: 8, stale: [FAILED] },
      DEFAULT_GUARD,
    );
    expect(reason?.kind).toBe("stale");
    expect(reason && holdSentence(reason)).toBe(
      "Import 7 of the dataflow customers was not taken in (2026-07-01T00:00:00.000Z): people may be missing by mistake.",
    );
  });

  it("says each reason in a sentence", () => {
    expect(holdSentence({ kind: "many", removals: 1_501, of: 3_000 })).toBe(
      "1,501 of 3,000 people would leave within 24 hours (50 %).",
    );
    expect(holdSentence({ kind: "emptied", of: 51 })).toBe("The segment of 51 people would be empty.");
    const old: StaleSource = { why: "old", dataflow: "orders", publishedAt: AT, hours: 48 };
    expect(holdSentence({ kind: "stale", source: old })).toContain("since 2026-07-01T00:00:00.000Z");
  });
});

const removals = fc
  .record({
    inside: fc.nat(5_000),
    leaving: fc.nat(5_000),
    left: fc.nat(5_000),
    desired: fc.nat(5_000),
    stale: fc.constantFrom<readonly StaleSource[]>([], [FAILED]),
  })
  .map((drawn) => ({ ...drawn, leaving: Math.min(drawn.leaving, drawn.inside) }));
const settings = fc.record({
  removals: fc.nat(1_000),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  emptied: fc.nat(200),
  failedImports: fc.constant("hold" as const),
});

describe("whatever is removed", () => {
  it("is held all the more when more leave, and never when nobody does", () => {
    fc.assert(
      fc.property(removals, settings, fc.nat(100), (of, guard, more) => {
        expect(guardReasons({ ...of, leaving: 0 }, guard)).toEqual([]);
        if (guardReasons(of, guard).length === 0 || of.leaving + more > of.inside) return;
        expect(guardReasons({ ...of, leaving: of.leaving + more }, guard).length).toBeGreaterThan(0);
      }),
    );
  });

  it("passes no more in pieces than at once", () => {
    fc.assert(
      fc.property(
        settings,
        fc.integer({ min: 1, max: 3_000 }),
        fc.array(fc.integer({ min: 1, max: 400 })),
        (guard, size, pieces) => {
          let left = 0;
          for (const piece of pieces) {
            const inside = size - left;
            const leaving = Math.min(piece, inside);
            const reasons = guardReasons(
              { inside, leaving, left, desired: inside - leaving, stale: [] },
              guard,
            );
            if (reasons.length === 0) left += leaving;
          }
          expect(left > guard.removals && left > guard.share * size).toBe(false);
          if (size > guard.emptied) expect(left).toBeLessThan(size);
        },
      ),
    );
  });

  it("is not looked up where its number alone can't matter", () => {
    fc.assert(
      fc.property(removals, settings, (of, guard) => {
        if (!isHarmless(of.leaving + of.left, guard) || of.stale.length > 0) return;
        // Who is to leave was inside, so that an emptied segment had no more people than left it.
        const emptied = of.desired === 0 && of.inside > of.leaving;
        if (!emptied) expect(guardReasons(of, guard)).toEqual([]);
      }),
    );
  });
});
