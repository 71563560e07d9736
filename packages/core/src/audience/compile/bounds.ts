import { EARLIEST_TIME, LATEST_TIME } from "../time-point.ts";
import type { SpanBounds } from "../window.ts";
import { type Bind, instantText } from "./parameters.ts";

/** Binds an instant that the engine's times can have; milliseconds UTC. */
export function bindInstant(bind: Bind, instant: number): string {
  return bind("DateTime64(3, 'UTC')", instantText(instant));
}

/**
 * The condition that a time lies within bounds: 0 or 1. The engine would wrap a bound that its times cannot have
 * around, so what lies before or behind all of them is decided here. Undefined: every time does.
 */
export function boundsSql(time: string, { after, upTo }: SpanBounds, bind: Bind): string | undefined {
  if ((upTo !== undefined && upTo < EARLIEST_TIME) || (after !== undefined && after >= LATEST_TIME))
    return "0";
  const conditions = [
    ...(after === undefined || after < EARLIEST_TIME ? [] : [`${time} > ${bindInstant(bind, after)}`]),
    ...(upTo === undefined || upTo >= LATEST_TIME ? [] : [`${time} <= ${bindInstant(bind, upTo)}`]),
  ];
  if (conditions.length === 0) return undefined;
  return conditions.length === 1 ? conditions.join("") : `(${conditions.join(" AND ")})`;
}

/** The same of a time in milliseconds UTC, which has no bound that it cannot be compared with. */
export function millisecondsSql(milliseconds: string, { after, upTo }: SpanBounds): string | undefined {
  const conditions = [
    ...(after === undefined ? [] : [`${milliseconds} > ${after}`]),
    ...(upTo === undefined ? [] : [`${milliseconds} <= ${upTo}`]),
  ];
  if (conditions.length === 0) return undefined;
  return conditions.length === 1 ? conditions.join("") : `(${conditions.join(" AND ")})`;
}
