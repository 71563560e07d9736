import type { Engine, Parameters } from "../engine/index.ts";

/** A piece of SQL with the values that it binds. */
export interface Fragment {
  readonly sql: string;
  readonly parameters: Parameters;
}

/** How a person stands there and here; each person is in one part. */
export const PARTS = ["both", "onlyThere", "onlyHere", "withoutProfile"] as const;
export type Part = (typeof PARTS)[number];

export interface ComparedPerson {
  readonly person: string;
  readonly part: Part;
  /** null: nobody here is known by this id. */
  readonly profile: number | null;
}

/** Numbers of people by {@link Part}. */
export type PartCounts = Readonly<Record<Part, number>>;

const PART = `multiIf(there = 1 AND here = 1, 'both', here = 1, 'onlyHere', profile != 0, 'onlyThere', 'withoutProfile')`;

/** Lists of members, and their comparison with the members here. */
export class MemberListRepository {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @param at ms UTC: from then on they are kept for a month */
  async write(
    list: number,
    people: readonly { readonly audience: string; readonly person: string }[],
    at: number,
  ): Promise<void> {
    const time = new Date(at).toISOString();
    const rows = people.map(({ audience, person }) => [list, audience, person, time]);
    await this.#engine.insert("member_list", ["list", "audience", "person_id", "at"], rows);
  }

  /** How many people each audience of a list has, by its id. */
  async audiences(list: number): Promise<{ id: string; people: number }[]> {
    return this.#engine.query(
      `SELECT audience AS id, toUInt32(uniqExact(person_id)) AS people
      FROM member_list WHERE list = {ml_list:UInt32} GROUP BY audience ORDER BY audience`,
      { ml_list: list },
    );
  }

  async counts(list: number, audience: string, people: Fragment): Promise<PartCounts> {
    const { sql, parameters } = compared(list, audience, people);
    const rows = await this.#engine.query<{ part: Part; people: number }>(
      `SELECT part, toUInt32(count()) AS people FROM (${sql}) GROUP BY part`,
      parameters,
    );
    const found = new Map(rows.map((row) => [row.part, row.people]));
    return {
      both: found.get("both") ?? 0,
      onlyThere: found.get("onlyThere") ?? 0,
      onlyHere: found.get("onlyHere") ?? 0,
      withoutProfile: found.get("withoutProfile") ?? 0,
    };
  }

  /** The first people of a part, by their ids. */
  async examples(
    list: number,
    audience: string,
    people: Fragment,
    part: Part,
    limit: number,
  ): Promise<ComparedPerson[]> {
    const { sql, parameters } = compared(list, audience, people);
    return this.#engine.query(
      `SELECT person, part, profile FROM (${sql}) WHERE part = {ml_part:String} ORDER BY person LIMIT {ml_limit:UInt32}`,
      { ...parameters, ml_part: part, ml_limit: limit },
    );
  }

  /** Everybody of an audience, in blocks. */
  people(
    list: number,
    audience: string,
    people: Fragment,
    parts: readonly Part[],
  ): AsyncIterable<ComparedPerson[]> {
    const { sql, parameters } = compared(list, audience, people);
    return this.#engine.stream(
      `SELECT person, part, profile FROM (${sql}) WHERE part IN {ml_parts:Array(String)} ORDER BY part, person`,
      { ...parameters, ml_parts: parts },
    );
  }
}

/** People of a list who stand in one audience: a SELECT of `person_id`. */
export function listed(list: number, audience: string): Fragment {
  return {
    sql: "SELECT DISTINCT person_id FROM member_list WHERE list = {ml_list:UInt32} AND audience = {ml_audience:String}",
    parameters: { ml_list: list, ml_audience: audience },
  };
}

/** @param people defines `member(audience, profile)` and `person(profile, value)` */
function compared(list: number, audience: string, people: Fragment): Fragment {
  const there = listed(list, audience);
  return {
    sql: `${people.sql}
    SELECT person, ${PART} AS part, if(profile = 0, NULL, profile) AS profile
    FROM (
      SELECT person, max(is_there) AS there, max(is_here) AS here, max(number) AS profile
      FROM (
        SELECT person_id AS person, 1 AS is_there, 0 AS is_here, toUInt32(0) AS number FROM (${there.sql})
        UNION ALL
        SELECT person.value, 0, 1, person.profile
        FROM member INNER JOIN person ON person.profile = member.profile
        WHERE member.audience = {ml_audience:String}
        UNION ALL
        SELECT value, 0, 0, profile FROM person WHERE value IN (${there.sql})
      )
      GROUP BY person
    )`,
    parameters: { ...people.parameters, ...there.parameters },
  };
}
