import type { Verdict } from "../activation-type/verdict.ts";

/** What became of one message, in the words of the pages. */
export const REQUEST_OUTCOMES = {
  accepted: "Accepted",
  refused: "Refused",
  missing: "The segment was not known there",
  stop: "Stopped the run",
  lost: "No usable answer",
} as const satisfies Record<Verdict["kind"], string>;

export type RequestOutcome = keyof typeof REQUEST_OUTCOMES;
