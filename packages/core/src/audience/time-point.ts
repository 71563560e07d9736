import type { Reporter } from "./report.ts";
import { type LocalDay, startOfDay } from "./zone.ts";

/** The engine's times hold these years; what lies outside cannot be stored, and a rule that names it is a slip. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2299;
/** The first and the last instant that a stored time can have, in milliseconds UTC. */
export const EARLIEST_TIME = Date.UTC(FIRST_YEAR, 0, 1);
export const LATEST_TIME = Date.UTC(LAST_YEAR + 1, 0, 1) - 1;

const DAY = 86_400_000;
/** No zone was ever farther from UTC. */
const FARTHEST_OFFSET = 27 * 3_600_000;

/** A calendar day of the installation's time zone, or an instant (milliseconds UTC). */
export type TimePoint =
  | { readonly kind: "day"; readonly day: LocalDay }
  | { readonly kind: "instant"; readonly at: number };

const DAY_TEXT = /^(\d{4})-(\d\d)-(\d\d)$/;
const INSTANT_TEXT =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?([Zz]|[+-](\d\d):?(\d\d))$/;

const HOW =
  "Write a day, 2026-01-31, or an instant with its offset from UTC, 2026-01-31T10:00:00Z or 2026-01-31T10:00:00+01:00.";

/** Reads `2026-01-31` or `2026-01-31T10:00:00+01:00`; reports what is wrong with it. */
export function readTimePoint(text: unknown, report: Reporter): TimePoint | undefined {
  if (typeof text !== "string") {
    return report.fault(`a day or an instant is expected here, but ${JSON.stringify(text)} stands here`, HOW);
  }
  const point = DAY_TEXT.test(text) ? readDay(text) : readInstant(text);
  if (point === undefined) {
    return report.fault(`${JSON.stringify(text)} is neither a day nor an instant`, remedyFor(text));
  }
  const instant = point.kind === "day" ? point.day * DAY : point.at;
  if (instant >= EARLIEST_TIME && instant <= LATEST_TIME) return point;
  return report.fault(
    `${JSON.stringify(text)} is out of reach: times lie in the years ${FIRST_YEAR} to ${LAST_YEAR}`,
    "Leave the bound away where it is meant to be without end.",
  );
}

function remedyFor(text: string): string {
  if (/^\d{4}-\d\d-\d\d[T ][\d:.]+$/.test(text)) {
    return `Say from which offset it is read: ${text.replace(" ", "T")}Z is UTC.`;
  }
  if (DAY_TEXT.test(text)) return "There is no such day in the calendar.";
  return HOW;
}

function readDay(text: string): TimePoint | undefined {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // 30 February would become 2 March.
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? { kind: "day", day: date.getTime() / DAY } : undefined;
}

function readInstant(text: string): TimePoint | undefined {
  const match = INSTANT_TEXT.exec(text);
  if (match === null) return undefined;
  const [
    ,
    date = "",
    hour,
    minute,
    second = "0",
    fraction = "",
    zone = "Z",
    zoneHours = "0",
    zoneMinutes = "0",
  ] = match;
  const day = readDay(date);
  if (day?.kind !== "day") return undefined;
  const clock = [
    Number(hour),
    Number(minute),
    Number(second),
    Number(zoneHours),
    Number(zoneMinutes),
  ] as const;
  if (clock[0] > 23 || clock[1] > 59 || clock[2] > 59 || clock[3] > 23 || clock[4] > 59) return undefined;
  // Times are kept in milliseconds; digits behind them are those of a finer clock.
  const milliseconds = Number(fraction.padEnd(3, "0").slice(0, 3));
  const local = day.day * DAY + ((clock[0] * 60 + clock[1]) * 60 + clock[2]) * 1000 + milliseconds;
  const offset = (clock[3] * 60 + clock[4]) * 60_000 * (zone.startsWith("-") ? -1 : 1);
  return { kind: "instant", at: local - offset };
}

/** The first instant of a point: of a day its start, of an instant itself. */
export function startOf(point: TimePoint, timeZone: string): number {
  return point.kind === "day" ? startOfDay(point.day, timeZone) : point.at;
}

/** The last instant of a point, in whole milliseconds. */
export function endOf(point: TimePoint, timeZone: string): number {
  return point.kind === "day" ? startOfDay(point.day + 1, timeZone) - 1 : point.at;
}

/** Whether the first point lies behind the second in every time zone. */
export function isLater(first: TimePoint, second: TimePoint): boolean {
  const start = first.kind === "day" ? first.day * DAY : first.at;
  const end = second.kind === "day" ? (second.day + 1) * DAY - 1 : second.at;
  const slack = first.kind === second.kind ? 0 : FARTHEST_OFFSET;
  return start - slack > end;
}

/** The year of an instant by UTC. */
export function yearOf(instant: number): number {
  return new Date(instant).getUTCFullYear();
}
