import { ERRORS } from "@peregrine/core";
import type { ActivationService } from "./service.ts";

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/**
 * Tells the log of runs that fail, once for each reason, and of the first that succeeds again: an activation that
 * cannot reach its destination is tried every minute, and a line a minute is read by nobody.
 */
export function runJournal(log: Log): ActivationService["onEnded"] {
  const failing = new Map<string, string>();
  return (activation, { id: run, state, error }) => {
    const before = failing.get(activation);
    if (state === "failed" && error !== null) {
      if (before === error.code) return;
      failing.set(activation, error.code);
      const { code, detail } = error;
      log.warn({ activation, run, code, detail, remedy: ERRORS[code].remedy }, "a run failed");
    } else if (state === "done" && before !== undefined) {
      failing.delete(activation);
      log.info({ activation, run, after: before }, "runs succeed again");
    }
  };
}
