import type { RunRecord } from "../store/runs.ts";
import type { Delivered } from "./deliver.ts";

/**
 * The numbers of a run. Those of people are changes; `settlesAt` and `notBefore` are instants in ms UTC that
 * later runs go by.
 */
export interface RunCounts {
  /** The epoch under which the whole plan was written; absent before that. */
  readonly planEpoch?: number;
  readonly planned?: number;
  readonly joins?: number;
  readonly leaves?: number;
  /** Removals that the guard left out. */
  readonly held?: number;
  readonly accepted?: number;
  /** How many of the accepted ones joined; the others left. */
  readonly joined?: number;
  /** Of the accepted ones, those that the destination only put into a queue of its own. */
  readonly queued?: number;
  readonly refused?: number;
  readonly unknown?: number;
  readonly unsent?: number;
  readonly requests?: number;
  /** Segments that the destination had lost and got again: everybody in them is sent again by the next run. */
  readonly lostSegments?: number;
  /** Until then a message that was never answered may still be carried out: opposite changes wait. */
  readonly settlesAt?: number;
  /** The destination asked not to be sent anything before. */
  readonly notBefore?: number;
  /** What the run went by: it saw all publications up to this one, and the definitions of this revision. */
  readonly publication?: number;
  readonly revision?: number;
  /** Nothing was due, and people are left who can't be sent before this instant. */
  readonly nextAttemptAt?: number;
}

export function countsOf(run: RunRecord | undefined): RunCounts {
  return run?.counts ?? {};
}

/** The changes of a run that was taken over are counted on from what its predecessor had recorded. */
export function withDelivered(counts: RunCounts, delivered: Delivered): Record<string, number> {
  return {
    ...counts,
    accepted: (counts.accepted ?? 0) + delivered.accepted,
    joined: (counts.joined ?? 0) + delivered.joined,
    refused: (counts.refused ?? 0) + delivered.refused,
    unknown: delivered.unknown,
    unsent: delivered.unsent,
  };
}
