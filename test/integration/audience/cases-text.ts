import { type CaseGroup, have, where } from "./case.ts";

const country = (operand: object) => have("country", operand);

/** Parts of texts, and several texts at once. */
export const TEXT_CASES: readonly CaseGroup[] = [
  {
    about: "parts of a text",
    people: {
      Tea: { has: { country: "green tea" } },
      Upper: { has: { country: "GREEN TEA" } },
      Coffee: { has: { country: "coffee" } },
      Percent: { has: { country: "100% tea_bag\\" } },
      Empty: { has: { country: "" } },
      Umlaut: { has: { country: "Grünes Gut" } },
      Decomposed: { has: { country: "Gru\u0308nes Gut" } },
      Emoji: { has: { country: "a😀b" } },
      Sigma: { has: { country: "ΟΔΟΣ" } },
      Longer: { has: { country: "ΟΔΟΣΑ" } },
      Null: { has: { country: "a\0b" } },
      None: {},
      Cleared: { has: { country: null } },
    },
    cases: [
      ["contains: anywhere", country({ contains: "tea" }), "Tea Percent"],
      ["contains: the whole text is a part of itself", country({ contains: "coffee" }), "Coffee"],
      ["contains: upper and lower case apart", country({ contains: "TEA" }), "Upper"],
      ["contains in any case", country({ contains: "TeA", ignoreCase: true }), "Tea Upper Percent"],
      ["contains: a single space", country({ contains: " " }), "Tea Upper Percent Umlaut Decomposed"],
      ["contains: percent is no wildcard", country({ contains: "%" }), "Percent"],
      ["contains: underscore is no wildcard", country({ contains: "_" }), "Percent"],
      ["contains: a backslash is a backslash", country({ contains: "\\" }), "Percent"],
      ["contains: percent between others is itself", country({ contains: "g%n" }), ""],
      ["contains: ü as one character is not u with dots", country({ contains: "ün" }), "Umlaut"],
      ["contains: Ü in any case", country({ contains: "ÜN", ignoreCase: true }), "Umlaut"],
      ["contains: u alone is a part of u with dots", country({ contains: "ru" }), "Decomposed"],
      ["contains: an emoji is one character", country({ contains: "😀" }), "Emoji"],
      ["contains: another emoji of the same first half is none", country({ contains: "😁" }), ""],
      ["contains: the character U+0000", country({ contains: "\0" }), "Null"],
      ["contains: what stands behind U+0000", country({ contains: "\0b" }), "Null"],
      [
        "contains in any case: a sigma inside a word is one at its end",
        country({ contains: "οδος", ignoreCase: true }),
        "Sigma Longer",
      ],
      [
        "contains in any case: the other sigma too",
        country({ contains: "δοσ", ignoreCase: true }),
        "Sigma Longer",
      ],
      [
        "does not contain needs a value",
        country({ doesNotContain: "tea" }),
        "Upper Coffee Empty Umlaut Decomposed Emoji Sigma Longer Null",
      ],
      [
        "does not contain in any case",
        country({ doesNotContain: "TEA", ignoreCase: true }),
        "Coffee Empty Umlaut Decomposed Emoji Sigma Longer Null",
      ],
      [
        "not (contains) also finds people without a value",
        { not: country({ contains: "tea" }) },
        "Upper Coffee Empty Umlaut Decomposed Emoji Sigma Longer Null None Cleared",
      ],
      [
        "not (does not contain) too",
        { not: country({ doesNotContain: "e" }) },
        "Tea Coffee Percent Umlaut Decomposed None Cleared",
      ],
      ["starts with", country({ startsWith: "green" }), "Tea"],
      ["starts with in any case", country({ startsWith: "gREEN", ignoreCase: true }), "Tea Upper"],
      ["starts with: not in the middle", country({ startsWith: "tea" }), ""],
      ["starts with the whole text", country({ startsWith: "coffee" }), "Coffee"],
      ["starts with more than the text", country({ startsWith: "coffees" }), ""],
      ["starts with: percent is no wildcard", country({ startsWith: "%" }), ""],
      ["starts with a digit", country({ startsWith: "100%" }), "Percent"],
      [
        "starts with in any case: a sigma inside a word",
        country({ startsWith: "ΟΔΟΣ", ignoreCase: true }),
        "Sigma Longer",
      ],
      ["ends with", country({ endsWith: "tea" }), "Tea"],
      ["ends with in any case", country({ endsWith: "Tea", ignoreCase: true }), "Tea Upper"],
      ["ends with: not in the middle", country({ endsWith: "green" }), ""],
      ["ends with a backslash", country({ endsWith: "\\" }), "Percent"],
      ["ends with what follows U+0000", country({ endsWith: "\0b" }), "Null"],
      ["ends with in any case: a sigma at the end", country({ endsWith: "οσ", ignoreCase: true }), "Sigma"],
      [
        "is none of needs a value",
        country({ isNoneOf: ["green tea", "coffee", ""] }),
        "Upper Percent Umlaut Decomposed Emoji Sigma Longer Null",
      ],
      [
        "is none of in any case",
        country({ isNoneOf: ["Green Tea", "COFFEE", "", "a😀B", "A\0B"], ignoreCase: true }),
        "Percent Umlaut Decomposed Sigma Longer",
      ],
      [
        "is none of one",
        country({ isNoneOf: ["coffee"] }),
        "Tea Upper Percent Empty Umlaut Decomposed Emoji Sigma Longer Null",
      ],
      [
        "not (is none of) is one of them, or no value",
        { not: country({ isNoneOf: ["coffee", "green tea"] }) },
        "Tea Coffee None Cleared",
      ],
    ],
  },
  {
    about: "parts of an event's text",
    people: {
      Acme: { did: [["buy", "2026-06-01T00:00:00Z", { brand: "Acme Ltd" }]] },
      Both: {
        did: [
          ["buy", "2026-06-01T00:00:00Z", { brand: "Acme" }],
          ["buy", "2026-06-01T00:00:00Z", { brand: "Other" }],
        ],
      },
      Without: { did: [["buy", "2026-06-01T00:00:00Z", { amount: 1 }]] },
      Empty: { did: [["buy", "2026-06-01T00:00:00Z", { brand: "" }]] },
    },
    cases: [
      ["starts with", where("brand", { startsWith: "Acme" }), "Acme Both"],
      ["ends with", where("brand", { endsWith: "Ltd" }), "Acme"],
      ["contains in any case", where("brand", { contains: "OTH", ignoreCase: true }), "Both"],
      [
        "does not contain needs a value, of one event",
        where("brand", { doesNotContain: "Acme" }),
        "Both Empty",
      ],
      ["is none of needs a value, of one event", where("brand", { isNoneOf: ["Acme", ""] }), "Acme Both"],
      [
        "not (contains) passes events without a value",
        { did: { event: "buy", where: { not: { property: "brand", contains: "Acme" } } } },
        "Both Without Empty",
      ],
    ],
  },
];
