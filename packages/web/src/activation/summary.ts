import { waitingText } from "@peregrine/core/activation-words";
import type { ActivationStatus, SegmentStatus } from "./queries.ts";

type Status = SegmentStatus["status"];

/** From what asks for somebody to what asks for nobody: an activation is called what its worst audience is. */
const BY_WEIGHT: readonly Status[] = [
  "failed",
  "heldForApproval",
  "partlyRefused",
  "synchronizing",
  "queued",
  "notYetSynced",
  "paused",
  "upToDate",
];
const WORRYING: ReadonlySet<Status> = new Set(["failed", "heldForApproval", "partlyRefused"]);

/** An activation in one line. Counts are people over all its audiences, those who leave among `waiting` and `refused`. */
export interface Summary {
  readonly status: Status;
  readonly isWorrying: boolean;
  /** The destination doesn't answer, and is tried again: no failure yet, and not well either. */
  readonly isWaiting: boolean;
  /** Why it is not as it should be, and what to do. */
  readonly reason: string | undefined;
  readonly accepted: number;
  readonly waiting: number;
  readonly refused: number;
  /** The latest of its audiences. */
  readonly lastSynchronizedAt: string | null;
  /** Since when the oldest change that is to be sent has been waiting; null: nothing waits. */
  readonly oldestUnsentAt: string | null;
}

/** Puts the audiences of an activation that sends to this host together; undefined while it is not known. */
export function summaryOf(found: ActivationStatus | undefined, host: string): Summary | undefined {
  if (found === undefined) return undefined;
  const { segments, run, lastFailure, paused } = found;
  const sum = (of: (segment: SegmentStatus) => number) =>
    segments.reduce((total, segment) => total + of(segment), 0);
  const worst = BY_WEIGHT.find((one) => segments.some(({ status }) => status === one));
  const status = worst ?? (paused ? "paused" : lastFailure !== null ? "failed" : "notYetSynced");
  const error = segments.find((segment) => segment.error !== null)?.error ?? undefined;
  const why = error ?? lastFailure?.error ?? undefined;
  const said = why && `${why.detail} ${why.remedy}`.trim();
  const hasFailed = status === "failed" || lastFailure !== null;
  const waitingFor = hasFailed ? undefined : run?.progress?.waitingFor;
  return {
    status,
    isWorrying: WORRYING.has(status) || lastFailure !== null,
    isWaiting: waitingFor !== undefined,
    // While it is tried again, it is as it was until that has ended well.
    reason: hasFailed ? said : waitingFor && waitingText(waitingFor, host),
    accepted: sum(({ accepted }) => accepted),
    waiting: sum(({ waiting, leaving }) => waiting + leaving.waiting),
    refused: sum(({ refused, leaving }) => refused + leaving.refused),
    oldestUnsentAt: found.oldestUnsentAt,
    lastSynchronizedAt: segments
      .map(({ lastSynchronizedAt }) => lastSynchronizedAt)
      .reduce((latest, one) => (one !== null && (latest === null || one > latest) ? one : latest), null),
  };
}
