import type { Identifier } from "./row.ts";

/** A value of a kind of which a profile has one, and the canonical profile that owns it. */
export interface Holding extends Identifier {
  readonly profile: number;
}

/** What was true before the group's first row. Profiles are canonical numbers. */
export interface IdentityState {
  /** By the index of the group's values: the owner, 0 if nobody. */
  readonly owners: ArrayLike<number>;
  /** The values of limit-1 kinds that the profiles of {@link unsettledProfiles} own. */
  readonly holdings: readonly Holding[];
}
