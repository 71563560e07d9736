/** The states of one run of an activation, and which may follow which. */
export const RUN_TRANSITIONS = {
  checking: ["attaching", "failed", "stopped"],
  attaching: ["planning", "failed", "stopped"],
  planning: ["delivering", "failed", "stopped"],
  delivering: ["describing", "failed", "stopped"],
  describing: ["done", "failed", "stopped"],
  done: [],
  failed: [],
  /** Ended in order before its work was: paused, or the server was told to stop. The next run plans anew. */
  stopped: [],
} as const satisfies Record<string, readonly string[]>;

export type RunState = keyof typeof RUN_TRANSITIONS;

/** True when nothing more happens in a run of this state; all others are under way, or dead and taken over. */
export function isFinal(state: RunState): boolean {
  return RUN_TRANSITIONS[state].length === 0;
}

/** True when `to` may follow `from`. */
export function mayFollow(from: RunState, to: RunState): boolean {
  const followers: readonly RunState[] = RUN_TRANSITIONS[from];
  return followers.includes(to);
}

/**
 * What an audience is to an activation. An audience that was taken off and whose people are left where they
 * are has no state here: it is carried no more.
 */
export const LINK_STATES = {
  /** Members are brought in, leavers out. */
  linked: { desiresMembers: true },
  /** Taken off the activation: everyone is taken out, then the audience is detached. */
  takingOut: { desiresMembers: false },
  /** No audience: the segment in which people are tried. Runs leave it alone. */
  test: { desiresMembers: false },
} as const satisfies Record<string, { desiresMembers: boolean }>;

export type LinkState = keyof typeof LINK_STATES;
