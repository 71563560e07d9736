import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

it("spaces turns evenly, whoever takes them, and saves none up for a burst", () => {
  const pace = new Pace();
  expect([1_000, 1_000, 1_000].map((now) => pace.claim(now, 4))).toEqual([1_000, 1_250, 1_500]);
  expect([9_000, 9_001].map((now) => pace.claim(now, 4))).toEqual([9_000, 9_250]);
});

it("holds nobody back without a limit", () => {
  const pace = new Pace();
  expect([7, 7, 7].map((now) => pace.claim(now, undefined))).toEqual([7, 7, 7]);
});
