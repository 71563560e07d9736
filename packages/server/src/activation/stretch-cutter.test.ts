import { describe, expect, it } from "vitest";
import { ALONE_FROM, type Stretch } from "./plan.ts";
import { STRETCH_POLICY, StretchCutter } from "./stretch-cutter.ts";

function cutAll(cutter: StretchCutter, tookMs: number): Stretch[] {
  const all: Stretch[] = [];
  for (let next = cutter.next(); next !== undefined; next = cutter.next()) {
    all.push(next);
    cutter.took(tookMs);
  }
  return all;
}

function sizes(all: readonly Stretch[]): number[] {
  return all.map(({ first, last }) => last - first + 1);
}

describe("the stretches of a plan", () => {
  const plan = {
    parts: [
      { first: 0, size: 120_000, alone: false },
      { first: ALONE_FROM + 120_000, size: 3, alone: true },
    ],
  };

  it("hold every change once, people who go alone last", () => {
    const all = cutAll(new StretchCutter(plan, 99, STRETCH_POLICY), 500);
    expect(all[0]).toMatchObject({ first: 0, alone: false });
    expect(all.at(-1)).toEqual({ first: ALONE_FROM + 120_000, last: ALONE_FROM + 120_002, alone: true });
    const together = all.filter(({ alone }) => !alone);
    together.forEach(({ first }, at) => {
      expect(first).toBe(at === 0 ? 0 : (together[at - 1]?.last ?? 0) + 1);
    });
    expect(sizes(all).reduce((sum, size) => sum + size, 0)).toBe(120_003);
  });

  it("are whole batches, but for the last", () => {
    const together = cutAll(new StretchCutter(plan, 99, STRETCH_POLICY), 500).filter(({ alone }) => !alone);
    expect(sizes(together.slice(0, -1)).every((size) => size % 99 === 0)).toBe(true);
  });

  it("grow with a fast destination and shrink with a slow one", () => {
    const fast = sizes(cutAll(new StretchCutter(plan, 99, STRETCH_POLICY), 100));
    expect(Math.max(...fast)).toBeGreaterThan(40_000);
    const slow = sizes(cutAll(new StretchCutter(plan, 99, STRETCH_POLICY), 60_000));
    expect(slow.at(-3)).toBe(396);
  });

  it("leave out what lies between the parts", () => {
    const parts = [
      { first: 0, size: 5, alone: false },
      { first: 1_000, size: 150, alone: false },
      { first: 2_000, size: 1, alone: false },
    ];
    expect(cutAll(new StretchCutter({ parts }, 99, { ...STRETCH_POLICY, first: 99 }), 3_000)).toEqual([
      { first: 0, last: 4, alone: false },
      { first: 1_000, last: 1_098, alone: false },
      { first: 1_099, last: 1_149, alone: false },
      { first: 2_000, last: 2_000, alone: false },
    ]);
  });

  it("are none when nothing is due", () => {
    expect(new StretchCutter({ parts: [] }, 99, STRETCH_POLICY).next()).toBeUndefined();
  });
});
