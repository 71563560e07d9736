import type { ErrorCode } from "../error.ts";

/** Why a message was not accepted: who has to act follows from the code, the reason is one plain sentence. */
export interface Failure {
  readonly code: ErrorCode;
  /** Says what the destination answered; never holds a secret. */
  readonly reason: string;
}

/**
 * What became of one message, as the activation type reads the destination's answer:
 * - `accepted`: the destination said so, with the content that is expected of it. `queued` when it only took
 *   the message into a queue of its own; `already` when it was so before.
 * - `refused`: this message is refused and nothing of it was done; a smaller or another one may be accepted.
 * - `lost`: no usable answer. It may have been done or not; the same message may be sent again.
 * - `missing`: the destination doesn't know an audience of the message; attaching it again may help.
 * - `stop`: no message would be accepted before somebody acts.
 */
export type Verdict =
  | { readonly kind: "accepted"; readonly queued?: boolean; readonly already?: boolean }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "lost"; readonly failure: Failure; readonly retryAfter?: string }
  | { readonly kind: "missing"; readonly failure: Failure }
  | { readonly kind: "stop"; readonly failure: Failure };

/** One person joining (`true`) or leaving (`false`) one segment. `id` is unique within a run. */
export interface Change {
  readonly id: number;
  readonly audienceId: string;
  readonly personId: string;
  readonly membership: boolean;
}

export type ChangeOutcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "unknown" };

/**
 * The answer to one batch. A change without an entry in `outcomes` was not answered: it is unknown. They are asked
 * only for ids of the batch's changes.
 */
export interface Delivery {
  readonly verdict: Verdict;
  readonly outcomes: Pick<ReadonlyMap<number, ChangeOutcome>, "get">;
}

const ACCEPTED: ChangeOutcome = { kind: "accepted" };
const UNKNOWN: ChangeOutcome = { kind: "unknown" };

/**
 * For destinations whose answer is about a batch as a whole: every change of it gets the verdict's outcome.
 * A refused batch of several is cut by the engine, which sends the parts again.
 */
export function deliveryOfAll(verdict: Verdict): Delivery {
  const outcome: ChangeOutcome =
    verdict.kind === "accepted"
      ? ACCEPTED
      : verdict.kind === "refused"
        ? { kind: "refused", failure: verdict.failure }
        : UNKNOWN;
  return { verdict, outcomes: { get: () => outcome } };
}

/** What one change got: unknown unless it was answered by its id. */
export function outcomeOf(delivery: Delivery, id: number): ChangeOutcome {
  return delivery.outcomes.get(id) ?? UNKNOWN;
}
