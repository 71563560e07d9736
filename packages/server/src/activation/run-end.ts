import type { ErrorCode, Failure } from "@peregrine/core";

/** Another worker has the run now: what this one knows is of no value any more. */
export class LeaseLost extends Error {}

/** Ends a run before its time, with a state of its own. */
export class RunEnds extends Error {
  readonly state: "failed" | "stopped";
  readonly failure: Failure | undefined;

  constructor(state: "failed" | "stopped", failure?: Failure) {
    super(failure?.reason ?? "asked to stop");
    this.state = state;
    this.failure = failure;
  }
}

/** After these a run stands unfinished as after a crash, and the next one goes on with it. */
export const LEFT_TO_TAKE_OVER: ReadonlySet<ErrorCode> = new Set([
  "engineRestarted",
  "engineUnavailable",
  "storeUnavailable",
]);
