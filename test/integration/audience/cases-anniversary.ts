import { at, type CaseGroup, have } from "./case.ts";

const birthday = (operand: object) => have("birthday", operand);
const born = (birthday: string) => ({ has: { birthday } });
const COPENHAGEN = "Europe/Copenhagen";

/** Anniversaries by local month and day. */
export const ANNIVERSARY_CASES: readonly CaseGroup[] = [
  {
    about: "anniversaries",
    people: {
      Yesterday: born("1980-06-14T12:00:00Z"),
      Today: born("1980-06-15T00:00:00Z"),
      TodayLate: born("2001-06-15T23:59:59.999Z"),
      Tomorrow: born("1955-06-16T08:00:00Z"),
      InAWeek: born("1900-06-22T23:59:59.999Z"),
      Later: born("1990-06-23T00:00:00Z"),
      Newborn: born("2026-06-15T09:00:00Z"),
      Unborn: born("2290-06-15T09:00:00Z"),
      Winter: born("1970-12-31T23:30:00Z"),
      None: {},
    },
    cases: [
      [
        "today, whatever the year",
        birthday({ anniversaryWithin: { days: 0 } }),
        "Today TodayLate Newborn Unborn",
      ],
      [
        "today or tomorrow",
        birthday({ anniversaryWithin: { days: 1 } }),
        "Today TodayLate Tomorrow Newborn Unborn",
      ],
      [
        "within a week: the seventh day belongs",
        birthday({ anniversaryWithin: { days: 7 } }),
        "Today TodayLate Tomorrow InAWeek Newborn Unborn",
      ],
      [
        "within 363 days: all but yesterday's",
        birthday({ anniversaryWithin: { days: 363 } }),
        "Today TodayLate Tomorrow InAWeek Later Newborn Unborn Winter",
      ],
      [
        "within 364 days: yesterday's too, in a year of 365",
        birthday({ anniversaryWithin: { days: 364 } }),
        "Yesterday Today TodayLate Tomorrow InAWeek Later Newborn Unborn Winter",
      ],
      [
        "within a year: everybody who has a birthday",
        birthday({ anniversaryWithin: { days: 365 } }),
        "Yesterday Today TodayLate Tomorrow InAWeek Later Newborn Unborn Winter",
      ],
      [
        "not (within a year) is who has none",
        { not: birthday({ anniversaryWithin: { days: 365 } }) },
        "None",
      ],
      [
        "by the zone's day: late on the 14th is the 15th there",
        birthday({ anniversaryWithin: { days: 0 } }),
        "Today Newborn Unborn",
        at("2026-06-14T22:30:00Z", COPENHAGEN),
      ],
      [
        "over the end of the year",
        birthday({ anniversaryWithin: { days: 2 } }),
        "Winter",
        at("2025-12-30T12:00:00Z"),
      ],
      [
        "on New Year's Day by the zone's calendar",
        birthday({ anniversaryWithin: { days: 0 } }),
        "Winter",
        at("2026-01-01T12:00:00Z", COPENHAGEN),
      ],
      ["nobody's", birthday({ anniversaryWithin: { days: 0 } }), "", at("2026-08-01T12:00:00Z")],
    ],
  },
  {
    about: "birthdays on 29 February",
    people: {
      Twentyeighth: born("1990-02-28T12:00:00Z"),
      Leap: born("1992-02-29T12:00:00Z"),
      LeapStart: born("2000-02-29T00:00:00.000Z"),
      LeapEnd: born("1904-02-29T23:59:59.999Z"),
      First: born("1991-03-01T12:00:00Z"),
      FirstOfLeapYear: born("1992-03-01T00:00:00.000Z"),
      Second: born("1990-03-02T12:00:00Z"),
    },
    cases: [
      [
        "in another year not on 28 February",
        birthday({ anniversaryWithin: { days: 0 } }),
        "Twentyeighth",
        at("2026-02-28T12:00:00Z"),
      ],
      [
        "in another year on 1 March",
        birthday({ anniversaryWithin: { days: 0 } }),
        "Leap LeapStart LeapEnd First FirstOfLeapYear",
        at("2026-03-01T12:00:00Z"),
      ],
      [
        "in a leap year on the day itself",
        birthday({ anniversaryWithin: { days: 0 } }),
        "Leap LeapStart LeapEnd",
        at("2028-02-29T12:00:00Z"),
      ],
      [
        "in a leap year not on 1 March",
        birthday({ anniversaryWithin: { days: 0 } }),
        "First FirstOfLeapYear",
        at("2028-03-01T12:00:00Z"),
      ],
      [
        "in a leap year not on 28 February",
        birthday({ anniversaryWithin: { days: 0 } }),
        "Twentyeighth",
        at("2028-02-28T12:00:00Z"),
      ],
      [
        "in another year tomorrow, on 28 February",
        birthday({ anniversaryWithin: { days: 1 } }),
        "Twentyeighth Leap LeapStart LeapEnd First FirstOfLeapYear",
        at("2026-02-28T12:00:00Z"),
      ],
      [
        "not yet on 27 February with a day ahead",
        birthday({ anniversaryWithin: { days: 1 } }),
        "Twentyeighth",
        at("2026-02-27T12:00:00Z"),
      ],
      [
        "in a leap year tomorrow, on 28 February",
        birthday({ anniversaryWithin: { days: 1 } }),
        "Twentyeighth Leap LeapStart LeapEnd",
        at("2028-02-28T12:00:00Z"),
      ],
      ["over on 2 March", birthday({ anniversaryWithin: { days: 0 } }), "Second", at("2026-03-02T12:00:00Z")],
      [
        "the year 2100 has no 29 February",
        birthday({ anniversaryWithin: { days: 0 } }),
        "Leap LeapStart LeapEnd First FirstOfLeapYear",
        at("2100-03-01T12:00:00Z"),
      ],
      [
        "from 1 March of a leap year 364 days do not reach it",
        birthday({ anniversaryWithin: { days: 364 } }),
        "Twentyeighth First FirstOfLeapYear Second",
        at("2028-03-01T12:00:00Z"),
      ],
      [
        "from 1 March of another year 364 days reach everybody",
        birthday({ anniversaryWithin: { days: 364 } }),
        "Twentyeighth Leap LeapStart LeapEnd First FirstOfLeapYear Second",
        at("2026-03-01T12:00:00Z"),
      ],
    ],
  },
];
