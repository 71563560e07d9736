import { z } from "zod";
import { endOf, startOf, type TimePoint } from "./time-point.ts";
import { localDay, monthsAfter, monthsBefore, startOfDay } from "./zone.ts";

const HOUR = 3_600_000;

interface Unit {
  /** The largest N: a hundred years. */
  readonly most: number;
  /** The bound that lies `count` of them before `asOf`; what happened at it is out of the window. */
  readonly lower: (asOf: number, count: number, timeZone: string) => number;
  /** The bound that lies `count` of them after `asOf`, the last instant that belongs. */
  readonly upper: (asOf: number, count: number, timeZone: string) => number;
}

function hours(most: number, length: number): Unit {
  return {
    most,
    lower: (asOf, count) => asOf - count * length * HOUR,
    upper: (asOf, count) => asOf + count * length * HOUR,
  };
}

/** The units of "the last N" and "the next N". */
const UNITS = {
  hours: hours(876_000, 1),
  days: hours(36_500, 24),
  weeks: hours(5_200, 168),
  months: {
    most: 1_200,
    lower: (asOf, count, timeZone) => startOfDay(monthsBefore(localDay(asOf, timeZone), count), timeZone),
    // All of the last day belongs: bounds that lay in the middle of a day would move backwards over a month's end.
    upper: (asOf, count, timeZone) =>
      startOfDay(monthsAfter(localDay(asOf, timeZone), count) + 1, timeZone) - 1,
  },
} as const satisfies Readonly<Record<string, Unit>>;

export type WindowUnit = keyof typeof UNITS;
export const WINDOW_UNITS = Object.keys(UNITS) as readonly WindowUnit[];

const count = z.int().min(1).describe("How many: a whole number from 1.");
const unit = z
  .enum(["hours", "days", "weeks", "months"] satisfies WindowUnit[])
  .describe("Hours, days and weeks are 1, 24 and 168 hours; months are calendar months.");

/** `{ last: 30, unit: days }` */
export const withinLast = z
  .strictObject({ last: count, unit })
  .superRefine(({ last, unit }, context) => atMost("last", last, unit, context));
export type WithinLast = z.infer<typeof withinLast>;

/** `{ next: 7, unit: days }` */
export const inNext = z
  .strictObject({ next: count, unit })
  .superRefine(({ next, unit }, context) => atMost("next", next, unit, context));

function atMost(key: string, count: number, unit: WindowUnit, context: z.core.$RefinementCtx): void {
  if (count <= UNITS[unit].most) return;
  context.addIssue({
    code: "custom",
    path: [key],
    message: `at most ${UNITS[unit].most} ${unit} can be asked for`,
  });
}

interface SpanFields {
  /** `lower < t <= asOf` */
  readonly within: { readonly last: number; readonly unit: WindowUnit };
  /** `t <= lower` */
  readonly moreThanAgo: { readonly last: number; readonly unit: WindowUnit };
  /** `asOf < t <= upper` */
  readonly inNext: { readonly next: number; readonly unit: WindowUnit };
  readonly before: { readonly point: TimePoint };
  readonly onOrBefore: { readonly point: TimePoint };
  readonly after: { readonly point: TimePoint };
  readonly onOrAfter: { readonly point: TimePoint };
  /** On or after the first, and on or before the second. */
  readonly between: { readonly from: TimePoint; readonly to: TimePoint };
}
export type SpanKind = keyof SpanFields;

/** A span of time, by the clock or by the calendar. */
export type Span<Kind extends SpanKind = SpanKind> = {
  readonly [Key in Kind]: { readonly kind: Key } & SpanFields[Key];
}[Kind];

/** When an event must have happened. */
export type Window = { readonly kind: "ever" } | Span<"within" | "between" | "before" | "after">;

/** A time counts when `after < time <= upTo`; instants are milliseconds UTC. */
export interface SpanBounds {
  /** Absent: from the beginning. */
  readonly after?: number | undefined;
  /** Absent: without end. */
  readonly upTo?: number | undefined;
}

/** The bounds of what happened: nothing later than the moment exists. */
export interface Bounds extends SpanBounds {
  readonly upTo: number;
}

/** As of when a rule is evaluated, and whose calendar its days and months follow. */
export interface Moment {
  /** Milliseconds UTC. What happens later does not exist. */
  readonly asOf: number;
  /** An IANA name such as `Europe/Copenhagen`. */
  readonly timeZone: string;
}

const SPANS: { readonly [Kind in SpanKind]: (span: Span<Kind>, moment: Moment) => SpanBounds } = {
  within: ({ last, unit }, { asOf, timeZone }) => ({
    after: UNITS[unit].lower(asOf, last, timeZone),
    upTo: asOf,
  }),
  moreThanAgo: ({ last, unit }, { asOf, timeZone }) => ({ upTo: UNITS[unit].lower(asOf, last, timeZone) }),
  inNext: ({ next, unit }, { asOf, timeZone }) => ({
    after: asOf,
    upTo: UNITS[unit].upper(asOf, next, timeZone),
  }),
  // Times are whole milliseconds, so that "before" is "up to the millisecond before".
  before: ({ point }, { timeZone }) => ({ upTo: startOf(point, timeZone) - 1 }),
  onOrBefore: ({ point }, { timeZone }) => ({ upTo: endOf(point, timeZone) }),
  after: ({ point }, { timeZone }) => ({ after: endOf(point, timeZone) }),
  onOrAfter: ({ point }, { timeZone }) => ({ after: startOf(point, timeZone) - 1 }),
  between: ({ from, to }, { timeZone }) => ({
    after: startOf(from, timeZone) - 1,
    upTo: endOf(to, timeZone),
  }),
};

/** The bounds of a span at a moment. They never move backwards when the moment moves on. */
export function spanBounds<Kind extends SpanKind>(span: Span<Kind>, moment: Moment): SpanBounds {
  return SPANS[span.kind](span, moment);
}

/** The bounds of a window at a moment, at most up to the moment. They never move backwards when it moves on. */
export function boundsOf(window: Window, moment: Moment): Bounds {
  if (window.kind === "ever") return { upTo: moment.asOf };
  const { upTo = moment.asOf, ...from } = spanBounds(window, moment);
  return { ...from, upTo: Math.min(upTo, moment.asOf) };
}

/** Whether a time lies within bounds. */
export function liesWithin(time: number, { after, upTo }: SpanBounds): boolean {
  return (after === undefined || time > after) && (upTo === undefined || time <= upTo);
}
