import { ISO_PATTERN } from "../mapping/sql/cast.ts";
import { parseTimeFormat } from "../mapping/time-format.ts";
import type { Reading } from "./readings.ts";

/** A way to read times, by the order of day and month; `undefined` where there is nothing to mix up. */
export interface TimeReading extends Reading {
  readonly dayFirst: boolean | undefined;
}

const ISO = new RegExp(ISO_PATTERN);
const ISO_WITHOUT_ZONE = /^[0-9-]{10}(?:[T ][0-9:.]+)?$/;

/** Dates as they are written, the usual ones first; a clock may follow. */
const DATES = [
  ["DD.MM.YYYY", true],
  ["D.M.YYYY", true],
  ["DD/MM/YYYY", true],
  ["D/M/YYYY", true],
  ["MM/DD/YYYY", false],
  ["M/D/YYYY", false],
  ["DD-MM-YYYY", true],
  ["MM-DD-YYYY", false],
  ["YYYY/MM/DD", undefined],
  ["YYYY.MM.DD", undefined],
  ["YYYYMMDD", undefined],
] as const;
const CLOCKS = [
  "",
  " hh:mm",
  " h:mm",
  " hh:mm:ss",
  " h:mm:ss",
  " hh:mm:ss.SSS",
  ", hh:mm",
  "Thh:mm",
  "Thh:mm:ss",
];

/**
 * The ways to read times, the likelier first.
 *
 * @param zone by whose clock times without a zone are meant
 */
export function timeReadings(zone: string): readonly TimeReading[] {
  const known = KNOWN.get(zone);
  if (known !== undefined) return known;
  const made = [
    ISO_READING,
    ...DATES.flatMap(([date, dayFirst]) => CLOCKS.map((clock) => written(`${date}${clock}`, dayFirst, zone))),
  ];
  KNOWN.set(zone, made);
  return made;
}

/** Some hundred patterns for each zone; an installation has one. */
const KNOWN = new Map<string, readonly TimeReading[]>();

const ISO_READING: TimeReading = {
  type: "time",
  what: "times in ISO 8601",
  dayFirst: undefined,
  fits: (text) =>
    ISO.test(text) && isDay(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))),
  expression: (text) => `time(${text})`,
};

/** Whether a text is an instant without a zone, which is taken for UTC. */
export function lacksZone(text: string): boolean {
  return ISO_WITHOUT_ZONE.test(text);
}

function written(format: string, dayFirst: boolean | undefined, zone: string): TimeReading {
  const parsed = parseTimeFormat(format);
  if ("fault" in parsed) throw new Error(`${format}: ${parsed.fault}`);
  const pattern = new RegExp(parsed.pattern);
  const place = (part: "year" | "month" | "day" | "hour" | "minute" | "second") =>
    parsed.parts.indexOf(part) + 1;
  const [year, month, day] = [place("year"), place("month"), place("day")];
  const clock = [
    [place("hour"), 23],
    [place("minute"), 59],
    [place("second"), 59],
  ] as const;
  return {
    type: "time",
    what: `times written as ${format}`,
    dayFirst,
    fits: (text) => {
      const found = pattern.exec(text);
      if (found === null) return false;
      if (clock.some(([at, most]) => at > 0 && Number(found[at]) > most)) return false;
      return isDay(Number(found[year]), Number(found[month]), Number(found[day]));
    },
    expression: (text) =>
      zone === "UTC" ? `time(${text}, "${format}")` : `time(${text}, "${format}", "${zone}")`,
  };
}

/** A day that there was or will be, within the years that a time can hold. */
function isDay(year: number, month: number, day: number): boolean {
  if (year < 1900 || year > 2299 || month < 1 || month > 12) return false;
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
