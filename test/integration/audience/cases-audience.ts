import { at, bought, type CaseGroup, have } from "./case.ts";

const inside = (id: string) => ({ inAudience: id });

/** Rules that name audiences. */
export const AUDIENCE_CASES: readonly CaseGroup[] = [
  {
    about: "in another audience",
    audiences: {
      british: have("country", { is: "UK" }),
      adults: have("age", { atLeast: 18 }),
      "british-adults": { all: [inside("british"), inside("adults")] },
      "not-british": { not: inside("british") },
      "either-of-them": { any: [inside("british-adults"), inside("not-british")] },
      recent: bought({ within: { last: 30, unit: "days" } }),
      regulars: { all: [inside("recent"), bought({ atLeast: 2 })] },
      newcomers: bought({ occurrence: "first", within: { last: 30, unit: "days" } }),
      all: { everyone: true },
    },
    people: {
      Ann: { has: { country: "UK", age: 30 }, did: [["buy", "2026-06-01T00:00:00Z"]] },
      Bob: {
        has: { country: "UK", age: 10 },
        did: [
          ["buy", "2026-06-01T00:00:00Z"],
          ["buy", "2025-06-01T00:00:00Z"],
        ],
      },
      Cid: { has: { country: "France", age: 40 }, did: [["buy", "2025-06-01T00:00:00Z"]] },
      Dee: { has: { age: 20 } },
      Eve: { did: [["buy", "2026-06-10T00:00:00Z"]], was: ["Old"] },
      Old: { has: { country: "UK" } },
    },
    cases: [
      ["its rule holds", inside("british"), "Ann Bob Eve"],
      ["not in it: everybody else", { not: inside("british") }, "Cid Dee"],
      ["an audience that names two", inside("british-adults"), "Ann"],
      ["not in an audience that names two", { not: inside("british-adults") }, "Bob Cid Dee Eve"],
      ["an audience of those who are not in another", inside("not-british"), "Cid Dee"],
      ["not in an audience of those who are not in another", { not: inside("not-british") }, "Ann Bob Eve"],
      ["three in a row", inside("either-of-them"), "Ann Cid Dee"],
      ["beside a condition", { all: [inside("british"), have("age", { lessThan: 18 })] }, "Bob"],
      [
        "beside the same condition",
        { all: [inside("british"), have("country", { is: "UK" })] },
        "Ann Bob Eve",
      ],
      ["in both", { all: [inside("british"), inside("adults")] }, "Ann"],
      ["in one of them", { any: [inside("british"), inside("adults")] }, "Ann Bob Cid Dee Eve"],
      ["in one and not in the other", { all: [inside("adults"), { not: inside("british") }] }, "Cid Dee"],
      [
        "named twice",
        { any: [inside("adults"), { all: [inside("adults"), inside("british")] }] },
        "Ann Cid Dee",
      ],
      ["in it and not in it is nobody", { all: [inside("recent"), { not: inside("recent") }] }, ""],
      ["events of the last days", inside("recent"), "Ann Bob Eve"],
      ["at the same instant: earlier", inside("recent"), "Bob Cid", at("2025-06-15T12:00:00Z")],
      ["at the same instant: later", inside("recent"), "", at("2026-09-15T12:00:00Z")],
      ["events of the last days, in a row", inside("regulars"), "Bob"],
      ["not in it, with events", { not: inside("regulars") }, "Ann Cid Dee Eve"],
      ["the first time", inside("newcomers"), "Ann Eve"],
      ["everyone is in the audience of everyone", inside("all"), "Ann Bob Cid Dee Eve"],
      ["nobody is not in it", { not: inside("all") }, ""],
      ["merged people are in it as one", { all: [inside("british"), inside("newcomers")] }, "Ann Eve"],
    ],
  },
];
