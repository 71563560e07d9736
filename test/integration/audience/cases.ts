import { at, average, bought, type CaseGroup, have, measure, product, sum, where, within } from "./case.ts";
import { ANNIVERSARY_CASES } from "./cases-anniversary.ts";
import { AUDIENCE_CASES } from "./cases-audience.ts";
import { LIST_CASES } from "./cases-list.ts";
import { TEXT_CASES } from "./cases-text.ts";
import { TIME_CASES } from "./cases-time.ts";
import { WINDOW_CASES } from "./cases-window.ts";

/** Texts that nobody has; with another one more than a number has bits. */
const MANY = Array.from({ length: 64 }, (_, at) => `nowhere ${at}`);

const BASIC_CASES: readonly CaseGroup[] = [
  {
    about: "everyone, and the words between conditions",
    people: {
      Ann: { has: { country: "UK", age: 30 } },
      Bob: { has: { country: "UK" } },
      Cid: { has: { age: 30 } },
      Dee: {},
    },
    cases: [
      ["everyone is everyone, also those of whom nothing is known", { everyone: true }, "Ann Bob Cid Dee"],
      ["not everyone is nobody", { not: { everyone: true } }, ""],
      ["all of one condition is that condition", { all: [have("country", { is: "UK" })] }, "Ann Bob"],
      ["all needs every part", { all: [have("country", { is: "UK" }), have("age", { is: 30 })] }, "Ann"],
      [
        "any needs one part",
        { any: [have("country", { is: "UK" }), have("age", { is: 30 })] },
        "Ann Bob Cid",
      ],
      ["not flips, and includes people without the value", { not: have("country", { is: "UK" }) }, "Cid Dee"],
      ["not not is nothing", { not: { not: have("country", { is: "UK" }) } }, "Ann Bob"],
      [
        "not of all",
        { not: { all: [have("country", { is: "UK" }), have("age", { is: 30 })] } },
        "Bob Cid Dee",
      ],
      ["not of any", { not: { any: [have("country", { is: "UK" }), have("age", { is: 30 })] } }, "Dee"],
      [
        "groups within groups",
        {
          any: [
            { all: [have("country", { is: "UK" }), { not: have("age", { is: 30 }) }] },
            { not: { any: [have("country", { isSet: true }), have("age", { isSet: true })] } },
          ],
        },
        "Bob Dee",
      ],
    ],
  },
  {
    about: "text",
    people: {
      Exact: { has: { country: "United Kingdom" } },
      Lower: { has: { country: "united kingdom" } },
      Other: { has: { country: "France" } },
      Empty: { has: { country: "" } },
      Space: { has: { country: " " } },
      None: {},
      Cleared: { has: { country: null } },
      Quote: { has: { country: 'O\'Brien \\ "{x:String}" %_' } },
      Sigma: { has: { country: "ΟΔΟΣ" } },
      Sharp: { has: { country: "Straße" } },
    },
    cases: [
      ["is compares every letter's case", have("country", { is: "United Kingdom" }), "Exact"],
      [
        "unless it is said not to",
        have("country", { is: "UNITED KINGDOM", ignoreCase: true }),
        "Exact Lower",
      ],
      [
        "ignoreCase: false is the default",
        have("country", { is: "united kingdom", ignoreCase: false }),
        "Lower",
      ],
      [
        "is not needs a value that is another one",
        have("country", { isNot: "United Kingdom" }),
        "Lower Other Empty Space Quote Sigma Sharp",
      ],
      [
        "is not in any case",
        have("country", { isNot: "UNITED kingdom", ignoreCase: true }),
        "Other Empty Space Quote Sigma Sharp",
      ],
      [
        "not (is) also finds people without a value",
        { not: have("country", { is: "United Kingdom" }) },
        "Lower Other Empty Space None Cleared Quote Sigma Sharp",
      ],
      ["the empty text is a value", have("country", { is: "" }), "Empty"],
      ["a space is not the empty text", have("country", { is: " " }), "Space"],
      ["is any of", have("country", { isAnyOf: ["France", "Spain", ""] }), "Other Empty"],
      [
        "is any of in any case",
        have("country", { isAnyOf: ["FRANCE", "united Kingdom"], ignoreCase: true }),
        "Exact Lower Other",
      ],
      ["is any of one", have("country", { isAnyOf: ["France"] }), "Other"],
      [
        "is any of many",
        have("country", { isAnyOf: [...MANY, "", " ", "France", "Frankreich"] }),
        "Other Empty Space",
      ],
      [
        "is any of many in any case",
        have("country", { isAnyOf: [...MANY, "united KINGDOM", "οδός"], ignoreCase: true }),
        "Exact Lower",
      ],
      [
        "is none of many needs a value",
        have("country", { isNoneOf: [...MANY, "United Kingdom", "", "France"] }),
        "Lower Space Quote Sigma Sharp",
      ],
      [
        "is none of many, and not (is none of many)",
        {
          any: [
            have("country", { isNoneOf: [...MANY, "France"] }),
            { not: have("country", { isNoneOf: [...MANY, "France"] }) },
          ],
        },
        "Exact Lower Other Empty Space None Cleared Quote Sigma Sharp",
      ],
      [
        "the last of more texts than a number has bits",
        { any: [...MANY, "France"].map((is) => have("country", { is })) },
        "Other",
      ],
      [
        "is set: also the empty text",
        have("country", { isSet: true }),
        "Exact Lower Other Empty Space Quote Sigma Sharp",
      ],
      ["is not set: never given, or cleared", have("country", { isSet: false }), "None Cleared"],
      [
        "not (is not set) is set",
        { not: have("country", { isSet: false }) },
        "Exact Lower Other Empty Space Quote Sigma Sharp",
      ],
      [
        "what looks like SQL or a placeholder is text",
        have("country", { is: 'O\'Brien \\ "{x:String}" %_' }),
        "Quote",
      ],
      ["percent and underscore stand for themselves", have("country", { is: "%" }), ""],
      ["a final sigma is a sigma in lower case", have("country", { is: "οδος", ignoreCase: true }), "Sigma"],
      ["ß and ss are two things", have("country", { is: "STRASSE", ignoreCase: true }), ""],
      ["ß keeps its case", have("country", { is: "STRAßE", ignoreCase: true }), "Sharp"],
    ],
  },
  {
    about: "numbers",
    people: {
      Minus: { has: { age: -1 } },
      Zero: { has: { age: 0 } },
      Tiny: { has: { age: "0.000001" } },
      Adult: { has: { age: 18 } },
      Almost: { has: { age: "17.999999" } },
      Old: { has: { age: "99.5" } },
      Huge: { has: { age: "999999999999.999999" } },
      None: {},
      Cleared: { has: { age: null } },
    },
    cases: [
      ["=", have("age", { is: 18 }), "Adult"],
      ["= a number that is written with zeros behind the point", have("age", { is: "18.000000" }), "Adult"],
      ["≠ needs a value", have("age", { isNot: 18 }), "Minus Zero Tiny Almost Old Huge"],
      ["<", have("age", { lessThan: 18 }), "Minus Zero Tiny Almost"],
      ["≤", have("age", { atMost: 18 }), "Minus Zero Tiny Adult Almost"],
      [">", have("age", { moreThan: 18 }), "Old Huge"],
      ["≥", have("age", { atLeast: 18 }), "Adult Old Huge"],
      ["between includes both ends", have("age", { between: [0, 18] }), "Zero Tiny Adult Almost"],
      ["between one and the same number", have("age", { between: [18, 18] }), "Adult"],
      ["six places are exact", have("age", { moreThan: "17.999998" }), "Adult Almost Old Huge"],
      ["the sixth place counts", have("age", { is: "0.000001" }), "Tiny"],
      ["zero is a value", have("age", { is: 0 }), "Zero"],
      ["minus zero is zero", have("age", { is: "-0" }), "Zero"],
      ["the largest number is kept exactly", have("age", { is: "999999999999.999999" }), "Huge"],
      ["negative numbers are below zero", have("age", { lessThan: 0 }), "Minus"],
      ["is set", have("age", { isSet: true }), "Minus Zero Tiny Adult Almost Old Huge"],
      ["is not set", have("age", { isSet: false }), "None Cleared"],
    ],
  },
  {
    about: "other types",
    people: {
      Yes: { has: { vip: true, birthday: "1970-01-01T00:00:00.000Z", interests: ["a"] } },
      No: { has: { vip: false, birthday: "2001-02-03T00:00:00.000Z", interests: [] } },
      None: {},
    },
    cases: [
      ["is true", have("vip", { is: true }), "Yes"],
      ["is false needs a value", have("vip", { is: false }), "No"],
      ["is not true needs a value too", have("vip", { isNot: true }), "No"],
      ["a time is set, and be it the beginning of time", have("birthday", { isSet: true }), "Yes No"],
      ["a list is set, and be it empty", have("interests", { isSet: true }), "Yes No"],
      ["a list is not set", have("interests", { isSet: false }), "None"],
    ],
  },
  {
    about: "the value that a profile shows",
    people: {
      Later: {
        history: [
          ["country", "UK", "2026-02-01T00:00:00Z"],
          ["country", "France", "2026-01-01T00:00:00Z"],
        ],
      },
      Tie: {
        history: [
          ["country", "UK", "2026-01-01T00:00:00Z", "b"],
          ["country", "France", "2026-01-01T00:00:00Z", "a"],
        ],
      },
      Arrival: {
        history: [
          ["country", "France", "2026-01-01T00:00:00Z", "a"],
          ["country", "UK", "2026-01-01T00:00:00Z", "a"],
        ],
      },
      Text: {
        history: [
          ["country", "France", "2026-01-01T00:00:00Z", "10"],
          ["country", "UK", "2026-01-01T00:00:00Z", "9"],
        ],
      },
      Emptied: {
        history: [
          ["country", "UK", "2026-01-01T00:00:00Z"],
          ["country", null, "2026-02-01T00:00:00Z"],
        ],
      },
      Refilled: {
        history: [
          ["country", null, "2026-01-01T00:00:00Z"],
          ["country", "UK", "2026-02-01T00:00:00Z"],
        ],
      },
      Stale: {
        history: [
          ["country", "UK", "2026-02-01T00:00:00Z"],
          ["country", null, "2026-01-01T00:00:00Z"],
        ],
      },
      Future: {
        history: [
          ["country", "France", "2026-01-01T00:00:00Z"],
          ["country", "UK", "2030-01-01T00:00:00Z"],
        ],
      },
      Merged: { has: { country: "France" }, was: ["Cookie"] },
      Cookie: { history: [["country", "UK", "2026-12-31T00:00:00Z"]] },
    },
    cases: [
      [
        "is the latest by time, then by the tie-break as text, then by arrival, over all merged numbers",
        have("country", { is: "UK" }),
        "Later Tie Arrival Text Refilled Stale Future Merged",
      ],
      ["is nothing where the latest cleared it", have("country", { isSet: false }), "Emptied"],
      ["is not an older one", have("country", { is: "France" }), ""],
    ],
  },
  {
    about: "did",
    people: {
      Once: { did: [["buy", "2026-06-01T00:00:00Z", { amount: 10 }]] },
      Twice: {
        did: [
          ["buy", "2026-06-01T00:00:00Z", { amount: 10 }],
          ["buy", "2026-06-01T00:00:00Z", { amount: 10 }],
        ],
      },
      Thrice: {
        did: [
          ["buy", "2026-01-01T00:00:00Z"],
          ["buy", "2026-02-01T00:00:00Z"],
          ["buy", "2026-03-01T00:00:00Z"],
        ],
      },
      Visited: { did: [["visit", "2026-06-01T00:00:00Z", {}, "web"]] },
      Future: { did: [["buy", "2026-06-15T12:00:00.001Z"]] },
      Now: { did: [["buy", "2026-06-15T12:00:00.000Z"]] },
      Nothing: {},
    },
    cases: [
      ["did is at least once, ever", bought(), "Once Twice Thrice Now"],
      ["later events do not exist", bought(), "Once Twice Thrice", at("2026-06-15T11:59:59.999Z")],
      [
        "and exist when their time has come",
        bought(),
        "Once Twice Thrice Future Now",
        at("2026-06-15T12:00:00.001Z"),
      ],
      ["did not is everybody else", { not: bought() }, "Visited Future Nothing"],
      ["count ≥ 2", bought({ atLeast: 2 }), "Twice Thrice"],
      ["count = 2", bought({ is: 2 }), "Twice"],
      ["count ≤ 2 is 1 or 2, for did needs an event", bought({ atMost: 2 }), "Once Twice Now"],
      ["count < 1 is nobody", bought({ lessThan: 1 }), ""],
      ["count = 0 is nobody", bought({ is: 0 }), ""],
      ["count ≥ 0 still needs an event", bought({ atLeast: 0 }), "Once Twice Thrice Now"],
      ["count ≠ 1", bought({ isNot: 1 }), "Twice Thrice"],
      ["count between 2 and 3", bought({ between: [2, 3] }), "Twice Thrice"],
      ["count > 1.5 is 2 or more", bought({ moreThan: 1.5 }), "Twice Thrice"],
      ["the measure count can be written out", measure({ count: true }, { atLeast: 3 }), "Thrice"],
      [
        "did not … at most twice is the complement of all of it",
        { not: bought({ atMost: 2 }) },
        "Thrice Visited Future Nothing",
      ],
      ["another type of event is another event", { did: { event: "visit" } }, "Visited"],
      ["an event that nobody has", { did: { event: "return" } }, ""],
    ],
  },
  {
    about: "an event that two schemas bring",
    people: {
      Web: { did: [["visit", "2026-06-01T00:00:00Z", { brand: "Acme", page: "/" }, "web"]] },
      Shop: { did: [["visit", "2026-06-01T00:00:00Z", { brand: "Acme", quantity: 2 }, "shop"]] },
      Both: {
        did: [
          ["visit", "2026-06-01T00:00:00Z", { brand: "Acme", amount: 1 }, "web"],
          ["visit", "2026-06-02T00:00:00Z", { brand: "Bolt", amount: 2 }, "shop"],
        ],
      },
    },
    cases: [
      ["counts over both", { did: { event: "visit", atLeast: 2 } }, "Both"],
      [
        "filters on a property of both",
        { did: { event: "visit", where: { property: "brand", is: "Acme" } } },
        "Web Shop Both",
      ],
      [
        "filters on a property of one, missing in the other",
        { did: { event: "visit", where: { property: "page", is: "/" } } },
        "Web",
      ],
      [
        "the same, one of many texts",
        { did: { event: "visit", where: { property: "page", isAnyOf: [...MANY, "", "/"] } } },
        "Web",
      ],
      [
        "and not (…) finds the others",
        { did: { event: "visit", where: { not: { property: "page", is: "/" } } } },
        "Shop Both",
      ],
      ["distinct over both", { did: { event: "visit", measure: { distinct: "brand" }, is: 2 } }, "Both"],
      ["sums over both", { did: { event: "visit", measure: { sum: "amount" }, is: 3 } }, "Both"],
      [
        "measures a property of one",
        { did: { event: "visit", measure: { sum: "quantity" }, atLeast: 1 } },
        "Shop",
      ],
    ],
  },
  {
    about: "filters on properties",
    people: {
      Acme: { did: [["buy", "2026-06-01T00:00:00Z", { brand: "Acme", amount: 10, gift: true }]] },
      Bolt: { did: [["buy", "2026-06-01T00:00:00Z", { brand: "bolt", amount: 20, gift: false }]] },
      Bare: { did: [["buy", "2026-06-01T00:00:00Z"]] },
      Mixed: {
        did: [
          ["buy", "2026-06-01T00:00:00Z", { brand: "Acme", amount: 1 }],
          [
            "buy",
            "2026-06-02T00:00:00Z",
            { brand: "Cord", amount: 100, delivered: "2026-06-03T00:00:00Z", tags: ["x"] },
          ],
        ],
      },
    },
    cases: [
      ["is", where("brand", { is: "Acme" }), "Acme Mixed"],
      ["is not needs the property", where("brand", { isNot: "Acme" }), "Bolt Mixed"],
      [
        "not (is) also matches events without it",
        bought({ where: { not: { property: "brand", is: "Acme" } } }),
        "Bolt Bare Mixed",
      ],
      ["did not … is: nobody with such an event", { not: where("brand", { is: "Acme" }) }, "Bolt Bare"],
      ["is in any case", where("brand", { is: "BOLT", ignoreCase: true }), "Bolt"],
      ["is any of", where("brand", { isAnyOf: ["Cord", "bolt"] }), "Bolt Mixed"],
      ["is any of many", where("brand", { isAnyOf: [...MANY, "Cord", "bolt"] }), "Bolt Mixed"],
      ["is any of many, or without it", where("brand", { isAnyOf: [...MANY, ""] }), ""],
      ["is none of many needs the property", where("brand", { isNoneOf: [...MANY, "Acme"] }), "Bolt Mixed"],
      [
        "several of many texts, one at a time",
        { all: ["Acme", "bolt", "Cord"].map((last) => where("brand", { isNoneOf: [...MANY, last] })) },
        "Mixed",
      ],
      ["is set", where("brand", { isSet: true }), "Acme Bolt Mixed"],
      ["is not set", where("brand", { isSet: false }), "Bare"],
      ["numbers", where("amount", { atLeast: 20 }), "Bolt Mixed"],
      ["numbers between", where("amount", { between: [10, 20] }), "Acme Bolt"],
      ["true", where("gift", { is: true }), "Acme"],
      ["false needs the property", where("gift", { is: false }), "Bolt"],
      ["a time is set", where("delivered", { isSet: true }), "Mixed"],
      ["a list is set", where("tags", { isSet: true }), "Mixed"],
      [
        "all has to hold for one and the same event",
        bought({
          where: {
            all: [
              { property: "brand", is: "Acme" },
              { property: "amount", atLeast: 10 },
            ],
          },
        }),
        "Acme",
      ],
      [
        "any",
        bought({
          where: {
            any: [
              { property: "brand", is: "Cord" },
              { property: "gift", is: false },
            ],
          },
        }),
        "Bolt Mixed",
      ],
      [
        "nested",
        bought({
          where: {
            not: {
              any: [
                { property: "brand", isSet: true },
                { property: "amount", isSet: true },
              ],
            },
          },
        }),
        "Bare",
      ],
      [
        "only matching events are counted",
        bought({ where: { property: "brand", isSet: true }, is: 1 }),
        "Acme Bolt",
      ],
    ],
  },
  {
    about: "measures",
    people: {
      Tens: {
        did: [
          ["buy", "2026-06-01T00:00:00Z", { amount: 10, quantity: 2, brand: "A" }],
          ["buy", "2026-06-02T00:00:00Z", { amount: 20, quantity: 3, brand: "B" }],
        ],
      },
      Thirds: {
        did: [
          ["buy", "2026-06-01T00:00:00Z", { amount: 1, brand: "A" }],
          ["buy", "2026-06-01T00:00:00Z", { amount: 0, brand: "A" }],
          ["buy", "2026-06-01T00:00:00Z", { amount: 0 }],
        ],
      },
      Cents: {
        did: Array.from({ length: 10 }, () => ["buy", "2026-06-01T00:00:00Z", { amount: "0.1" }] as const),
      },
      Gap: {
        did: [
          ["buy", "2026-06-01T00:00:00Z", { amount: 10 }],
          ["buy", "2026-06-01T00:00:00Z", { quantity: 7 }],
        ],
      },
      Missing: { did: [["buy", "2026-06-01T00:00:00Z"]] },
      Negative: { did: [["buy", "2026-06-01T00:00:00Z", { amount: -5, quantity: 1 }]] },
      Huge: {
        did: [
          ["buy", "2026-06-01T00:00:00Z", { amount: "999999999999.999999", quantity: "999999999999.999999" }],
          [
            "buy",
            "2026-06-01T00:00:00Z",
            { amount: "-999999999999.999998", quantity: "999999999999.999999" },
          ],
        ],
      },
      Nobody: {},
    },
    cases: [
      ["a sum", sum({ is: 30 }), "Tens"],
      ["a sum is exact", sum({ is: 1 }), "Thirds Cents"],
      ["a sum of large numbers is exact", sum({ is: "0.000001" }), "Huge"],
      ["a sum ignores missing values", sum({ is: 10 }), "Gap"],
      ["a sum without any value is not zero: it is false", sum({ atMost: 0 }), "Negative"],
      [
        "and its complement is true",
        { not: sum({ atMost: 0 }) },
        "Tens Thirds Cents Gap Missing Huge Nobody",
      ],
      ["an average", average({ is: 15 }), "Tens"],
      ["an average leaves missing values out of the count", average({ is: 10 }), "Gap"],
      ["a third is more than 0.333333", average({ moreThan: "0.333333" }), "Tens Thirds Gap"],
      ["and less than 0.333334", average({ lessThan: "0.333334" }), "Thirds Cents Negative Huge"],
      ["and equals neither", average({ is: "0.333333" }), ""],
      ["an average between", average({ between: ["0.1", "0.333334"] }), "Thirds Cents"],
      ["the minimum", measure({ minimum: "amount" }, { is: 10 }), "Tens Gap"],
      ["the maximum", measure({ maximum: "amount" }, { atLeast: 20 }), "Tens Huge"],
      [
        "the minimum of no values is false",
        measure({ minimum: "amount" }, { lessThan: 100 }),
        "Tens Thirds Cents Gap Negative Huge",
      ],
      ["different values", measure({ distinct: "brand" }, { is: 2 }), "Tens"],
      ["different values, missing ones left out", measure({ distinct: "brand" }, { is: 1 }), "Thirds"],
      [
        "different values of none is false, not zero",
        measure({ distinct: "brand" }, { lessThan: 5 }),
        "Tens Thirds",
      ],
      ["different numbers", measure({ distinct: "amount" }, { is: 1 }), "Cents Gap Negative"],
      ["a sum of products", measure({ sum: product }, { is: 80 }), "Tens"],
      [
        "a product with a factor missing is missing",
        measure({ sum: product }, { atMost: 100_000 }),
        "Tens Negative",
      ],
      [
        "a sum of products of the largest numbers is exact",
        measure({ sum: product }, { between: ["999999.999999", 1_000_000] }),
        "Huge",
      ],
      [
        "products keep twelve places: this one is 0.000000000001 short of a million",
        measure({ sum: product }, { lessThan: 1_000_000 }),
        "Tens Negative Huge",
      ],
      ["an average of products", measure({ average: product }, { is: 40 }), "Tens"],
      ["the largest product", measure({ maximum: product }, { is: 60 }), "Tens"],
      ["the smallest product", measure({ minimum: product }, { is: -5 }), "Negative"],
      ["a square", measure({ sum: { product: ["amount", "amount"] } }, { is: 500 }), "Tens"],
      [
        "of the events that pass the filter",
        bought({ where: { property: "brand", is: "A" }, measure: { sum: "amount" }, is: 10 }),
        "Tens",
      ],
    ],
  },
  {
    about: "hours, days and weeks",
    people: {
      Edge: { did: [["buy", "2026-06-14T12:00:00.000Z"]] },
      After: { did: [["buy", "2026-06-14T12:00:00.001Z"]] },
      Before: { did: [["buy", "2026-06-14T11:59:59.999Z"]] },
      Now: { did: [["buy", "2026-06-15T12:00:00.000Z"]] },
      Soon: { did: [["buy", "2026-06-15T12:00:00.001Z"]] },
      Week: { did: [["buy", "2026-06-08T12:00:00.001Z"]] },
    },
    cases: [
      ["the lower bound does not belong to it, now does", within(1, "days"), "After Now"],
      ["a day is 24 hours", within(24, "hours"), "After Now"],
      ["a millisecond earlier", within(1, "days"), "Edge After", at("2026-06-15T11:59:59.999Z")],
      ["a millisecond later", within(1, "days"), "Now Soon", at("2026-06-15T12:00:00.001Z")],
      ["an hour", within(1, "hours"), "Now"],
      ["a week is 168 hours", within(1, "weeks"), "Edge After Before Now Week"],
      ["168 hours", within(168, "hours"), "Edge After Before Now Week"],
      ["did not within a day", { not: within(1, "days") }, "Edge Before Soon Week"],
      [
        "within a week, and not within a day",
        { all: [within(1, "weeks"), { not: within(1, "days") }] },
        "Edge Before Week",
      ],
      ["a hundred years", within(36_500, "days"), "Edge After Before Now Week"],
      [
        "the count is taken within the window",
        bought({ within: { last: 1, unit: "weeks" }, atLeast: 2 }),
        "",
      ],
    ],
  },
  {
    about: "a day on which clocks change",
    people: {
      Edge: { did: [["buy", "2026-03-28T12:00:00.000Z"]] },
      After: { did: [["buy", "2026-03-28T12:00:00.001Z"]] },
    },
    cases: [
      [
        "is 24 hours all the same",
        within(1, "days"),
        "After",
        at("2026-03-29T12:00:00Z", "Europe/Copenhagen"),
      ],
      ["in another zone", within(1, "days"), "After", at("2026-03-29T12:00:00Z", "America/New_York")],
    ],
  },
  {
    about: "months",
    people: {
      Copenhagen: { did: [["buy", "2026-02-27T23:00:00.000Z"]] },
      InCopenhagen: { did: [["buy", "2026-02-27T23:00:00.001Z"]] },
      Before: { did: [["buy", "2026-02-27T23:59:59.999Z"]] },
      Edge: { did: [["buy", "2026-02-28T00:00:00.000Z"]] },
      In: { did: [["buy", "2026-02-28T00:00:00.001Z"]] },
      Spring: { did: [["buy", "2026-03-14T23:00:00.001Z"]] },
      March: { did: [["buy", "2026-03-20T00:00:00.000Z"]] },
      Leap: { did: [["buy", "2023-02-28T00:00:00.001Z"]] },
      Jump: { did: [["buy", "2026-09-06T04:00:00.000Z"]] },
      InJump: { did: [["buy", "2026-09-06T04:00:00.001Z"]] },
    },
    cases: [
      [
        "begin at midnight, at the month's last day where the day is absent",
        within(1, "months"),
        "In Spring March",
        at("2026-03-31T12:00:00Z"),
      ],
      [
        "on the 30th and the 29th it is the same day",
        within(1, "months"),
        "In Spring March",
        at("2026-03-29T00:00:00Z"),
      ],
      ["on the 28th too", within(1, "months"), "In Spring March", at("2026-03-28T23:59:59.999Z")],
      ["and on the first it moves on", within(1, "months"), "Spring March", at("2026-04-01T00:00:00Z")],
      [
        "begin at midnight of the zone",
        within(1, "months"),
        "InCopenhagen Before Edge In Spring March",
        at("2026-03-31T12:00:00Z", "Europe/Copenhagen"),
      ],
      [
        "of the day that it is there",
        within(1, "months"),
        "Spring March",
        at("2026-03-31T22:30:00Z", "Europe/Copenhagen"),
      ],
      [
        "which in Auckland it is sooner",
        within(1, "months"),
        "Spring March",
        at("2026-03-31T12:00:00Z", "Pacific/Auckland"),
      ],
      [
        "begin in winter time and end in summer time",
        within(1, "months"),
        "Spring March",
        at("2026-04-15T12:00:00Z", "Europe/Copenhagen"),
      ],
      ["which UTC does not have", within(1, "months"), "March", at("2026-04-15T12:00:00Z")],
      [
        "twelve before 29 February begin on the 28th",
        within(12, "months"),
        "Leap",
        at("2024-02-29T12:00:00Z"),
      ],
      [
        "begin at the jump where clocks jump over midnight",
        within(1, "months"),
        "InJump",
        at("2026-10-06T12:00:00Z", "America/Santiago"),
      ],
      [
        "did not within a month",
        { not: within(1, "months") },
        "Copenhagen InCopenhagen Before Edge Leap Jump InJump",
        at("2026-03-31T12:00:00Z"),
      ],
    ],
  },
  {
    about: "merged people",
    people: {
      Ann: {
        has: { age: 30 },
        did: [["buy", "2026-06-01T00:00:00Z", { amount: 10, brand: "A" }]],
        was: ["Cookie", "Phone"],
      },
      Cookie: { did: [["buy", "2026-06-02T00:00:00Z", { amount: 20, brand: "B" }]] },
      Phone: { has: { country: "UK" }, did: [["visit", "2026-06-03T00:00:00Z", {}, "web"]] },
      Bob: { has: { age: 30 } },
    },
    cases: [
      ["are one person", { everyone: true }, "Ann Bob"],
      ["have the events of all", sum({ is: 30 }), "Ann"],
      ["counted together", bought({ is: 2 }), "Ann"],
      ["with different values of all", measure({ distinct: "brand" }, { is: 2 }), "Ann"],
      ["and the attributes of all", { all: [have("country", { is: "UK" }), have("age", { is: 30 })] }, "Ann"],
      [
        "so that conditions on several meet",
        { all: [have("age", { is: 30 }), { did: { event: "visit" } }] },
        "Ann",
      ],
    ],
  },
];

/** Everything that rules mean, group by group. */
export const CASES: readonly CaseGroup[] = [
  ...BASIC_CASES,
  ...TEXT_CASES,
  ...LIST_CASES,
  ...TIME_CASES,
  ...ANNIVERSARY_CASES,
  ...WINDOW_CASES,
  ...AUDIENCE_CASES,
];
