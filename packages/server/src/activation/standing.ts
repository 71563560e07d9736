import type { PersonState } from "@peregrine/core";
import type { Engine, Parameters } from "../engine/engine.ts";
import { type HeldBlock, heldIn } from "./held-people.ts";

/** A piece of SQL with the values that it binds. */
export interface Fragment {
  readonly sql: string;
  readonly parameters: Parameters;
}

/** Whose people in which segments are looked at. */
export interface StandingScope {
  /** The activation definition's number. */
  readonly activation: number;
  /** Audiences whose members are desired in their segment. */
  readonly linked: readonly string[];
  /** Audiences whose segment is emptied. */
  readonly takingOut: readonly string[];
  /** Removals that wait for somebody's approval. */
  readonly held?: readonly HeldBlock[];
  /** Person ids of people who are to be deleted: they are desired nowhere. */
  readonly excluded?: readonly string[];
  /** A `WITH …` that defines `member(audience, profile)` and `person(profile, value)`. */
  readonly people: Fragment;
}

/** How the engine numbers what is held; `absent` means that nothing was ever sent. */
export const HELD = { absent: 0, out: 1, in: 2, unknown: 3 } as const;

/** Over `person.value`. */
const EXCLUDED = "has({st_excluded:Array(String)}, person.value)";

/**
 * One row for each audience and person id that is desired or of whom anything is held:
 * `audience, person_id, desired, held, attempted, attempted_at, refused, refused_membership, due_at`
 * (times in ms UTC; `held` by {@link HELD}). Versions are compared inside one pass over a union, which takes
 * a third of the memory of joins; what belongs to a version is packed into one number for the same reason.
 */
export function standing(scope: StandingScope): Fragment {
  return {
    sql: `${scope.people.sql}
    SELECT audience, person_id,
      max(wanted) AS desired,
      argMax(packed_state, state_version) AS state_word,
      argMax(packed_refusal, refusal_version) AS refusal_word,
      toUInt8(bitAnd(state_word, 3)) AS held,
      toUInt8(bitAnd(bitShiftRight(state_word, 2), 1)) AS attempted,
      toInt64(bitShiftRight(state_word, 3)) AS attempted_at,
      toUInt8(bitAnd(refusal_word, 1)) AS refused,
      toUInt8(bitAnd(bitShiftRight(refusal_word, 1), 1)) AS refused_membership,
      toInt64(bitShiftRight(refusal_word, 2)) AS due_at
    FROM (
      SELECT toString(member.audience) AS audience, person.value AS person_id, toUInt8(1) AS wanted,
        toUInt64(0) AS packed_state, toUInt64(0) AS state_version,
        toUInt64(0) AS packed_refusal, toUInt64(0) AS refusal_version
      FROM member INNER JOIN person ON person.profile = member.profile
      WHERE member.audience IN {st_linked:Array(String)} AND NOT ${EXCLUDED}
      UNION ALL
      SELECT toString(audience), person_id, toUInt8(0),
        bitShiftLeft(toUInt64(toUnixTimestamp64Milli(at)), 3) + attempted * 4
          + multiIf(state = 'out', ${HELD.out}, state = 'in', ${HELD.in}, ${HELD.unknown}),
        version, toUInt64(0), toUInt64(0)
      FROM delivery_state
      WHERE activation = {st_activation:UInt32} AND audience IN {st_carried:Array(String)}
      UNION ALL
      SELECT toString(audience), person_id, toUInt8(0), toUInt64(0), toUInt64(0),
        if(attempts = 0, 0, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(next_attempt_at)), 2) + membership * 2 + 1),
        version
      FROM delivery_refusal
      WHERE activation = {st_activation:UInt32} AND audience IN {st_carried:Array(String)}
    )
    GROUP BY audience, person_id`,
    parameters: {
      ...scope.people.parameters,
      st_activation: scope.activation,
      st_linked: scope.linked,
      st_carried: [...scope.linked, ...scope.takingOut],
      st_excluded: scope.excluded ?? [],
    },
  };
}

const refusedFor = (membership: 0 | 1) => `(refused = 1 AND refused_membership = ${membership})`;

/** States of people who are told by their person id. */
export type SentState = Exclude<PersonState, "withoutIdentifier" | "suppressed">;

