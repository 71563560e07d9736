import { z } from "zod";
import { localDay, monthsBefore, startOfDay } from "./zone.ts";

const HOUR = 3_600_000;

/** The units of "within the last N", each with the largest N: a hundred years. */
const UNITS = {
  hours: { most: 876_000, lower: (asOf, last) => asOf - last * HOUR },
  days: { most: 36_500, lower: (asOf, last) => asOf - last * 24 * HOUR },
  weeks: { most: 5_200, lower: (asOf, last) => asOf - last * 168 * HOUR },
  months: {
    most: 1_200,
    lower: (asOf, last, timeZone) => startOfDay(monthsBefore(localDay(asOf, timeZone), last), timeZone),
  },
} as const satisfies Record<
  string,
  { readonly most: number; readonly lower: (asOf: number, last: number, timeZone: string) => number }
>;

export type WindowUnit = keyof typeof UNITS;
export const WINDOW_UNITS = Object.keys(UNITS) as readonly WindowUnit[];

/** `{ last: 30, unit: days }` */
export const withinLast = z
  .strictObject({
    last: z.int().min(1).describe("How many: a whole number from 1."),
    unit: z
      .enum(["hours", "days", "weeks", "months"] satisfies WindowUnit[])
      .describe("Hours, days and weeks are 1, 24 and 168 hours; months are calendar months."),
  })
  .superRefine(({ last, unit }, context) => {
    if (last > UNITS[unit].most) {
      context.addIssue({
        code: "custom",
        path: ["last"],
        message: `at most ${UNITS[unit].most} ${unit} can be asked for`,
      });
    }
  });
export type WithinLast = z.infer<typeof withinLast>;

/** When an event must have happened. */
export type Window = { readonly kind: "ever" } | ({ readonly kind: "within" } & Readonly<WithinLast>);

/** An event counts when `after < time <= upTo`; instants are milliseconds UTC. */
export interface Bounds {
  /** Absent: from the beginning. */
  readonly after?: number;
  readonly upTo: number;
}

/** As of when a rule is evaluated, and whose calendar its months follow. */
export interface Moment {
  /** Milliseconds UTC. What happens later does not exist. */
  readonly asOf: number;
  /** An IANA name such as `Europe/Copenhagen`. */
  readonly timeZone: string;
}

/** The bounds of a window at a moment. They never move backwards when the moment moves on. */
export function boundsOf(window: Window, moment: Moment): Bounds {
  if (window.kind === "ever") return { upTo: moment.asOf };
  const after = UNITS[window.unit].lower(moment.asOf, window.last, moment.timeZone);
  return { after, upTo: moment.asOf };
}
