import { timePartsFault } from "../time-format.ts";
import type { Typed } from "../typed.ts";
import { constantText, type FunctionRow, plain, wholeFault } from "./row.ts";
import { zoneFault } from "./zone.ts";

/** From large to small. */
export const TIME_UNITS = ["year", "quarter", "month", "week", "day", "hour", "minute", "second"] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

export function isTimeUnit(text: string | undefined): text is TimeUnit {
  return TIME_UNITS.some((unit) => unit === text);
}

function unitFault(typed: Typed | undefined): string | undefined {
  return isTimeUnit(constantText(typed))
    ? undefined
    : `the unit is one of ${TIME_UNITS.map((unit) => `"${unit}"`).join(", ")}`;
}

/** A part of a time as a number. */
function part(name: string, meaning: string, result: string): FunctionRow {
  return plain(
    [`${name}(x, zone)`, meaning, `${name}(time("2024-05-31T22:30:00Z"), "Europe/Copenhagen")`, result],
    ["time", "text"],
    "number",
    ([, zone]) => zoneFault(zone),
  );
}

export const TIMES = {
  year: part("year", "by the calendar of the zone", "2024"),
  month: part("month", "1 to 12", "6"),
  day: part("day", "of the month, 1 to 31", "1"),
  weekday: part("weekday", "1 (Monday) to 7", "6"),
  hour: part("hour", "0 to 23, by the clock of the zone", "0"),
  minute: part("minute", "0 to 59", "30"),
  startOf: plain(
    [
      "startOf(x, unit, zone)",
      "the beginning of the unit that the time lies in; weeks begin on Monday",
      'startOf(time("2024-05-31T12:00:00Z"), "month", "Europe/Copenhagen")',
      "2024-04-30T22:00:00.000Z",
    ],
    ["time", "text", "text"],
    "time",
    ([, unit, zone]) => unitFault(unit) ?? zoneFault(zone),
  ),
  add: plain(
    [
      "add(x, count, unit, zone)",
      "so many units later, or earlier if the count is below zero: days and longer by the calendar of the zone, at the same time of day; of a month that is too short the last day",
      'add(time("2024-01-31"), 1, "month", "UTC")',
      "2024-02-29T00:00:00.000Z",
    ],
    ["time", "number", "text", "text"],
    "time",
    ([, count, unit, zone]) =>
      wholeFault(count, "the count", -100_000, 100_000) ?? unitFault(unit) ?? zoneFault(zone),
  ),
  difference: plain(
    [
      "difference(from, to, unit, zone)",
      "how many whole units have passed; below zero if `to` is the earlier",
      'difference(time("2000-02-29"), time("2024-02-28"), "year", "UTC")',
      "23",
    ],
    ["time", "time", "text", "text"],
    "number",
    ([, , unit, zone]) => unitFault(unit) ?? zoneFault(zone),
  ),
  formatTime: plain(
    [
      "formatTime(x, format, zone)",
      "the time written as the [format](#formats-of-times) says",
      'formatTime(time("2024-05-31T22:30:00Z"), "D.M.YYYY hh:mm", "Europe/Copenhagen")',
      "1.6.2024 00:30",
    ],
    ["time", "text", "text"],
    "text",
    ([, format, zone]) => {
      const written = constantText(format);
      return (
        (written === undefined ? "the format is a constant text" : timePartsFault(written)) ?? zoneFault(zone)
      );
    },
  ),
} as const satisfies Record<string, FunctionRow>;
