import { type AudienceCheck, localDay, startOfDay } from "@peregrine/core";
import { Cron } from "croner";

const MINUTE = 60_000;

/**
 * The first instant after `last` (ms UTC) at which an audience is to be checked; undefined: whenever something may
 * have changed, `never`: only when somebody asks. Intervals lie on the clock, so that they don't drift by the time
 * that each check takes.
 */
export function plannedAfter(
  check: AudienceCheck,
  last: number,
  timeZone: string,
): number | "never" | undefined {
  if (check === "automatic") return undefined;
  if (check === "byHand") return "never";
  if ("cron" in check) return cronOf(check.cron, timeZone).nextRun(new Date(last))?.getTime() ?? "never";
  const { minutes = 0, hours = 0, days } = check.every;
  if (days !== undefined) return startOfDay(nextMultiple(localDay(last, timeZone), days), timeZone);
  return nextMultiple(last, (minutes + hours * 60) * MINUTE);
}

/** What is wrong with a cron expression; undefined: nothing. */
export function cronFault(expression: string, timeZone: string): string | undefined {
  try {
    cronOf(expression, timeZone);
    return undefined;
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Five fields: a check within a minute is all that is promised. It is never started, only asked. */
function cronOf(expression: string, timeZone: string): Cron {
  return new Cron(expression, { timezone: timeZone, mode: "5-part", paused: true });
}

function nextMultiple(after: number, step: number): number {
  return (Math.floor(after / step) + 1) * step;
}
