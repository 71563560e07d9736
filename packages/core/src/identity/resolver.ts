import type { IdentityGroup, Values } from "./group.ts";
import { Ledger, NOBODY } from "./ledger.ts";
import type { IdentityState } from "./state.ts";

/** Where the group begins: row 0 of the import has this arrival, the next new profile gets this number. */
export interface IdentityPosition {
  readonly arrivalFrom: number;
  readonly profileFrom: number;
  /** Numbers of people who were deleted: they are not issued again, so that all others keep theirs. */
  readonly skip?: ReadonlySet<number>;
}

/** Rows in arrival order, as columns: the row's number and its tuple in the group. */
export interface RowSequence {
  readonly rows: ArrayLike<number>;
  readonly tuples: ArrayLike<number>;
}

/**
 * Who owns which value, in the order in which it changes; columns, values by index. Profile 0: from here on
 * nobody owns it. (arrival, step) orders all changes.
 */
export interface OwnershipLog {
  readonly values: number[];
  readonly profiles: number[];
  readonly arrivals: number[];
  readonly steps: number[];
}

export interface ProfileMerge {
  readonly old: number;
  readonly new: number;
  readonly arrival: number;
  readonly step: number;
}

/** A value (by index) that changed hands without a merge; `to` 0: it was displaced and belongs to nobody. */
export interface IdentityConflict {
  readonly value: number;
  readonly arrival: number;
  readonly from: number;
  readonly to: number;
}

/** Columns: from `rows[i]` on, rows with `tuples[i]` belong to `profiles[i]` (canonical at that row). */
export interface Assignments {
  readonly tuples: number[];
  readonly rows: number[];
  readonly profiles: number[];
}

/** Everything that a group of rows changes, in the order in which it happens. */
export interface Resolution {
  /** The group's values, and behind them those of profiles concerned that the group does not name. */
  readonly values: Values;
  /** New profiles, as columns, in the order of their numbers. */
  readonly created: { readonly profiles: number[]; readonly arrivals: number[] };
  readonly ownerships: OwnershipLog;
  readonly merges: readonly ProfileMerge[];
  readonly conflicts: readonly IdentityConflict[];
  readonly assignments: Assignments;
  /** The number that the next new profile gets. Numbers that were merged away at once are used up too. */
  readonly nextProfile: number;
}

/**
 * Resolves rows one after another, in arrival order, exactly as `docs/identity.md` says. Pure: the same
 * state and rows give the same result, wherever a group begins or ends.
 */
export function resolveRows(
  group: IdentityGroup,
  state: IdentityState,
  position: IdentityPosition,
  sequence: RowSequence,
): Resolution {
  const { arrivalFrom } = position;
  const ledger = new Ledger(group, state, position, sequence.rows.length);
  const resolver = new Resolver(group, ledger);
  const assignments: Assignments = { tuples: [], rows: [], profiles: [] };
  const assigned = new Int32Array(group.rows.length);
  for (let at = 0; at < sequence.rows.length; at += 1) {
    const row = sequence.rows[at] ?? 0;
    const tuple = sequence.tuples[at] ?? 0;
    const profile = resolver.resolve(arrivalFrom + row, tuple);
    if (ledger.canonical(assigned[tuple] ?? NOBODY) === profile) continue;
    assigned[tuple] = profile;
    assignments.tuples.push(tuple);
    assignments.rows.push(row);
    assignments.profiles.push(ledger.number(profile));
  }
  const { created, ownerships, merges, conflicts } = resolver;
  return {
    values: ledger.values,
    created,
    ownerships,
    merges,
    conflicts,
    assignments,
    nextProfile: ledger.nextProfile,
  };
}

class Resolver {
  readonly created = { profiles: [] as number[], arrivals: [] as number[] };
  readonly ownerships: OwnershipLog = { values: [], profiles: [], arrivals: [], steps: [] };
  readonly merges: ProfileMerge[] = [];
  readonly conflicts: IdentityConflict[] = [];
  private readonly group: IdentityGroup;
  private readonly ledger: Ledger;
  private arrival = 0;
  private step = 0;

  constructor(group: IdentityGroup, ledger: Ledger) {
    this.group = group;
    this.ledger = ledger;
  }

  /** Applies one row and gives its profile's index in the ledger. */
  resolve(arrival: number, tuple: number): number {
    const { ledger, group } = this;
    this.arrival = arrival;
    this.step = 0;
    const start = group.starts[tuple] ?? 0;
    const end = group.starts[tuple + 1] ?? 0;
    const highest = this.member(start);
    let profile = ledger.ownerOf(highest);
    if (profile === NOBODY) {
      profile = ledger.issue();
      this.created.profiles.push(ledger.number(profile));
      this.created.arrivals.push(arrival);
      this.give(highest, profile);
    }
    for (let at = start + 1; at < end; at += 1) {
      const value = this.member(at);
      const owner = ledger.ownerOf(value);
      if (owner === profile) continue;
      if (owner === NOBODY) {
        this.give(value, profile);
      } else if (ledger.rivals(profile, owner)) {
        this.conflict(value, owner, profile);
        this.give(value, profile);
      } else {
        profile = this.merge(profile, owner);
      }
    }
    return profile;
  }

  private member(at: number): number {
    const value = this.group.members[at];
    if (value === undefined) throw new Error("a row without identifiers has no profile");
    return value;
  }

  private merge(one: number, other: number): number {
    const survivor = Math.min(one, other);
    const old = Math.max(one, other);
    this.ledger.merge(old, survivor);
    this.merges.push({
      old: this.ledger.number(old),
      new: this.ledger.number(survivor),
      arrival: this.arrival,
      step: this.step++,
    });
    return survivor;
  }

  /** The profile owns the value from here on; of a limit-1 kind it then owns no other. */
  private give(value: number, profile: number): void {
    const { ledger } = this;
    for (
      let rival = ledger.rivalOf(value, profile);
      rival !== undefined;
      rival = ledger.rivalOf(value, profile)
    ) {
      this.conflict(rival, profile, NOBODY);
      this.change(rival, NOBODY);
    }
    this.change(value, profile);
  }

  private conflict(value: number, from: number, to: number): void {
    const { ledger, arrival } = this;
    this.conflicts.push({ value, arrival, from: ledger.number(from), to: ledger.number(to) });
  }

  private change(value: number, profile: number): void {
    this.ledger.own(value, profile);
    const { values, profiles, arrivals, steps } = this.ownerships;
    values.push(value);
    profiles.push(this.ledger.number(profile));
    arrivals.push(this.arrival);
    steps.push(this.step++);
  }
}
