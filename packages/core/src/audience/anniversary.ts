import type { Moment } from "./window.ts";
import { type LocalDay, localDay, startOfDay } from "./zone.ts";

const DAY = 86_400_000;

/** So many days ahead an anniversary can be looked for; every day of the calendar is among them. */
export const MOST_ANNIVERSARY_DAYS = 365;

/** A day of the calendar without its year; 29 February is 1 March in other years. */
interface MonthDay {
  /** From 0. */
  readonly month: number;
  readonly date: number;
}

const LEAP_DAY: MonthDay = { month: 1, date: 29 };
const AFTER_LEAP_DAY: MonthDay = { month: 2, date: 1 };

function monthDay(day: LocalDay): MonthDay & { readonly year: number } {
  const date = new Date(day * DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), date: date.getUTCDate() };
}

/** The day in a year; the calendar turns 29 February into 1 March where there is none. */
function dayIn(year: number, { month, date }: MonthDay): LocalDay {
  return new Date(0).setUTCFullYear(year, month, date) / DAY;
}

function isEqual(left: MonthDay, right: MonthDay): boolean {
  return left.month === right.month && left.date === right.date;
}

/**
 * Whether an anniversary of `time` falls on today or one of the `days` days after it, by the calendar of the
 * moment's zone. The year of `time` does not matter.
 */
export function hasAnniversary(time: number, days: number, { asOf, timeZone }: Moment): boolean {
  const today = localDay(asOf, timeZone);
  const { year } = monthDay(today);
  const born = monthDay(localDay(time, timeZone));
  return [year, year + 1].some((one) => {
    const anniversary = dayIn(one, born);
    return anniversary >= today && anniversary <= today + days;
  });
}

/** A time has its anniversary in one of these when `from[i] <= time < to[i]`; milliseconds UTC. */
export interface AnniversaryRanges {
  /** The year in which the first range begins; each begins one year after the one before. */
  readonly firstYear: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/**
 * The times of `firstYear` to `lastYear` that have an anniversary on today or one of the `days` days after it: a
 * range for each year in which one begins. Undefined: all times have.
 */
export function anniversaryRanges(
  days: number,
  { asOf, timeZone }: Moment,
  firstYear: number,
  lastYear: number,
): AnniversaryRanges | undefined {
  if (days >= MOST_ANNIVERSARY_DAYS) return undefined;
  const today = localDay(asOf, timeZone);
  const first = monthDay(today);
  // Those of 29 February have their day on 1 March when that day is not there.
  const withoutLeapDay =
    isEqual(first, AFTER_LEAP_DAY) && isEqual(monthDay(today - 1), { month: 1, date: 28 });
  const start = withoutLeapDay ? LEAP_DAY : first;
  const last = monthDay(today + days);
  const behind = monthDay(today + days + 1);
  // Behind 28 February comes 29 February, also when the year at hand has none.
  const end = isEqual(last, { month: 1, date: 28 }) ? LEAP_DAY : behind;
  const isNextYear = end.month < start.month || (end.month === start.month && end.date <= start.date);
  const years = Array.from({ length: lastYear - firstYear + 1 }, (_, at) => firstYear + at);
  return {
    firstYear,
    from: years.map((year) => startOfDay(dayIn(year, start), timeZone)),
    to: years.map((year) => startOfDay(dayIn(isNextYear ? year + 1 : year, end), timeZone)),
  };
}
