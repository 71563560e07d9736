import type { RunState } from "./state.ts";

/** The synchronization status of one audience in an activation, and its words on the pages. */
export const STATUS_WORDS = {
  notYetSynced: "Not yet synced",
  queued: "Queued",
  synchronizing: "Synchronizing",
  upToDate: "Up to date",
  partlyRefused: "Partly refused",
  failed: "Failed",
  paused: "Paused",
  heldForApproval: "Held for approval",
} as const;

export type SynchronizationStatus = keyof typeof STATUS_WORDS;

/** What a status is made of. */
export interface StatusFacts {
  readonly paused: boolean;
  /** The run that is under way, if any. */
  readonly running: RunState | undefined;
  /** Why the last run that ended didn't end well. */
  readonly failed: boolean;
  /** A first complete load was accepted. */
  readonly synchronizedOnce: boolean;
  /** People who are to be sent, in or out. */
  readonly due: number;
  /** People whose change was refused, in or out. */
  readonly refused: number;
  /** People whose removal waits for somebody's decision. */
  readonly held: number;
}

/** In this order; the first row whose condition holds gives the status. */
const STATUS_TABLE: readonly (readonly [SynchronizationStatus, (facts: StatusFacts) => boolean])[] = [
  ["paused", (facts) => facts.paused],
  ["synchronizing", (facts) => facts.running === "delivering" && facts.due > 0],
  ["queued", (facts) => facts.running !== undefined && facts.due > 0],
  ["failed", (facts) => facts.failed],
  ["heldForApproval", (facts) => facts.held > 0],
  ["notYetSynced", (facts) => !facts.synchronizedOnce],
  ["queued", (facts) => facts.due > 0],
  ["partlyRefused", (facts) => facts.refused > 0],
  ["upToDate", () => true],
];

export function synchronizationStatus(facts: StatusFacts): SynchronizationStatus {
  return STATUS_TABLE.find(([, holds]) => holds(facts))?.[0] ?? "upToDate";
}

/**
 * The numbers of one audience in an activation. Over its current members
 * `size = accepted + waiting + refused + withoutIdentifier + suppressed`; those who leave stand apart.
 */
export interface SegmentNumbers {
  readonly size: number;
  readonly accepted: number;
  readonly waiting: number;
  readonly refused: number;
  readonly withoutIdentifier: number;
  readonly suppressed: number;
  /** People who are no members any more and not out yet; `held`: removals that the guard holds. */
  readonly leaving: { readonly waiting: number; readonly refused: number; readonly held: number };
}

/** True when the numbers over current members add up. */
export function addsUp(numbers: SegmentNumbers): boolean {
  return (
    numbers.size ===
    numbers.accepted + numbers.waiting + numbers.refused + numbers.withoutIdentifier + numbers.suppressed
  );
}
