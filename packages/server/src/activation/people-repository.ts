import type { Engine, Parameters } from "../engine/engine.ts";
import { type SentState, type StandingScope, standing, stateConditions } from "./standing.ts";

/** One person in one segment; instants in ms UTC. */
export interface StandingPerson {
  /** As the destination knows the person; null: there is no such value. */
  readonly personId: string | null;
  /** Null: nobody owns the id any more. */
  readonly profile: number | null;
  /** When a message about the person was last prepared; null: never. */
  readonly lastSentAt: number | null;
  /** Of a refused person: why, how often in a row, and when the next attempt is. */
  readonly refusal: {
    readonly code: string;
    readonly reason: string;
    readonly attempts: number;
    readonly at: number;
    readonly nextAttemptAt: number;
  } | null;
}

/** Refusals with the same answer, apart from ids and numbers in it. */
export interface RefusalGroup {
  readonly audience: string;
  /** true: they were to join. */
  readonly membership: boolean;
  readonly code: string;
  /** One of the answers. */
  readonly reason: string;
  readonly people: number;
  /** When the first of them is tried again, ms UTC. */
  readonly nextAttemptAt: number;
}

interface PersonRow {
  readonly personId: string;
  readonly profile: number;
  readonly held: number;
  readonly attemptedAt: number;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
  readonly refusedAt: number;
  readonly nextAttemptAt: number;
}

/** So many different answers are told. */
const GROUPS = 100;

const REFUSALS = `SELECT toString(audience) AS audience, person_id, argMax(code, version) AS refused_code,
    argMax(reason, version) AS refused_reason, argMax(attempts, version) AS refused_attempts,
    toUnixTimestamp64Milli(argMax(at, version)) AS refused_at,
    toUnixTimestamp64Milli(argMax(next_attempt_at, version)) AS next_at
  FROM delivery_refusal
  WHERE activation = {st_activation:UInt32} AND audience IN {st_carried:Array(String)}
  GROUP BY audience, person_id HAVING refused_attempts > 0`;

