import { describe, expect, it } from "vitest";
import { describeRule } from "./describe.ts";
import type { Rule } from "./rule.ts";

const CASES: readonly (readonly [Rule, string])[] = [
  [{ everyone: true }, "everyone"],
  [{ have: { attribute: "country", is: "United Kingdom" } }, 'country is "United Kingdom"'],
  [
    { have: { attribute: "country", isAnyOf: ["a", "b"], ignoreCase: true } },
    'country is any of "a", "b" (in any case)',
  ],
  [{ have: { attribute: "age", between: [18, 25] } }, "age is between 18 and 25"],
  [{ have: { attribute: "age", isSet: false } }, "age is not set"],
  [{ did: { event: "buy" } }, 'did "buy"'],
  [
    { did: { event: "buy", atLeast: 2, within: { last: 30, unit: "days" } } },
    'did "buy" within the last 30 days at least 2 times',
  ],
  [
    { not: { did: { event: "buy", within: { last: 1, unit: "months" } } } },
    'did not "buy" within the last month',
  ],
  [
    { did: { event: "buy", measure: { sum: { product: ["quantity", "price"] } }, atLeast: 5000 } },
    'did "buy" with a sum of quantity × price that is at least 5000',
  ],
  [
    {
      did: {
        event: "buy",
        where: { any: [{ property: "brand", is: "Acme" }, { not: { property: "gift", is: true } }] },
      },
    },
    'did "buy" where brand is "Acme" or not (gift is true)',
  ],
  [
    {
      all: [
        { everyone: true },
        { any: [{ have: { attribute: "a", is: 1 } }, { not: { have: { attribute: "b", is: 2 } } }] },
      ],
    },
    "everyone and (a is 1 or not (b is 2))",
  ],
];

describe("describeRule", () => {
  it.each(CASES)("%j", (rule, sentence) => {
    expect(describeRule(rule)).toBe(sentence);
  });
});
