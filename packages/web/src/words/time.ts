const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** How long ago an instant was, "12 seconds ago". @param now ms UTC */
export function ago(instant: string, now: number): string {
  const ms = Date.parse(instant) - now;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? ["second", 1_000];
  return RELATIVE.format(Math.trunc(ms / length), unit);
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