/** Reads who stands how, by the conditions by which they are counted. */
export class PeopleRepository {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * People of one audience, ordered by person id.
   * @param scope of that audience alone
   * @param after the last person id of the page before
   */
  async page(
    scope: StandingScope,
    state: SentState,
    { after, personId, limit }: { after?: string | undefined; personId?: string | undefined; limit: number },
  ): Promise<StandingPerson[]> {
    const { sql, parameters } = peopleSql(scope, state, { after, personId, limit });
    return (await this.#engine.query<PersonRow>(sql, parameters)).map(personOf);
  }

  /** All of them, block by block. */
  async *all(scope: StandingScope, state: SentState): AsyncGenerator<StandingPerson[]> {
    const { sql, parameters } = peopleSql(scope, state, {});
    for await (const rows of this.#engine.stream<PersonRow>(sql, parameters)) yield rows.map(personOf);
  }

  /** How many are in segments of an activation, or may be, besides those of some audiences. */
  async heldOutside(
    activation: number,
    audiences: readonly string[],
  ): Promise<{ readonly audience: string; readonly people: number }[]> {
    return this.#engine.query(
      `SELECT segment AS audience, toUInt32(count()) AS people FROM (
        SELECT toString(audience) AS segment, person_id FROM delivery_state
        WHERE activation = {ho_activation:UInt32} AND audience NOT IN {ho_audiences:Array(String)}
        GROUP BY audience, person_id HAVING argMax(state, version) != 'out'
      ) GROUP BY segment ORDER BY people DESC, segment`,
      { ho_activation: activation, ho_audiences: audiences },
    );
  }

  /** Members without a person identifier, by number of profile. */
  async withoutIdentifier(scope: StandingScope, after: number, limit: number): Promise<StandingPerson[]> {
    const { sql, parameters } = nobodySql(scope, after, limit);
    return (await this.#engine.query<{ profile: number }>(sql, parameters)).map(nobody);
  }

  async *allWithoutIdentifier(scope: StandingScope): AsyncGenerator<StandingPerson[]> {
    const { sql, parameters } = nobodySql(scope, 0, undefined);
    for await (const rows of this.#engine.stream<{ profile: number }>(sql, parameters))
      yield rows.map(nobody);
  }

  /** Members who are to be deleted, ordered by person id. There are few. */
  async excluded(
    scope: StandingScope,
    { after = "", personId, limit }: { after?: string; personId?: string | undefined; limit?: number },
  ): Promise<StandingPerson[]> {
    const rows = await this.#engine.query<{ personId: string; profile: number }>(
      `${scope.people.sql}
      SELECT person.value AS personId, member.profile AS profile
      FROM member INNER JOIN person ON person.profile = member.profile
      WHERE member.audience IN {st_linked:Array(String)} AND has({st_excluded:Array(String)}, person.value)
        AND person.value > {pp_after:String} ${personId === undefined ? "" : "AND person.value = {pp_person:String}"}
      ORDER BY personId ${limit === undefined ? "" : "LIMIT {pp_limit:UInt32}"}`,
      {
        ...scope.people.parameters,
        st_linked: scope.linked,
        st_excluded: scope.excluded ?? [],
        pp_after: after,
        ...(personId === undefined ? {} : { pp_person: personId }),
        ...(limit === undefined ? {} : { pp_limit: limit }),
      },
    );
    return rows.map((row) => ({ ...row, lastSentAt: null, refusal: null }));
  }

  async *allExcluded(scope: StandingScope): AsyncGenerator<StandingPerson[]> {
    yield await this.excluded(scope, {});
  }

  /** Why people are refused now, the most frequent answers first. */
  async refusalGroups(scope: StandingScope): Promise<RefusalGroup[]> {
    const { sql, parameters } = standing(scope);
    const { of, parameters: bound } = stateConditions(scope);
    const rows = await this.#engine.query<Omit<RefusalGroup, "membership"> & { membership: number }>(
      `SELECT person.audience AS audience, person.desired AS membership, refusal.refused_code AS code,
        any(refusal.refused_reason) AS reason, toUInt32(count()) AS people, min(refusal.next_at) AS nextAttemptAt
      FROM (
        SELECT audience, person_id, desired FROM (${sql})
        WHERE (${of.refused}) OR (${of.leavingRefused})
      ) AS person
      INNER JOIN (${REFUSALS}) AS refusal
      ON refusal.audience = person.audience AND refusal.person_id = person.person_id
      GROUP BY audience, membership, code,
        replaceRegexpAll(replaceAll(refusal.refused_reason, person.person_id, '…'), '[0-9]+', '0')
      ORDER BY people DESC, audience, code LIMIT ${GROUPS}`,
      { ...parameters, ...bound },
    );
    return rows.map((row) => ({ ...row, membership: row.membership === 1 }));
  }

  /**
   * Lets refused people be sent again from `now` on; how often they were refused is kept, so they go alone. A later
   * answer, of whatever run, counts more.
   * @param personIds only these; absent: all of the audience
   * @returns how many waited and don't any more
   */
  async liftBackOff(
    activation: number,
    audience: string,
    personIds: readonly string[] | undefined,
    now: number,
  ): Promise<number> {
    const waiting = `SELECT person_id, argMax(membership, version) AS was_for, argMax(code, version) AS was_code,
        argMax(reason, version) AS was_reason, argMax(attempts, version) AS was_attempts, argMax(at, version) AS was_at,
        argMax(next_attempt_at, version) AS was_next, max(version) AS was_version
      FROM delivery_refusal
      WHERE activation = {pp_activation:UInt32} AND audience = {pp_audience:String}
        ${personIds === undefined ? "" : "AND person_id IN {pp_people:Array(String)}"}
      GROUP BY person_id
      HAVING was_attempts > 0 AND was_next > fromUnixTimestamp64Milli({pp_now:Int64}, 'UTC')`;
    const parameters: Parameters = {
      pp_activation: activation,
      pp_audience: audience,
      pp_now: now,
      ...(personIds === undefined ? {} : { pp_people: personIds }),
    };
    const [found] = await this.#engine.query<{ people: number }>(
      `SELECT toUInt32(count()) AS people FROM (${waiting})`,
      parameters,
    );
    if (found === undefined || found.people === 0) return 0;
    await this.#engine.command(
      `INSERT INTO delivery_refusal
        (activation, audience, person_id, membership, code, reason, attempts, at, next_attempt_at, version)
      SELECT {pp_activation:UInt32}, {pp_audience:String}, person_id, was_for, was_code, was_reason, was_attempts,
        was_at, fromUnixTimestamp64Milli({pp_now:Int64}, 'UTC'), was_version + 1
      FROM (${waiting})`,
      parameters,
    );
    return found.people;
  }
}

