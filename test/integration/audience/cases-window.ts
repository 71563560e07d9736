import { at, bought, type CaseGroup, within } from "./case.ts";

const COPENHAGEN = "Europe/Copenhagen";
const inCopenhagen = { timeZone: COPENHAGEN };
const during = (window: object, rest: object = {}) => bought({ within: window, ...rest });
const first = (window: object, rest: object = {}) => during(window, { occurrence: "first", ...rest });
const last = (window: object, rest: object = {}) => during(window, { occurrence: "last", ...rest });
const days = (last: number) => ({ last, unit: "days" });
const buys = (...times: string[]) => ({ did: times.map((time) => ["buy", time] as const) });

/** Windows by the calendar, and first and last times; at noon of 15 June 2026 unless a case says otherwise. */
export const WINDOW_CASES: readonly CaseGroup[] = [
  {
    about: "windows by the calendar",
    people: {
      December: buys("2025-12-31T23:59:59.999Z"),
      NewYear: buys("2026-01-01T00:00:00.000Z"),
      March: buys("2026-03-31T23:59:59.999Z"),
      April: buys("2026-04-01T00:00:00.000Z"),
      Now: buys("2026-06-15T12:00:00.000Z"),
      Future: buys("2026-06-15T12:00:00.001Z"),
      Twice: buys("2026-01-15T00:00:00Z", "2026-02-15T00:00:00Z"),
      Nothing: {},
    },
    cases: [
      [
        "between two days: all of both",
        during({ between: ["2026-01-01", "2026-03-31"] }),
        "NewYear March Twice",
      ],
      ["between a day and itself", during({ between: ["2026-01-01", "2026-01-01"] }), "NewYear"],
      [
        "between: the days of the zone",
        during({ between: ["2026-01-01", "2026-03-31"] }),
        "December NewYear Twice",
        inCopenhagen,
      ],
      [
        "between two instants: both included",
        during({ between: ["2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00Z"] }),
        "December NewYear",
      ],
      ["before a day: not on it", during({ before: "2026-01-01" }), "December"],
      ["before an instant", during({ before: "2026-01-01T00:00:00.001Z" }), "December NewYear"],
      ["after a day: from the next one on", during({ after: "2026-03-31" }), "April Now"],
      ["after an instant", during({ after: "2026-03-31T23:59:59.999Z" }), "April Now"],
      ["after: later events do not exist", during({ after: "2026-06-01" }), "Now"],
      [
        "after: until their time has come",
        during({ after: "2026-06-01" }),
        "Now Future",
        at("2026-06-16T00:00:00Z"),
      ],
      ["a window that lies ahead finds nobody", during({ after: "2026-07-01" }), ""],
      ["between days ahead finds nobody", during({ between: ["2026-07-01", "2026-07-31"] }), ""],
      [
        "between: up to now where its end lies ahead",
        during({ between: ["2026-06-01", "2026-06-30"] }),
        "Now",
      ],
      [
        "before a day ahead: all that has happened",
        during({ before: "2030-01-01" }),
        "December NewYear March April Now Twice",
      ],
      ["before all that can be stored", during({ before: "1900-01-01" }), "", { timeZone: "Asia/Tokyo" }],
      [
        "did not: everybody else",
        { not: during({ between: ["2026-01-01", "2026-03-31"] }) },
        "December April Now Future Nothing",
      ],
      [
        "counts what lies in the window only",
        during({ between: ["2026-01-01", "2026-03-31"] }, { atLeast: 2 }),
        "Twice",
      ],
      [
        "counts at most once in the window",
        during({ between: ["2026-02-01", "2026-03-31"] }, { is: 1 }),
        "March Twice",
      ],
      ["the day of the moment, up to now", during({ between: ["2026-06-15", "2026-06-15"] }), "Now"],
      [
        "between, evaluated within: what came later is not there yet",
        during({ between: ["2026-01-01", "2026-03-31"] }),
        "NewYear Twice",
        at("2026-03-01T00:00:00Z"),
      ],
    ],
  },
  {
    about: "windows by the calendar when clocks change",
    people: {
      Before: buys("2026-03-28T22:59:59.999Z"),
      First: buys("2026-03-28T23:00:00.000Z"),
      Last: buys("2026-03-29T21:59:59.999Z"),
      Behind: buys("2026-03-29T22:00:00.000Z"),
    },
    cases: [
      ["the day of 23 hours", during({ between: ["2026-03-29", "2026-03-29"] }), "First Last", inCopenhagen],
      ["before it", during({ before: "2026-03-29" }), "Before", inCopenhagen],
      ["after it", during({ after: "2026-03-29" }), "Behind", inCopenhagen],
    ],
  },
  {
    about: "sums in a window by the calendar",
    people: {
      Spread: {
        did: [
          ["buy", "2026-01-31T23:59:59.999Z", { amount: 40 }],
          ["buy", "2026-02-01T00:00:00Z", { amount: 60 }],
          ["buy", "2026-02-28T23:59:59.999Z", { amount: 39.99 }],
          ["buy", "2026-03-01T00:00:00Z", { amount: 40 }],
        ],
      },
      Exact: { did: [["buy", "2026-02-14T00:00:00Z", { amount: 100 }]] },
      Outside: { did: [["buy", "2026-03-14T00:00:00Z", { amount: 1000 }]] },
    },
    cases: [
      [
        "a sum over February",
        during({ between: ["2026-02-01", "2026-02-28"] }, { measure: { sum: "amount" }, atLeast: 100 }),
        "Exact",
      ],
      [
        "a sum over February, to the cent",
        during({ between: ["2026-02-01", "2026-02-28"] }, { measure: { sum: "amount" }, is: 99.99 }),
        "Spread",
      ],
      [
        "a maximum before March",
        during({ before: "2026-03-01" }, { measure: { maximum: "amount" }, atMost: 60 }),
        "Spread",
      ],
      [
        "an average after January",
        during({ after: "2026-01-31" }, { measure: { average: "amount" }, atLeast: 100 }),
        "Exact Outside",
      ],
    ],
  },
  {
    about: "first and last times",
    people: {
      Always: buys("2025-01-01T00:00:00Z", "2026-06-01T00:00:00Z"),
      New: buys("2026-06-01T00:00:00Z", "2026-06-10T00:00:00Z"),
      Gone: buys("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"),
      Once: buys("2026-06-01T00:00:00Z"),
      Bound: buys("2026-05-16T12:00:00.000Z"),
      Inside: buys("2026-05-16T12:00:00.001Z"),
      Future: buys("2025-01-01T00:00:00Z", "2026-06-20T00:00:00Z"),
      Visited: { did: [["visit", "2026-06-01T00:00:00Z", {}, "web"]] },
      Nothing: {},
    },
    cases: [
      ["first within the last 30 days: not who bought before", first(days(30)), "New Once Inside"],
      ["first within: the lower bound is out", first(days(31)), "New Once Bound Inside"],
      ["last within the last 30 days is did within them", last(days(30)), "Always New Once Inside"],
      ["first before a day", first({ before: "2026-01-01" }), "Always Gone Future"],
      ["last before a day: nothing since", last({ before: "2026-01-01" }), "Gone Future"],
      [
        "last before: an event to come does not count yet",
        last({ before: "2026-01-01" }),
        "Gone",
        at("2026-06-20T00:00:00Z"),
      ],
      ["first between days", first({ between: ["2025-01-01", "2025-01-31"] }), "Always Gone Future"],
      ["last between days", last({ between: ["2025-02-01", "2025-02-28"] }), "Gone"],
      ["first after a day", first({ after: "2026-05-31" }), "New Once"],
      ["last after a day", last({ after: "2026-05-31" }), "Always New Once"],
      ["first within 12 months", first({ last: 12, unit: "months" }), "New Once Bound Inside"],
      [
        "not first within: also who never did",
        { not: first(days(30)) },
        "Always Gone Bound Future Visited Nothing",
      ],
      ["first before all that can be stored", first({ before: "1900-01-01" }), ""],
      ["before the first of all nobody had bought", first(days(30)), "", at("2024-12-31T23:59:59.999Z")],
      ["at the first of all they had", first(days(30)), "Always Gone Future", at("2025-01-01T00:00:00Z")],
      ["did within the same window counts later ones too", within(30, "days"), "Always New Once Inside"],
    ],
  },
  {
    about: "first and last times of filtered events",
    people: {
      AcmeLate: {
        did: [
          ["buy", "2025-01-01T00:00:00Z", { brand: "Other" }],
          ["buy", "2026-06-01T00:00:00Z", { brand: "Acme" }],
        ],
      },
      AcmeEarly: {
        did: [
          ["buy", "2025-01-01T00:00:00Z", { brand: "Acme" }],
          ["buy", "2026-06-01T00:00:00Z", { brand: "Other" }],
        ],
      },
      Other: { did: [["buy", "2026-06-01T00:00:00Z", { brand: "Other" }]] },
      Merged: { did: [["buy", "2026-06-02T00:00:00Z", { brand: "Acme" }]], was: ["Cookie"] },
      Cookie: { did: [["buy", "2025-03-01T00:00:00Z", { brand: "Acme" }]] },
      Epoch: { did: [["buy", "1970-01-01T00:00:00Z", { brand: "Acme" }]] },
      Sixties: { did: [["buy", "1965-01-01T00:00:00Z", { brand: "Acme" }]] },
    },
    cases: [
      [
        "the first of those that pass",
        first(days(30), { where: { property: "brand", is: "Acme" } }),
        "AcmeLate",
      ],
      [
        "the last of those that pass",
        last({ before: "2026-01-01" }, { where: { property: "brand", is: "Acme" } }),
        "AcmeEarly Epoch Sixties",
      ],
      [
        "the first over all merged numbers",
        first({ between: ["2025-03-01", "2025-03-01"] }, { where: { property: "brand", is: "Acme" } }),
        "Merged",
      ],
      ["the first lies before 1970", first({ before: "1970-01-01" }), "Sixties"],
      ["the first lies at the beginning of 1970", first({ between: ["1970-01-01", "1970-01-01"] }), "Epoch"],
      ["the last lies before 1970", last({ before: "1970-01-01" }), "Sixties"],
      [
        "the last after a day before 1970",
        last({ after: "1964-12-31" }),
        "AcmeLate AcmeEarly Other Merged Epoch Sixties",
      ],
      ["none passes", first({ after: "1900-01-01" }, { where: { property: "brand", is: "Nobody" } }), ""],
    ],
  },
];
