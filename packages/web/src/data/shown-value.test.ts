import { describe, expect, it } from "vitest";
import { shownValue } from "./shown-value.ts";

describe("a value of data as people read it", () => {
  it("is yes or no, a dash for nothing, and a list with commas", () => {
    expect([true, false, null, ["a", "b"], 12.5].map(shownValue)).toEqual(["Yes", "No", "–", "a, b", "12.5"]);
  });

  it("is an instant in the zone of whoever looks, and any other text as it is", () => {
    expect(shownValue("2026-03-01T12:00:00.000Z")).toMatch(/1 Mar 2026/);
    expect(shownValue("2026-03-01")).toBe("2026-03-01");
  });
});