function peopleSql(
  scope: StandingScope,
  state: SentState,
  { after, personId, limit }: { after?: string | undefined; personId?: string | undefined; limit?: number },
): { readonly sql: string; readonly parameters: Parameters } {
  const { sql, parameters } = standing(scope);
  const { of, parameters: bound } = stateConditions(scope);
  return {
    sql: `${scope.people.sql}
    SELECT found.person_id AS personId, known.profile AS profile, found.held AS held, found.attempted_at AS attemptedAt,
      refusal.refused_code AS code, refusal.refused_reason AS reason, refusal.refused_attempts AS attempts,
      refusal.refused_at AS refusedAt, refusal.next_at AS nextAttemptAt
    FROM (
      SELECT person_id, held, attempted_at FROM (${sql})
      WHERE (${of[state]})
        ${after === undefined ? "" : "AND person_id > {pp_after:String}"}
        ${personId === undefined ? "" : "AND person_id = {pp_person:String}"}
      ORDER BY person_id ${limit === undefined ? "" : "LIMIT {pp_limit:UInt32}"}
    ) AS found
    LEFT ANY JOIN (SELECT value, profile FROM person) AS known ON known.value = found.person_id
    LEFT ANY JOIN (${REFUSALS}) AS refusal ON refusal.person_id = found.person_id
    ORDER BY personId`,
    parameters: {
      ...parameters,
      ...bound,
      ...(after === undefined ? {} : { pp_after: after }),
      ...(personId === undefined ? {} : { pp_person: personId }),
      ...(limit === undefined ? {} : { pp_limit: limit }),
    },
  };
}

function nobodySql(
  { people, linked }: StandingScope,
  after: number,
  limit: number | undefined,
): { readonly sql: string; readonly parameters: Parameters } {
  return {
    sql: `${people.sql}
    SELECT profile FROM member
    WHERE audience IN {st_linked:Array(String)} AND profile > {pp_after:UInt32}
      AND profile NOT IN (SELECT profile FROM person)
    ORDER BY profile ${limit === undefined ? "" : "LIMIT {pp_limit:UInt32}"}`,
    parameters: {
      ...people.parameters,
      st_linked: linked,
      pp_after: after,
      ...(limit === undefined ? {} : { pp_limit: limit }),
    },
  };
}

function personOf(row: PersonRow): StandingPerson {
  const { personId, profile, held, attemptedAt, code, reason, attempts, refusedAt, nextAttemptAt } = row;
  return {
    personId,
    profile: profile === 0 ? null : profile,
    lastSentAt: held === 0 ? null : attemptedAt,
    refusal: attempts === 0 ? null : { code, reason, attempts, at: refusedAt, nextAttemptAt },
  };
}

function nobody({ profile }: { readonly profile: number }): StandingPerson {
  return { personId: null, profile, lastSentAt: null, refusal: null };
}
