import type { PeregrineError } from "@peregrine/core";
import type { Snapshot } from "../engine/snapshot.ts";
import type { StoredFailure } from "../store/index.ts";
import type { Fragment } from "./standing.ts";

/** How an audience stands with its checks. */
export interface AudienceStanding {
  /** ms UTC; null before the first. */
  readonly checkedAt: number | null;
  /** The publication of the last evaluation that let somebody in or out; 0: there was none. */
  readonly changedBy: number;
  /** Members after the last evaluation. */
  readonly size: number;
  /** Why the last check could not evaluate it; its members stay as they were. */
  readonly error: StoredFailure | null;
}

/** What the delivery needs of the audiences' domain; its service fits. */
export interface AudienceChecks {
  /**
   * Checks audiences as of one instant: evaluates what may have changed, and publishes who entered and who left.
   * @param asOf ms UTC
   * @returns the latest evaluation's sequence number, the size of each audience, and those whose rule can't be
   *   evaluated, whose members stay as they were
   */
  evaluate(
    audienceIds: readonly string[],
    asOf: number,
  ): Promise<{
    readonly sequence: number;
    readonly counts: ReadonlyMap<string, { readonly size: number }>;
    readonly failed: readonly { readonly id: string; readonly error: PeregrineError }[];
  }>;
  /** How audiences stand with their checks, by id; those that were never checked have no entry. */
  standing(audienceIds: readonly string[]): Promise<ReadonlyMap<string, AudienceStanding>>;
  /**
   * The numbers of the first evaluations after others that let somebody in or out of the same audience; where none did
   * there is no entry.
   * @param asked an evaluation's number each; 0: from the beginning
   */
  firstChanges(
    asked: readonly { readonly audience: string; readonly after: number }[],
  ): Promise<readonly { readonly audience: string; readonly after: number; readonly first: number }[]>;
  /**
   * `WITH … member(audience, profile), person(profile, value)`: who is in the audiences, and by which value of
   * an identifier each profile is known, all by canonical profile.
   * @param identifier number of the identifier's definition
   */
  membersAndPersons(snapshot: Snapshot, audiences: readonly string[], identifier: number): Fragment;
  /** The same with the members whom a check as of `asOf` (ms UTC) would find; nothing is written. */
  membersNow(audiences: readonly string[], asOf: number, identifier: number): Promise<Fragment>;
}
