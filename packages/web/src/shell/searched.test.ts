import { expect, test } from "vitest";
import { isFound, isSearchable, searchedOf } from "./searched.ts";

test("what the address says is searched; digits alone are text, and nothing else is", () => {
  expect(searchedOf({ q: "shop" })).toEqual({ q: "shop" });
  expect(searchedOf({ q: 2026 })).toEqual({ q: "2026" });
  expect(searchedOf({ q: "" })).toEqual({});
  expect(searchedOf({ q: { of: 1 } })).toEqual({});
});

test("a row is found by a part of any of its texts, in any case; everything is when nothing is searched", () => {
  const texts = ["News for ÉLISE", "shop.example"];
  expect(isFound({ q: " élise " }, texts)).toBe(true);
  expect(isFound({ q: "SHOP.EX" }, texts)).toBe(true);
  expect(isFound({ q: "elsewhere" }, texts)).toBe(false);
  expect(isFound({}, texts)).toBe(true);
});

test("a short list has no field, unless its address searches it", () => {
  expect([isSearchable(10, {}), isSearchable(11, {}), isSearchable(1, { q: "x" })]).toEqual([
    false,
    true,
    true,
  ]);
});
