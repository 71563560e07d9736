import type { ChangeOutcome } from "../activation-type/verdict.ts";

/** What the store holds about a person in a segment once something was sent. */
export type SettledState = "in" | "out" | "unknown";

export interface Settling {
  /** The last answer about this change; `unsent` when no message with it has left. */
  readonly outcome: ChangeOutcome["kind"] | "unsent";
  readonly membership: boolean;
  /** What was held before this run's first message about it. */
  readonly prior: SettledState;
  /** An earlier message of this run about it was never answered, so it may have been carried out. */
  readonly lostBefore: boolean;
}

/**
 * What the store holds after the last answer. A refusal says that this message did nothing, so that what was
 * before holds again, unless a message before it was lost.
 */
export function heldAfter(settling: Settling): SettledState {
  switch (settling.outcome) {
    case "accepted":
      return settling.membership ? "in" : "out";
    case "unsent":
      return settling.prior;
    case "refused":
      return settling.lostBefore ? "unknown" : settling.prior;
    case "unknown":
      return "unknown";
  }
}
