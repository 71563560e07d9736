import { type Moment, type Span, type SpanKind, spanBounds } from "../window.ts";
import { localDay, monthsAfter, monthsBefore, startOfDay } from "../zone.ts";

/** A bound that moves on with the moment, never backwards: a time that it has reached it does not leave again. */
export interface MovingBound {
  /** Equal for equal bounds. */
  readonly key: string;
  /** Where it is at the moment; times up to it are reached. */
  readonly at: (moment: Moment) => number;
  /** The first instant at which it has reached a time that lies beyond it. */
  readonly reaches: (time: number, timeZone: string) => number;
}

/** The moment itself. */
export const NOW: MovingBound = {
  key: "now",
  at: ({ asOf }) => asOf,
  reaches: (time) => time,
};

type Unit = Span<"within">["unit"];

/** `last` units before the moment. */
export function lowerBound(last: number, unit: Unit): MovingBound {
  const at = (moment: Moment) => spanBounds({ kind: "within", last, unit }, moment).after ?? moment.asOf;
  return {
    key: `${last} ${unit} ago`,
    at,
    reaches: (time, timeZone) =>
      unit === "months"
        ? firstDay(monthsAfter(localDay(time, timeZone), last), time, timeZone, at)
        : time + distance(at),
  };
}

/** `next` units after the moment. */
function upperBound(next: number, unit: Unit): MovingBound {
  const at = (moment: Moment) => spanBounds({ kind: "inNext", next, unit }, moment).upTo ?? moment.asOf;
  return {
    key: `in ${next} ${unit}`,
    at,
    reaches: (time, timeZone) =>
      unit === "months"
        ? firstDay(monthsBefore(localDay(time, timeZone), next), time, timeZone, at)
        : time + distance(at),
  };
}

/** Units of hours have the same length at all times. */
function distance(at: MovingBound["at"]): number {
  return -at({ asOf: 0, timeZone: "UTC" });
}

/** Bounds by months move at local midnights. Months of different lengths move the day by three at most. */
function firstDay(near: number, time: number, timeZone: string, at: MovingBound["at"]): number {
  for (let day = near - 4; ; day += 1) {
    const asOf = startOfDay(day, timeZone);
    if (at({ asOf, timeZone }) >= time) return asOf;
  }
}

const SPANS: { readonly [Kind in SpanKind]: (span: Span<Kind>) => readonly MovingBound[] } = {
  within: ({ last, unit }) => [lowerBound(last, unit), NOW],
  moreThanAgo: ({ last, unit }) => [lowerBound(last, unit)],
  inNext: ({ next, unit }) => [NOW, upperBound(next, unit)],
  before: () => [],
  onOrBefore: () => [],
  after: () => [],
  onOrAfter: () => [],
  between: () => [],
};

/** The bounds of a span that move: whether a time lies in it changes when one of them reaches the time. */
export function movingBounds<Kind extends SpanKind>(span: Span<Kind>): readonly MovingBound[] {
  return SPANS[span.kind](span);
}
