import { describe, expect, it } from "vitest";
import { activationId } from "./activation-id.ts";

describe("the id of a new activation", () => {
  it.each([
    ["Shop → Ibexa", "shop-ibexa"],
    ["  Über Müller's  ", "uber-muller-s"],
    ["電子", "ibexa"],
    ["a".repeat(200), "a".repeat(50)],
  ])("is made of its name: %s", (name, id) => {
    expect(activationId(name, new Set())).toBe(id);
  });

  it("has a number where others have it", () => {
    expect(activationId("Shop", new Set(["shop", "shop-2"]))).toBe("shop-3");
  });
});
