import { describe, expect, it } from "vitest";
import { estimateOf } from "./estimate.ts";

const stretches = (found: readonly number[], people = 100) => found.map((one) => ({ people, found: one }));

describe("an estimate from stretches of a sample", () => {
  it("is the share that was found, of all people", () => {
    expect(estimateOf(stretches([10, 12, 8, 10]), 10_000).size).toBe(1000);
  });

  it("has a wider margin, the further the shares lie apart", () => {
    const even = estimateOf(stretches([10, 10, 10, 10]), 10_000);
    const uneven = estimateOf(stretches([0, 0, 40, 0]), 10_000);
    expect(even.size).toBe(uneven.size);
    expect(uneven.margin).toBeGreaterThan(even.margin);
  });

  it("is everybody where everybody was found, however many each stretch has", () => {
    const all = [100, 70, 3].map((people) => ({ people, found: people }));
    expect(estimateOf(all, 5000).size).toBe(5000);
  });

  it("does not claim that there is nobody where the sample has nobody", () => {
    expect(estimateOf(stretches([0, 0, 0, 0]), 12_400)).toEqual({ size: 0, margin: 93 });
    expect(estimateOf([], 7)).toEqual({ size: 0, margin: 7 });
  });

  it("holds the true number in some 19 of 20 draws", () => {
    let state = 7;
    const below = (bound: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
    // Each stretch has 0 to 100 who are asked for, all equally likely: half of all people.
    const inside = Array.from({ length: 400 }, () => {
      const { size, margin } = estimateOf(stretches(Array.from({ length: 64 }, () => below(101))), 128_000);
      return Math.abs(size - 64_000) <= margin;
    }).filter(Boolean);
    expect(inside.length).toBeGreaterThan(360);
    expect(inside.length).toBeLessThan(400);
  });
});
