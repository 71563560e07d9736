import { describe, expect, it } from "vitest";
import { ago, duration, lasting } from "./time.ts";

const NOW = Date.parse("2026-07-01T09:30:00.000Z");
const at = (ms: number) => new Date(NOW + ms).toISOString();

describe("an instant as people say it", () => {
  it.each([
    [-400, "now"],
    [-12_000, "12 s ago"],
    [-119_000, "1 min ago"],
    [-3 * 3_600_000, "3 h ago"],
    [-86_400_000, "1 day ago"],
    [-40 * 86_400_000, "40 days ago"],
    [90_000, "in 1 min"],
  ])("%d ms from now is %s", (ms, text) => {
    expect(ago(at(ms), NOW)).toBe(text);
  });
});

describe("what has lasted since an instant", () => {
  it.each([
    [400, "0 s"],
    [-38_900, "38 s"],
    [-3 * 3_600_000, "3 h"],
    [-86_400_000, "1 day"],
  ])("%d ms from now is %s long", (ms, text) => {
    expect(lasting(at(ms), NOW)).toBe(text);
  });
});

describe("a length of time", () => {
  it.each([
    [340, "340 ms"],
    [12_400, "12 s"],
    [119_000, "119 s"],
    [180_000, "3 min"],
  ])("of %d ms is %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
