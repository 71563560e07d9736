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
    'did "buy" where brand is "Acme" or not (gift is yes)',
  ],
  [{ have: { attribute: "name", startsWith: "A" } }, 'name starts with "A"'],
  [
    { have: { attribute: "name", doesNotContain: "x", ignoreCase: true } },
    'name does not contain "x" (in any case)',
  ],
  [{ have: { attribute: "country", isNoneOf: ["a", "b"] } }, 'country is none of "a", "b"'],
  [{ have: { attribute: "tags", containsAll: ["a", "b"] } }, 'tags contains all of "a", "b"'],
  [{ have: { attribute: "tags", isEmpty: true } }, "tags is empty"],
  [{ have: { attribute: "born", onOrBefore: "2026-01-31" } }, "born is on or before 2026-01-31"],
  [
    { have: { attribute: "born", between: ["2026-01-01", "2026-01-31"] } },
    "born is between 2026-01-01 and 2026-01-31",
  ],
  [{ have: { attribute: "born", withinLast: { last: 1, unit: "months" } } }, "born is within the last month"],
  [{ have: { attribute: "born", moreThanAgo: { last: 2, unit: "weeks" } } }, "born is more than 2 weeks ago"],
  [{ have: { attribute: "born", moreThanAgo: { last: 1, unit: "weeks" } } }, "born is more than 1 week ago"],
  [{ have: { attribute: "due", inNext: { next: 7, unit: "days" } } }, "due is in the next 7 days"],
  [{ have: { attribute: "born", anniversaryWithin: { days: 0 } } }, "born has its anniversary today"],
  [{ have: { attribute: "born", anniversaryWithin: { days: 1 } } }, "born has its anniversary within 1 day"],
  [
    { did: { event: "buy", within: { between: ["2026-01-01", "2026-01-31"] }, atLeast: 2 } },
    'did "buy" between 2026-01-01 and 2026-01-31 at least 2 times',
  ],
  [{ not: { did: { event: "buy", within: { after: "2026-01-01" } } } }, 'did not "buy" after 2026-01-01'],
  [
    {
      not: {
        did: {
          event: "buy",
          where: { property: "brand", is: "Acme" },
          occurrence: "first",
          within: { last: 30, unit: "days" },
        },
      },
    },
    'not (did "buy" where brand is "Acme" for the first time within the last 30 days)',
  ],
  [{ inAudience: "5d822e81" }, 'in the audience "Regulars"'],
  [{ not: { inAudience: "unknown" } }, 'not in the audience "unknown"'],
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
    expect(describeRule(rule, (id) => (id === "5d822e81" ? "Regulars" : undefined))).toBe(sentence);
  });
});
