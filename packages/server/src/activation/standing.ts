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

/** Several activations that know people by the same identifier, looked at together. */
export interface StandingScopes extends Pick<StandingScope, "excluded" | "people"> {
  readonly of: readonly Pick<StandingScope, "activation" | "linked" | "takingOut" | "held">[];
}

/** How the engine numbers what is held; `absent` means that nothing was ever sent. */
export const HELD = { absent: 0, out: 1, in: 2, unknown: 3 } as const;

/** Over `person.value`. */
const EXCLUDED = "has({st_excluded:Array(String)}, person.value)";

/** Where {@link compared} finds the people of segments. */
interface Segments {
  /** Names of the columns that tell the segments apart, the audience among them. */
  readonly keys: string;
  /** A source with `member` and `person`. */
  readonly members: string;
  /** The keys of one of its rows, by their names, and which of its rows count. */
  readonly memberKeys: string;
  readonly linked: string;
  /** The keys of a row that holds something of a person, and which of these rows count. */
  readonly heldKeys: string;
  readonly carried: string;
}

/**
 * One row for each segment and person id that is desired or of whom anything is held: its keys, and
 * `person_id, desired, held, attempted, attempted_at, refused, refused_membership, due_at`
 * (times in ms UTC; `held` by {@link HELD}). Versions are compared inside one pass over a union, which takes
 * a third of the memory of joins; what belongs to a version is packed into one number for the same reason.
 */
function compared(
  people: Fragment,
  { keys, members, memberKeys, linked, heldKeys, carried }: Segments,
): string {
  return `${people.sql}
    SELECT ${keys}, person_id,
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
      SELECT ${memberKeys}, person.value AS person_id, toUInt8(1) AS wanted,
        toUInt64(0) AS packed_state, toUInt64(0) AS state_version,
        toUInt64(0) AS packed_refusal, toUInt64(0) AS refusal_version
      FROM ${members}
      WHERE ${linked} AND NOT ${EXCLUDED}
      UNION ALL
      SELECT ${heldKeys}, person_id, toUInt8(0),
        bitShiftLeft(toUInt64(toUnixTimestamp64Milli(at)), 3) + attempted * 4
          + multiIf(state = 'out', ${HELD.out}, state = 'in', ${HELD.in}, ${HELD.unknown}),
        version, toUInt64(0), toUInt64(0)
      FROM delivery_state
      WHERE ${carried}
      UNION ALL
      SELECT ${heldKeys}, person_id, toUInt8(0), toUInt64(0), toUInt64(0),
        if(attempts = 0, 0, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(next_attempt_at)), 2) + membership * 2 + 1),
        version
      FROM delivery_refusal
      WHERE ${carried}
    )
    GROUP BY ${keys}, person_id`;
}

const MEMBERS = "member INNER JOIN person ON person.profile = member.profile";

/** How people stand in an activation's segments, as {@link compared}: `audience, person_id, …`. */
export function standing(scope: StandingScope): Fragment {
  return {
    sql: compared(scope.people, {
      keys: "audience",
      members: MEMBERS,
      memberKeys: "toString(member.audience) AS audience",
      linked: "member.audience IN {st_linked:Array(String)}",
      heldKeys: "toString(audience)",
      carried: "activation = {st_activation:UInt32} AND audience IN {st_carried:Array(String)}",
    }),
    parameters: {
      ...scope.people.parameters,
      st_activation: scope.activation,
      st_linked: scope.linked,
      st_carried: carriedBy(scope),
      st_excluded: scope.excluded ?? [],
    },
  };
}

function carriedBy({ linked, takingOut }: Pick<StandingScope, "linked" | "takingOut">): string[] {
  return [...linked, ...takingOut];
}

/** `SELECT activation, audience`: pairs of two arrays that are bound. */
function pairsSql(activations: string, audiences: string): string {
  return `SELECT pair.1 AS activation, pair.2 AS audience
    FROM (SELECT arrayJoin(arrayZip({${activations}:Array(UInt32)}, {${audiences}:Array(String)})) AS pair)`;
}

