/**
 * Calendar days in a time zone, by `Intl` alone. A day is a whole number: days since 1970-01-01 in the
 * zone's own calendar, so that "the day before" is minus one. Instants are milliseconds UTC.
 */
export type LocalDay = number;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** No zone was ever farther from UTC than this; it bounds where a local midnight can lie. */
const FARTHEST_OFFSET = 27 * HOUR;

/** Clocks that were changed twice within so long do not exist; asking costs microseconds each time. */
const PROBED = 6 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();
const starts = new Map<string, number>();
/** Bounds repeat a lot within an evaluation and hardly at all between days. */
const STARTS_KEPT = 10_000;

/** Whether the name is one that this platform's time zone data knows, such as `Europe/Copenhagen`. */
export function isTimeZone(timeZone: string): boolean {
  try {
    format(timeZone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function format(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timeZone, made);
  return made;
}

/** What the clocks of the zone show at the instant, as if it were UTC. */
function localTime(instant: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  let beforeChrist = false;
  for (const { type, value } of format(timeZone).formatToParts(instant)) {
    if (type === "era") beforeChrist = value.startsWith("B");
    else if (type !== "literal") parts[type] = Number(value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const date = new Date(0);
  date.setUTCFullYear(beforeChrist ? 1 - year : year, month - 1, day);
  const thousandths = ((instant % 1000) + 1000) % 1000;
  return date.setUTCHours(hour, minute, second, thousandths);
}

function dayAt(instant: number, timeZone: string): LocalDay {
  return Math.floor(localTime(instant, timeZone) / DAY);
}

/**
 * The local day of an instant. Where clocks are set back over midnight, the day that has begun goes on, so
 * that a later instant never has an earlier day.
 */
export function localDay(instant: number, timeZone: string): LocalDay {
  const shown = dayAt(instant, timeZone);
  return startOfDay(shown + 1, timeZone) <= instant ? shown + 1 : shown;
}

/** The first instant of a local day; of the next one, where the zone left the day out. */
export function startOfDay(day: LocalDay, timeZone: string): number {
  const key = `${timeZone} ${day}`;
  const known = starts.get(key);
  if (known !== undefined) return known;
  const start = findStart(day, timeZone);
  if (starts.size >= STARTS_KEPT) starts.clear();
  starts.set(key, start);
  return start;
}

function findStart(day: LocalDay, timeZone: string): number {
  const midnight = day * DAY;
  const [before = 0, after = 0] = [-FARTHEST_OFFSET, FARTHEST_OFFSET].map(
    (away) => localTime(midnight + away, timeZone) - (midnight + away),
  );
  // No zone ever changed its clocks twice within 60 hours, so that nothing happens in between. Asking the platform for
  // a local time is what costs: conditions on anniversaries need the days of 400 years.
  if (before === after) return midnight - before;
  const offsets = new Set<number>();
  for (let instant = midnight - FARTHEST_OFFSET; instant <= midnight + FARTHEST_OFFSET; instant += PROBED) {
    offsets.add(localTime(instant, timeZone) - instant);
  }
  const shown = [...offsets]
    .map((offset) => midnight - offset)
    .filter((instant) => localTime(instant, timeZone) === midnight);
  return shown.length > 0 ? Math.min(...shown) : skippedMidnight(midnight, timeZone);
}

/** Clocks jump over this midnight: the day begins at the jump, the first instant that shows the day or a later one. */
function skippedMidnight(midnight: number, timeZone: string): number {
  let before = midnight - FARTHEST_OFFSET;
  let after = midnight + FARTHEST_OFFSET;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localTime(middle, timeZone) >= midnight) after = middle;
    else before = middle;
  }
  return after;
}

/** The day that many calendar months earlier; the month's last day where that day is absent. */
export function monthsBefore(day: LocalDay, months: number): LocalDay {
  const date = new Date(day * DAY);
  const target = date.getUTCFullYear() * 12 + date.getUTCMonth() - months;
  const year = Math.floor(target / 12);
  const month = target - year * 12;
  const lastOfMonth = new Date(0).setUTCFullYear(year, month + 1, 0);
  const sameDay = new Date(0).setUTCFullYear(year, month, date.getUTCDate());
  return Math.min(lastOfMonth, sameDay) / DAY;
}

/** The day that many calendar months later; the month's last day where that day is absent. */
export function monthsAfter(day: LocalDay, months: number): LocalDay {
  return monthsBefore(day, -months);
}
