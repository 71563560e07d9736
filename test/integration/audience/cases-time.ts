import { at, type CaseGroup, have, where } from "./case.ts";

const birthday = (operand: object) => have("birthday", operand);
const born = (birthday: string) => ({ has: { birthday } });
const COPENHAGEN = "Europe/Copenhagen";
const inCopenhagen = { timeZone: COPENHAGEN };

/** Times of people and of events, evaluated at noon of 15 June 2026 unless a case says otherwise. */
export const TIME_CASES: readonly CaseGroup[] = [
  {
    about: "days of the calendar",
    people: {
      LastMoment: born("2026-01-30T23:59:59.999Z"),
      Start: born("2026-01-31T00:00:00.000Z"),
      Evening: born("2026-01-31T23:30:00.000Z"),
      End: born("2026-01-31T23:59:59.999Z"),
      Next: born("2026-02-01T00:00:00.000Z"),
      None: {},
      Cleared: { has: { birthday: null } },
    },
    cases: [
      ["before a day: not on it", birthday({ before: "2026-01-31" }), "LastMoment"],
      [
        "on or before a day: all of it",
        birthday({ onOrBefore: "2026-01-31" }),
        "LastMoment Start Evening End",
      ],
      ["after a day: from the next day on", birthday({ after: "2026-01-31" }), "Next"],
      [
        "on or after a day: from its first moment",
        birthday({ onOrAfter: "2026-01-31" }),
        "Start Evening End Next",
      ],
      [
        "between two days: all of both",
        birthday({ between: ["2026-01-30", "2026-01-31"] }),
        "LastMoment Start Evening End",
      ],
      [
        "between a day and itself is that day",
        birthday({ between: ["2026-01-31", "2026-01-31"] }),
        "Start Evening End",
      ],
      [
        "a day is one of the installation's calendar",
        birthday({ between: ["2026-01-31", "2026-01-31"] }),
        "LastMoment Start",
        inCopenhagen,
      ],
      [
        "before: the day begins with the zone's midnight",
        birthday({ before: "2026-01-31" }),
        "",
        inCopenhagen,
      ],
      [
        "after: the day ends with the zone's midnight",
        birthday({ after: "2026-01-31" }),
        "Evening End Next",
        inCopenhagen,
      ],
      [
        "not (before) also finds people without a value",
        { not: birthday({ before: "2026-01-31" }) },
        "Start Evening End Next None Cleared",
      ],
      [
        "the first day that can be written: all are on or after it",
        birthday({ onOrAfter: "1900-01-01" }),
        "LastMoment Start Evening End Next",
        { timeZone: "Pacific/Auckland" },
      ],
      [
        "nobody is before the first day",
        birthday({ before: "1900-01-01" }),
        "",
        { timeZone: "Pacific/Auckland" },
      ],
      [
        "all are on or before the last day",
        birthday({ onOrBefore: "2299-12-31" }),
        "LastMoment Start Evening End Next",
        { timeZone: "America/Los_Angeles" },
      ],
      [
        "nobody is after the last day",
        birthday({ after: "2299-12-31" }),
        "",
        { timeZone: "America/Los_Angeles" },
      ],
      [
        "days may lie ahead of the moment",
        birthday({ before: "2030-01-01" }),
        "LastMoment Start Evening End Next",
      ],
    ],
  },
  {
    about: "days on which clocks change",
    people: {
      Before: born("2026-03-28T22:59:59.999Z"),
      First: born("2026-03-28T23:00:00.000Z"),
      Last: born("2026-03-29T21:59:59.999Z"),
      Behind: born("2026-03-29T22:00:00.000Z"),
      AutumnFirst: born("2026-10-24T22:00:00.000Z"),
      AutumnLast: born("2026-10-25T22:59:59.999Z"),
      AutumnBehind: born("2026-10-25T23:00:00.000Z"),
    },
    cases: [
      [
        "the day of 23 hours",
        birthday({ between: ["2026-03-29", "2026-03-29"] }),
        "First Last",
        inCopenhagen,
      ],
      ["before the day of 23 hours", birthday({ before: "2026-03-29" }), "Before", inCopenhagen],
      [
        "after the day of 23 hours",
        birthday({ after: "2026-03-29" }),
        "Behind AutumnFirst AutumnLast AutumnBehind",
        inCopenhagen,
      ],
      [
        "the day of 25 hours",
        birthday({ between: ["2026-10-25", "2026-10-25"] }),
        "AutumnFirst AutumnLast",
        inCopenhagen,
      ],
      ["after the day of 25 hours", birthday({ after: "2026-10-25" }), "AutumnBehind", inCopenhagen],
    ],
  },
  {
    about: "instants",
    people: {
      Before: born("2026-01-31T09:59:59.999Z"),
      Exact: born("2026-01-31T10:00:00.000Z"),
      After: born("2026-01-31T10:00:00.001Z"),
      None: {},
    },
    cases: [
      ["before", birthday({ before: "2026-01-31T10:00:00Z" }), "Before"],
      ["on or before", birthday({ onOrBefore: "2026-01-31T10:00:00Z" }), "Before Exact"],
      ["after", birthday({ after: "2026-01-31T10:00:00Z" }), "After"],
      ["on or after", birthday({ onOrAfter: "2026-01-31T10:00:00Z" }), "Exact After"],
      ["with an offset from UTC", birthday({ after: "2026-01-31T11:00:00+01:00" }), "After"],
      ["with an offset behind UTC", birthday({ before: "2026-01-31T05:00:00-05:00" }), "Before"],
      ["with thousandths of a second", birthday({ onOrAfter: "2026-01-31T10:00:00.001Z" }), "After"],
      [
        "the time zone does not move an instant",
        birthday({ before: "2026-01-31T10:00:00Z" }),
        "Before",
        inCopenhagen,
      ],
      [
        "between two instants: both included",
        birthday({ between: ["2026-01-31T10:00:00Z", "2026-01-31T10:00:00.001Z"] }),
        "Exact After",
      ],
      [
        "between a day and an instant",
        birthday({ between: ["2026-01-31", "2026-01-31T10:00:00Z"] }),
        "Before Exact",
      ],
      [
        "between an instant and a day",
        birthday({ between: ["2026-01-31T10:00:00Z", "2026-01-31"] }),
        "Exact After",
      ],
    ],
  },
  {
    about: "the last N, and more than N ago",
    people: {
      MonthAgo: born("2026-05-15T11:59:59.999Z"),
      MonthStart: born("2026-05-14T23:59:59.999Z"),
      MonthBound: born("2026-05-15T00:00:00.000Z"),
      MonthIn: born("2026-05-15T00:00:00.001Z"),
      DayBound: born("2026-06-14T12:00:00.000Z"),
      DayIn: born("2026-06-14T12:00:00.001Z"),
      Now: born("2026-06-15T12:00:00.000Z"),
      Ahead: born("2026-06-15T12:00:00.001Z"),
      None: {},
    },
    cases: [
      [
        "within the last day: the lower bound is out, now is in",
        birthday({ withinLast: { last: 1, unit: "days" } }),
        "DayIn Now",
      ],
      [
        "within the last 24 hours is the same",
        birthday({ withinLast: { last: 24, unit: "hours" } }),
        "DayIn Now",
      ],
      [
        "within the last month: from the local midnight on, which is out",
        birthday({ withinLast: { last: 1, unit: "months" } }),
        "MonthAgo MonthIn DayBound DayIn Now",
      ],
      [
        "more than a day ago: the lower bound is in",
        birthday({ moreThanAgo: { last: 1, unit: "days" } }),
        "MonthAgo MonthStart MonthBound MonthIn DayBound",
      ],
      [
        "more than a month ago",
        birthday({ moreThanAgo: { last: 1, unit: "months" } }),
        "MonthStart MonthBound",
      ],
      [
        "a value is within the last N, or more than N ago, or ahead",
        {
          not: {
            any: [
              birthday({ withinLast: { last: 2, unit: "weeks" } }),
              birthday({ moreThanAgo: { last: 2, unit: "weeks" } }),
            ],
          },
        },
        "Ahead None",
      ],
      [
        "a month by the zone's midnight",
        birthday({ withinLast: { last: 1, unit: "months" } }),
        "MonthAgo MonthStart MonthBound MonthIn DayBound DayIn Now",
        inCopenhagen,
      ],
      [
        "a hundred years reach before 1970",
        birthday({ withinLast: { last: 1_200, unit: "months" } }),
        "MonthAgo MonthStart MonthBound MonthIn DayBound DayIn Now",
      ],
      [
        "more than 100 years before 1990 is before all that can be stored",
        birthday({ moreThanAgo: { last: 1_200, unit: "months" } }),
        "",
        at("1990-06-15T12:00:00Z"),
      ],
    ],
  },
  {
    about: "the next N",
    people: {
      Past: born("2026-01-31T11:59:59.999Z"),
      Now: born("2026-01-31T12:00:00.000Z"),
      Soon: born("2026-01-31T12:00:00.001Z"),
      Day: born("2026-02-01T12:00:00.000Z"),
      DayOver: born("2026-02-01T12:00:00.001Z"),
      MonthLate: born("2026-02-28T22:59:59.999Z"),
      MonthEnd: born("2026-02-28T23:59:59.999Z"),
      MonthOver: born("2026-03-01T00:00:00.000Z"),
      None: {},
    },
    cases: [
      [
        "a day: now is out, the upper bound is in",
        birthday({ inNext: { next: 1, unit: "days" } }),
        "Soon Day",
        at("2026-01-31T12:00:00Z"),
      ],
      [
        "24 hours are the same",
        birthday({ inNext: { next: 24, unit: "hours" } }),
        "Soon Day",
        at("2026-01-31T12:00:00Z"),
      ],
      [
        "a month from 31 January: to the end of 28 February",
        birthday({ inNext: { next: 1, unit: "months" } }),
        "Soon Day DayOver MonthLate MonthEnd",
        at("2026-01-31T12:00:00Z"),
      ],
      [
        "a month from 30 January: the same, for its last day is 28 February too",
        birthday({ inNext: { next: 1, unit: "months" } }),
        "Past Now Soon Day DayOver MonthLate MonthEnd",
        at("2026-01-30T12:00:00Z"),
      ],
      [
        "a month from 27 January: to the end of 27 February",
        birthday({ inNext: { next: 1, unit: "months" } }),
        "Past Now Soon Day DayOver",
        at("2026-01-27T12:00:00Z"),
      ],
      [
        "the end of the zone's day",
        birthday({ inNext: { next: 1, unit: "months" } }),
        "Soon Day DayOver MonthLate",
        at("2026-01-31T12:00:00Z", COPENHAGEN),
      ],
      [
        "a week",
        birthday({ inNext: { next: 1, unit: "weeks" } }),
        "Soon Day DayOver",
        at("2026-01-31T12:00:00Z"),
      ],
      [
        "not (in the next day) is the past, later, and people without a value",
        { not: birthday({ inNext: { next: 1, unit: "days" } }) },
        "Past Now DayOver MonthLate MonthEnd MonthOver None",
        at("2026-01-31T12:00:00Z"),
      ],
    ],
  },
  {
    about: "the next month of a leap year",
    people: {
      LeapDay: born("2024-02-29T23:59:59.999Z"),
      March: born("2024-03-01T00:00:00.000Z"),
    },
    cases: [
      [
        "from 31 January: all of 29 February",
        birthday({ inNext: { next: 1, unit: "months" } }),
        "LeapDay",
        at("2024-01-31T12:00:00Z"),
      ],
      [
        "from 29 January: all of 29 February",
        birthday({ inNext: { next: 1, unit: "months" } }),
        "LeapDay",
        at("2024-01-29T00:00:00Z"),
      ],
      [
        "from 28 January: to 28 February",
        birthday({ inNext: { next: 1, unit: "months" } }),
        "",
        at("2024-01-28T23:59:59Z"),
      ],
      [
        "the last 12 months from 28 February 2025",
        birthday({ withinLast: { last: 12, unit: "months" } }),
        "LeapDay March",
        at("2025-02-28T12:00:00Z"),
      ],
      [
        "the last 12 months from 1 March 2025: midnight itself is out",
        birthday({ withinLast: { last: 12, unit: "months" } }),
        "",
        at("2025-03-01T12:00:00Z"),
      ],
    ],
  },
  {
    about: "times of events",
    people: {
      Early: { did: [["buy", "2026-06-01T00:00:00Z", { delivered: "2026-06-02T10:00:00Z" }]] },
      Late: { did: [["buy", "2026-06-01T00:00:00Z", { delivered: "2026-06-20T10:00:00Z" }]] },
      Without: { did: [["buy", "2026-06-01T00:00:00Z", { amount: 1 }]] },
      Nothing: {},
    },
    cases: [
      ["before a day", where("delivered", { before: "2026-06-03" }), "Early"],
      ["on or after a day", where("delivered", { onOrAfter: "2026-06-20" }), "Late"],
      [
        "in the next week: a property may lie ahead of now",
        where("delivered", { inNext: { next: 1, unit: "weeks" } }),
        "Late",
      ],
      ["within the last month", where("delivered", { withinLast: { last: 1, unit: "months" } }), "Early"],
      ["an anniversary", where("delivered", { anniversaryWithin: { days: 5 } }), "Late"],
      [
        "not (before) passes events without the time",
        { did: { event: "buy", where: { not: { property: "delivered", before: "2026-06-03" } } } },
        "Late Without",
      ],
    ],
  },
];
