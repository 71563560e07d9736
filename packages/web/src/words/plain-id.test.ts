import { describe, expect, it } from "vitest";
import { plainId } from "./plain-id.ts";

describe("an id made of a name", () => {
  it.each([
    ["Shop → Ibexa", "shop-ibexa"],
    ["  Über Müller's  ", "uber-muller-s"],
    ["電子", "ibexa"],
    ["a".repeat(200), "a".repeat(50)],
  ])("is made of its name: %s", (name, id) => {
    expect(plainId(name, "ibexa", new Set())).toBe(id);
  });

  it("has a number where others have it", () => {
    expect(plainId("Shop", "ibexa", new Set(["shop", "shop-2"]))).toBe("shop-3");
  });
});
