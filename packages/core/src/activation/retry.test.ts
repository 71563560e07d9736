import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RETRY_POLICY, refusalDelay, retryAfter, retryDelay } from "./retry.ts";

describe("the wait before a message is sent again", () => {
  it("doubles, with half of it left to chance, up to its longest", () => {
    expect(retryDelay(RETRY_POLICY, 1, 0)).toBe(250);
    expect(retryDelay(RETRY_POLICY, 1, 0.999)).toBeLessThanOrEqual(500);
    expect(retryDelay(RETRY_POLICY, 3, 0)).toBe(1_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const delay = retryDelay(RETRY_POLICY, attempt, random);
          return delay >= RETRY_POLICY.firstDelayMs / 2 && delay <= RETRY_POLICY.longestDelayMs;
        },
      ),
    );
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2026-02-03T04:05:06Z");
  it.each([
    ["0", 0],
    ["7", 7_000],
    [" 120 ", 120_000],
    ["Tue, 03 Feb 2026 04:05:36 GMT", 30_000],
    ["Tuesday, 03-Feb-26 04:05:36 GMT", 30_000],
    ["Tue, 03 Feb 2026 04:00:00 GMT", 0],
  ])("reads %j", (header, expected) => {
    expect(retryAfter(header, now)).toBe(expected);
  });

  it.each(["", "soon", "-5", "1.5", "2026-02-03", "12345678901234567890"])(
    "does not guess at %j",
    (header) => {
      expect(retryAfter(header, now)).toBeUndefined();
    },
  );
});

describe("the wait before a refused person is sent again", () => {
  it("grows from a minute to a day", () => {
    expect(refusalDelay(1, 0)).toBe(60_000);
    expect(refusalDelay(2, 0)).toBe(240_000);
    expect(refusalDelay(1_000, 0)).toBe(86_400_000);
    expect(refusalDelay(1, 0.999)).toBeLessThan(66_001);
  });
});
