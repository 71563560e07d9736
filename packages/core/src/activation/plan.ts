/** What the store holds for one person in one segment; nothing was ever sent about `absent`. */
export type HeldState = "absent" | "out" | "in" | "unknown";

/** One person in one segment, with all that decides whether a change is due. Times in milliseconds. */
export interface Standing {
  readonly held: HeldState;
  /** The membership that was last sent; counts only when something was ever sent. */
  readonly attempted: boolean;
  /** Since the last message about this person may have left. */
  readonly attemptedAgoMs: number;
  readonly desired: boolean;
  /** The last answer was a refusal of `membership`; the next attempt is due in so many ms (≤ 0: now). */
  readonly refusal?: { readonly membership: boolean; readonly dueInMs: number };
}

export interface PlanTimes {
  /** A request's time-out and the grace after it: so long an unanswered message may still be carried out. */
  readonly settleMs: number;
  /** True while an unanswered message of an earlier run, even a repeated and then answered one, may still be carried out. */
  readonly unsettled: boolean;
}

/**
 * - `nothing`: as it should be
 * - `send`: in a batch with others
 * - `alone`: was refused before, so that it never blocks others
 * - `backOff`: was refused, and it isn't time yet
 * - `settle`: the opposite was sent and may still arrive; it waits until that can't be
 */
export type Decision = "nothing" | "send" | "alone" | "backOff" | "settle";

/** Does what is held differ from what is desired? Unknown always does. */
export const DIFFERS = {
  absent: { member: true, gone: false },
  out: { member: true, gone: false },
  in: { member: false, gone: true },
  unknown: { member: true, gone: true },
} as const satisfies Record<HeldState, { member: boolean; gone: boolean }>;

/**
 * Decides for one person in one segment. The plan itself is made in the engine by the same table
 * (`server/activation/plan.ts`), and a test compares the two over all cases.
 */
export function decide(standing: Standing, times: PlanTimes): Decision {
  if (!DIFFERS[standing.held][standing.desired ? "member" : "gone"]) return "nothing";
  const opposite = standing.held !== "absent" && standing.attempted !== standing.desired;
  const mayArrive = standing.held === "unknown" && standing.attemptedAgoMs < times.settleMs;
  if (opposite && (mayArrive || times.unsettled)) return "settle";
  if (standing.refusal === undefined || standing.refusal.membership !== standing.desired) return "send";
  return standing.refusal.dueInMs <= 0 ? "alone" : "backOff";
}