/** Which people a state counts, as conditions over the columns of {@link standing}, with what they bind. */
export function stateConditions(scope: Pick<StandingScope, "held" | "excluded">): {
  readonly of: Readonly<Record<SentState, string>>;
  readonly parameters: Parameters;
} {
  const block = heldIn(scope.held ?? [], "st", { audience: "audience", person: "person_id" });
  // Who is to be deleted leaves, whatever the guard holds.
  const held = {
    sql: `(${block.sql} AND NOT has({st_excluded:Array(String)}, person_id))`,
    parameters: { ...block.parameters, st_excluded: scope.excluded ?? [] },
  };
  const leaves = `desired = 0 AND held >= ${HELD.in}`;
  const of = {
    accepted: `desired = 1 AND held = ${HELD.in}`,
    waiting: `desired = 1 AND held != ${HELD.in} AND NOT ${refusedFor(1)}`,
    refused: `desired = 1 AND held != ${HELD.in} AND ${refusedFor(1)}`,
    leavingWaiting: `${leaves} AND NOT ${refusedFor(0)} AND NOT ${held.sql}`,
    leavingRefused: `${leaves} AND ${refusedFor(0)} AND NOT ${held.sql}`,
    leavingHeld: `${leaves} AND ${held.sql}`,
  };
  return { of, parameters: held.parameters };
}

/** Numbers of one audience as the engine counts them. */
export interface StandingCounts {
  readonly audience: string;
  readonly size: number;
  /** Members with a person identifier who are not excluded. */
  readonly withIdentifier: number;
  /** Members who are to be deleted. */
  readonly suppressed: number;
  readonly accepted: number;
  readonly refused: number;
  readonly waiting: number;
  readonly leavingWaiting: number;
  readonly leavingRefused: number;
  readonly leavingHeld: number;
}

interface Counted {
  readonly audience: string;
  readonly members: number;
  readonly accepted: number;
  readonly refusedIn: number;
  readonly waiting: number;
  readonly refusedOut: number;
  readonly waitingOut: number;
  readonly heldOut: number;
}

/** Counts people by what is held of them. */
export async function countStanding(engine: Engine, scope: StandingScope): Promise<StandingCounts[]> {
  const { sql, parameters } = standing(scope);
  const { of, parameters: bound } = stateConditions(scope);
  const people = await engine.query<Counted>(
    // Names of their own: ClickHouse takes an alias for the column of the same name.
    `SELECT audience,
      toUInt32(countIf(desired = 1)) AS members,
      toUInt32(countIf(${of.accepted})) AS accepted,
      toUInt32(countIf(${of.refused})) AS refusedIn,
      toUInt32(countIf(${of.waiting})) AS waiting,
      toUInt32(countIf(${of.leavingRefused})) AS refusedOut,
      toUInt32(countIf(${of.leavingWaiting})) AS waitingOut,
      toUInt32(countIf(${of.leavingHeld})) AS heldOut
    FROM (${sql}) GROUP BY audience`,
    { ...parameters, ...bound },
  );
  const sizes = await engine.query<{ audience: string; size: number }>(
    `${scope.people.sql}
    SELECT toString(audience) AS audience, toUInt32(count()) AS size FROM member
    WHERE audience IN {st_linked:Array(String)} GROUP BY audience`,
    { ...scope.people.parameters, st_linked: scope.linked },
  );
  const excluded = await countExcluded(engine, scope);
  const sizeOf = new Map(sizes.map(({ audience, size }) => [audience, size]));
  const counted = new Map(people.map((row) => [row.audience, row]));
  return [...scope.linked, ...scope.takingOut].map((audience) => {
    const row = counted.get(audience);
    return {
      audience,
      size: sizeOf.get(audience) ?? 0,
      withIdentifier: row?.members ?? 0,
      suppressed: excluded.get(audience) ?? 0,
      accepted: row?.accepted ?? 0,
      refused: row?.refusedIn ?? 0,
      waiting: row?.waiting ?? 0,
      leavingWaiting: row?.waitingOut ?? 0,
      leavingRefused: row?.refusedOut ?? 0,
      leavingHeld: row?.heldOut ?? 0,
    };
  });
}

async function countExcluded(engine: Engine, scope: StandingScope): Promise<ReadonlyMap<string, number>> {
  if ((scope.excluded ?? []).length === 0) return new Map();
  const rows = await engine.query<{ audience: string; people: number }>(
    `${scope.people.sql}
    SELECT toString(member.audience) AS audience, toUInt32(count()) AS people
    FROM member INNER JOIN person ON person.profile = member.profile
    WHERE member.audience IN {st_linked:Array(String)} AND ${EXCLUDED} GROUP BY audience`,
    { ...scope.people.parameters, st_linked: scope.linked, st_excluded: scope.excluded ?? [] },
  );
  return new Map(rows.map(({ audience, people }) => [audience, people]));
}
