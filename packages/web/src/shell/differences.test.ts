import { describe, expect, it } from "vitest";
import { differencesOf } from "./differences.ts";

describe("what differs between before and after", () => {
  it("is named field by field, and nothing else", () => {
    const before = { name: "Shop", audiences: ["a"], state: "active" };
    expect(differencesOf(before, { ...before, audiences: ["a", "b"], note: "new" })).toEqual([
      { field: "audiences", before: '[\n  "a"\n]', after: '[\n  "a",\n  "b"\n]' },
      { field: "note", before: "–", after: "new" },
    ]);
  });

  it("is everything of what was made or deleted, and nothing where both are the same", () => {
    expect(differencesOf(null, { role: "viewer" })).toEqual([
      { field: "role", before: "–", after: "viewer" },
    ]);
    expect(differencesOf("a token", null)).toEqual([{ field: "value", before: "a token", after: "–" }]);
    expect(differencesOf({ a: [1] }, { a: [1] })).toEqual([]);
  });
});
