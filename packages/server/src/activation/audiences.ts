import type { PeregrineError } from "@peregrine/core";
import type { Snapshot } from "../engine/snapshot.ts";
import type { Fragment } from "./standing.ts";

/** What the delivery needs of the audiences' domain; its service fits. */
export interface AudienceChecks {
  /**
   * Evaluates audiences as of one instant and publishes who entered and who left.
   * @param asOf ms UTC
   * @returns the evaluation's sequence number, the size of each audience, and those whose rule can't be
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
  /**
   * `WITH … member(audience, profile), person(profile, value)`: who is in the audiences, and by which value of
   * an identifier each profile is known, all by canonical profile.
   * @param identifier number of the identifier's definition
   */
  membersAndPersons(snapshot: Snapshot, audiences: readonly string[], identifier: number): Fragment;
}