/** How people stand in the segments of several activations, as {@link compared}: `activation, audience, person_id, …`. */
function standingOfEach({ of, excluded = [], people }: StandingScopes): Fragment {
  return {
    sql: compared(people, {
      keys: "activation, audience",
      members: `${MEMBERS}
        INNER JOIN (${pairsSql("st_linked_by", "st_linked")}) AS link ON link.audience = member.audience`,
      memberKeys: "link.activation AS activation, toString(member.audience) AS audience",
      linked: "member.audience IN {st_linked:Array(String)}",
      heldKeys: "activation, toString(audience)",
      carried: `activation IN {st_carried_by:Array(UInt32)} AND audience IN {st_carried:Array(String)}
        AND (activation, toString(audience)) IN (${pairsSql("st_carried_by", "st_carried")})`,
    }),
    parameters: {
      ...people.parameters,
      st_linked: of.flatMap(({ linked }) => linked),
      st_linked_by: of.flatMap(({ activation, linked }) => linked.map(() => activation)),
      st_carried: of.flatMap(carriedBy),
      st_carried_by: of.flatMap((one) => carriedBy(one).map(() => one.activation)),
      st_excluded: excluded,
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
  return conditions(heldIn(scope.held ?? [], "st", HOLDER), scope.excluded ?? []);
}

const HOLDER = { audience: "audience", person: "person_id" } as const;

function conditions(block: Fragment, excluded: readonly string[]): ReturnType<typeof stateConditions> {
  // Who is to be deleted leaves, whatever the guard holds.
  const held = {
    sql: `(${block.sql} AND NOT has({st_excluded:Array(String)}, person_id))`,
    parameters: { ...block.parameters, st_excluded: excluded },
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
  readonly by: number;
  readonly of: string;
  readonly members: number;
  readonly accepted: number;
  readonly refusedIn: number;
  readonly waiting: number;
  readonly refusedOut: number;
  readonly waitingOut: number;
  readonly heldOut: number;
}

/** Counts an activation's people by what is held of them. */
export async function countStanding(engine: Engine, scope: StandingScope): Promise<StandingCounts[]> {
  const { excluded = [], people, ...of } = scope;
  return (await countStandingOfEach(engine, { of: [of], excluded, people })).get(scope.activation) ?? [];
}

/** Counts the people of several activations by what is held of them, by the activation's number. */
export async function countStandingOfEach(
  engine: Engine,
  scopes: StandingScopes,
): Promise<ReadonlyMap<number, StandingCounts[]>> {
  const counted = await countHeld(engine, scopes);
  const sizes = await countMembers(engine, scopes);
  const excluded = await countExcluded(engine, scopes);
  return new Map(
    scopes.of.map((one) => [
      one.activation,
      carriedBy(one).map((audience): StandingCounts => {
        const row = counted.get(`${one.activation} ${audience}`);
        // Of an audience that is taken off nobody is a member here, whoever else carries it.
        const isLinked = one.linked.includes(audience);
        return {
          audience,
          size: isLinked ? (sizes.get(audience) ?? 0) : 0,
          withIdentifier: row?.members ?? 0,
          suppressed: isLinked ? (excluded.get(audience) ?? 0) : 0,
          accepted: row?.accepted ?? 0,
          refused: row?.refusedIn ?? 0,
          waiting: row?.waiting ?? 0,
          leavingWaiting: row?.waitingOut ?? 0,
          leavingRefused: row?.refusedOut ?? 0,
          leavingHeld: row?.heldOut ?? 0,
        };
      }),
    ]),
  );
}

async function countHeld(engine: Engine, scopes: StandingScopes): Promise<ReadonlyMap<string, Counted>> {
  if (scopes.of.every((one) => carriedBy(one).length === 0)) return new Map();
  const { by, people, held } = heldPeople(scopes);
  const { of, parameters: bound } = conditions(held, scopes.excluded ?? []);
  const rows = await engine.query<Counted>(
    // Names of their own: ClickHouse takes an alias for the column of the same name.
    `SELECT ${by} AS by, audience AS of,
      toUInt32(countIf(desired = 1)) AS members,
      toUInt32(countIf(${of.accepted})) AS accepted,
      toUInt32(countIf(${of.refused})) AS refusedIn,
      toUInt32(countIf(${of.waiting})) AS waiting,
      toUInt32(countIf(${of.leavingRefused})) AS refusedOut,
      toUInt32(countIf(${of.leavingWaiting})) AS waitingOut,
      toUInt32(countIf(${of.leavingHeld})) AS heldOut
    FROM (${people.sql}) GROUP BY by, of`,
    { ...people.parameters, ...bound },
  );
  return new Map(rows.map((row) => [`${row.by} ${row.of}`, row]));
}

/** What is counted: of one activation without pairing members with those who carry them, which takes a fifth longer. */
function heldPeople({ of, excluded, people }: StandingScopes): {
  readonly by: string;
  readonly people: Fragment;
  readonly held: Fragment;
} {
  const [only, ...others] = of;
  if (only !== undefined && others.length === 0) {
    const scope = { ...only, people, ...(excluded === undefined ? {} : { excluded }) };
    return {
      by: "{st_activation:UInt32}",
      people: standing(scope),
      held: heldIn(only.held ?? [], "st", HOLDER),
    };
  }
  const blocks = of.flatMap(({ activation, held = [] }) => held.map((block) => ({ activation, block })));
  const activations = blocks.map(({ activation }) => activation);
  return {
    by: "activation",
    people: standingOfEach({ of, people, ...(excluded === undefined ? {} : { excluded }) }),
    held: heldIn(
      blocks.map(({ block }) => block),
      "st",
      HOLDER,
      { activations, column: "activation" },
    ),
  };
}

/** How many members the linked audiences have, whoever carries them. */
async function countMembers(
  engine: Engine,
  { of, people }: StandingScopes,
): Promise<ReadonlyMap<string, number>> {
  const linked = linkedIn(of);
  if (linked.length === 0) return new Map();
  const rows = await engine.query<{ audience: string; size: number }>(
    `${people.sql}
    SELECT toString(audience) AS audience, toUInt32(count()) AS size FROM member
    WHERE audience IN {st_linked:Array(String)} GROUP BY audience`,
    { ...people.parameters, st_linked: linked },
  );
  return new Map(rows.map(({ audience, size }) => [audience, size]));
}

async function countExcluded(
  engine: Engine,
  { of, excluded = [], people }: StandingScopes,
): Promise<ReadonlyMap<string, number>> {
  const linked = linkedIn(of);
  if (excluded.length === 0 || linked.length === 0) return new Map();
  const rows = await engine.query<{ audience: string; people: number }>(
    `${people.sql}
    SELECT toString(member.audience) AS audience, toUInt32(count()) AS people
    FROM ${MEMBERS}
    WHERE member.audience IN {st_linked:Array(String)} AND ${EXCLUDED} GROUP BY audience`,
    { ...people.parameters, st_linked: linked, st_excluded: excluded },
  );
  return new Map(rows.map((row) => [row.audience, row.people]));
}

function linkedIn(of: StandingScopes["of"]): string[] {
  return [...new Set(of.flatMap(({ linked }) => linked))];
}
