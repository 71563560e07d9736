import { type CaseGroup, have, where } from "./case.ts";

const interests = (operand: object) => have("interests", operand);

/** Lists of people and of events. */
export const LIST_CASES: readonly CaseGroup[] = [
  {
    about: "lists",
    people: {
      Tea: { has: { interests: ["tea"] } },
      Both: { has: { interests: ["tea", "coffee"] } },
      Twice: { has: { interests: ["tea", "tea"] } },
      Upper: { has: { interests: ["TEA"] } },
      Blank: { has: { interests: [""] } },
      Odd: { has: { interests: ["%", "a,b", "[]", "'"] } },
      Empty: { has: { interests: [] } },
      None: {},
      Cleared: { has: { interests: null } },
      Emptied: {
        history: [
          ["interests", ["tea"], "2026-01-01T00:00:00Z"],
          ["interests", [], "2026-02-01T00:00:00Z"],
        ],
      },
    },
    cases: [
      ["contains an element", interests({ contains: "tea" }), "Tea Both Twice"],
      ["contains: upper and lower case apart", interests({ contains: "TEA" }), "Upper"],
      ["contains: a whole element, not a part of one", interests({ contains: "te" }), ""],
      ["contains the empty text as an element", interests({ contains: "" }), "Blank"],
      ["contains: a comma does not part an element", interests({ contains: "a" }), ""],
      ["contains: a comma is a part of its element", interests({ contains: "a,b" }), "Odd"],
      ["contains: percent is no wildcard", interests({ contains: "%" }), "Odd"],
      ["contains: what looks like a list is a text", interests({ contains: "[]" }), "Odd"],
      [
        "not (contains) also finds empty lists and people without one",
        { not: interests({ contains: "tea" }) },
        "Upper Blank Odd Empty None Cleared Emptied",
      ],
      ["contains any", interests({ containsAny: ["coffee", "TEA"] }), "Both Upper"],
      ["contains any of one", interests({ containsAny: ["tea"] }), "Tea Both Twice"],
      ["contains any: none of them", interests({ containsAny: ["milk", "water"] }), ""],
      ["contains all", interests({ containsAll: ["tea", "coffee"] }), "Both"],
      ["contains all: in any order", interests({ containsAll: ["coffee", "tea"] }), "Both"],
      ["contains all of one", interests({ containsAll: ["tea"] }), "Tea Both Twice"],
      [
        "contains all: one named twice is needed once",
        interests({ containsAll: ["tea", "tea"] }),
        "Tea Both Twice",
      ],
      ["contains all: one is missing", interests({ containsAll: ["tea", "milk"] }), ""],
      ["is empty: set, and empty", interests({ isEmpty: true }), "Empty Emptied"],
      [
        "not (is empty) also finds people without a list",
        { not: interests({ isEmpty: true }) },
        "Tea Both Twice Upper Blank Odd None Cleared",
      ],
      [
        "is set: also the empty list",
        interests({ isSet: true }),
        "Tea Both Twice Upper Blank Odd Empty Emptied",
      ],
      ["is not set: never given, or cleared", interests({ isSet: false }), "None Cleared"],
      [
        "set and not empty",
        { all: [interests({ isSet: true }), { not: interests({ isEmpty: true }) }] },
        "Tea Both Twice Upper Blank Odd",
      ],
    ],
  },
  {
    about: "lists of events",
    people: {
      Red: { did: [["buy", "2026-06-01T00:00:00Z", { tags: ["red"] }]] },
      RedBlue: { did: [["buy", "2026-06-01T00:00:00Z", { tags: ["red", "blue"] }]] },
      Apart: {
        did: [
          ["buy", "2026-06-01T00:00:00Z", { tags: ["red"] }],
          ["buy", "2026-06-01T00:00:00Z", { tags: ["blue"] }],
        ],
      },
      Without: { did: [["buy", "2026-06-01T00:00:00Z", { amount: 1 }]] },
    },
    cases: [
      ["contains", where("tags", { contains: "blue" }), "RedBlue Apart"],
      ["contains any", where("tags", { containsAny: ["blue", "green"] }), "RedBlue Apart"],
      ["contains all: of one and the same event", where("tags", { containsAll: ["red", "blue"] }), "RedBlue"],
      [
        "is not set: an empty list and a missing one are the same",
        where("tags", { isSet: false }),
        "Without",
      ],
      [
        "not (contains) passes events without the list",
        { did: { event: "buy", where: { not: { property: "tags", contains: "red" } } } },
        "Apart Without",
      ],
    ],
  },
];
