import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalText, readDecimal } from "./decimal.ts";

describe("readDecimal", () => {
  it.each([
    [0, 0n],
    [-0, 0n],
    [1, 1_000_000n],
    [12.5, 12_500_000n],
    [-0.000001, -1n],
    [1e-6, 1n],
    [1.5e3, 1_500_000_000n],
    ["18.000000", 18_000_000n],
    ["18.0000000000", 18_000_000n],
    ["+1", 1_000_000n],
    ["1e-6", 1n],
    ["0e-9999", 0n],
    ["999999999999.999999", 999_999_999_999_999_999n],
    ["-999999999999.999999", -999_999_999_999_999_999n],
  ])("reads %s exactly", (value, micros) => {
    expect(readDecimal(value)).toEqual({ ok: micros });
  });

  it.each([
    [Number.NaN, "notANumber"],
    [Number.POSITIVE_INFINITY, "notANumber"],
    ["", "notANumber"],
    ["1,5", "notANumber"],
    [" 1", "notANumber"],
    ["1.", "notANumber"],
    ["Infinity", "notANumber"],
    ["0x10", "notANumber"],
    [0.0000001, "tooManyPlaces"],
    ["0.1234567", "tooManyPlaces"],
    ["1e-9999", "tooManyPlaces"],
    [1e12, "tooLarge"],
    [-1e12, "tooLarge"],
    ["1e9999", "tooLarge"],
    ["1000000000000", "tooLarge"],
    [123456789012.12346, "inexact"],
  ])("refuses %s: %s", (value, fault) => {
    expect(readDecimal(value)).toEqual({ fault });
  });

  it("reads back what decimalText writes", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), (micros) => {
        expect(readDecimal(decimalText(micros))).toEqual({ ok: micros });
      }),
    );
  });
});
