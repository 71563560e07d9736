const SECOND = 1_000;
const UNITS = [
  { ms: 86_400_000, text: (count: number) => (count === 1 ? "1 day" : `${count} days`) },
  { ms: 3_600_000, text: (count: number) => `${count} h` },
  { ms: 60_000, text: (count: number) => `${count} min` },
  { ms: SECOND, text: (count: number) => `${count} s` },
] as const;
const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** How long ago an instant was, or how far ahead: "12 s ago", "in 3 min", "now". @param now ms UTC */
export function ago(instant: string, now: number): string {
  const ms = Date.parse(instant) - now;
  const unit = UNITS.find((one) => Math.abs(ms) >= one.ms);
  if (unit === undefined) return "now";
  const length = unit.text(Math.trunc(Math.abs(ms) / unit.ms));
  return ms > 0 ? `in ${length}` : `${length} ago`;
}

/** How long something has lasted: "38 s", "3 h"; from now on at least "0 s". @param now ms UTC */
export function lasting(since: string, now: number): string {
  const ms = Math.max(0, now - Date.parse(since));
  const unit = UNITS.find((one) => ms >= one.ms);
  return unit === undefined ? "0 s" : unit.text(Math.trunc(ms / unit.ms));
}

/** An instant in the zone of whoever looks. */
export function exactly(instant: string): string {
  return EXACT.format(new Date(instant));
}

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** A sentence of the API with its instants in the zone of whoever looks. */
export function withLocalTimes(sentence: string): string {
  return sentence.replace(INSTANT, exactly);
}

/** A length of time as people say it, "340 ms", "12 s", "3 min". @param ms at least 0 */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
