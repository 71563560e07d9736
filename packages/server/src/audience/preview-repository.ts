import type { ColumnType, CompiledRules, ResolvedRule } from "@peregrine/core";
import {
  current,
  type Engine,
  eventTable,
  type Needs,
  type Sample,
  stretchSql,
  views,
  visible,
} from "../engine/index.ts";
import type { Snapshot } from "../store/index.ts";
import { currentMembersSql } from "./repository.ts";
import { RULE_SETTINGS } from "./rule-settings.ts";
import { tiedAttributes } from "./tied-attributes.ts";

/** An attribute with the catalog numbers of its columns. */
export interface AttributeColumns {
  readonly name: string;
  readonly type: ColumnType;
  readonly numbers: readonly number[];
}

/** How many people, and the first of them by number. */
export interface Found {
  readonly size: number;
  readonly first: readonly number[];
}

export interface PreviewCounts extends Found {
  readonly withoutIdentifier: number;
  /** How many people each of the compiled rules finds, in their order. */
  readonly sizes: readonly number[];
  /** Against the members of an audience; undefined where none is compared with. */
  readonly change: Change | undefined;
}

interface Change {
  readonly members: number;
  readonly joins: Found;
  readonly leaves: Found;
}

interface CountsRow {
  readonly sizes: readonly number[];
  readonly without: number;
  readonly first: readonly number[];
}

interface ChangeRow {
  readonly members: number;
  readonly joins: number;
  readonly joining: readonly number[];
  readonly stay: number;
  readonly leaving: readonly number[];
}

export interface Extent {
  readonly people: number;
  readonly last: number;
  readonly rows: number;
}

/** What one stretch of a sample has. */
export interface StretchCounts {
  readonly people: number;
  /** How many people each of the compiled rules finds, in their order. */
  readonly sizes: readonly number[];
  readonly without: number;
  /** Some of those whom the first rule finds. */
  readonly first: readonly number[];
}

/**
 * What is looked up in a preview is found almost everywhere in the tables, so their indexes leave nothing out, and asking
 * them takes longer than planning all the rest ([m] of a sample: 0.15 s of 0.43 s).
 */
const PREVIEW_SETTINGS = { ...RULE_SETTINGS, use_index_for_in_with_subqueries: 0 } as const;

/** Counts whom rules would find, and shows some of them; writes nothing. */
export class PreviewRepository {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** See {@link tiedAttributes}. */
  tiedAttributes(rules: readonly ResolvedRule[]): Promise<ReadonlySet<number>> {
    return tiedAttributes(this.#engine, rules);
  }

  /**
   * All counts by one statement. The first of the compiled rules is the one that is previewed.
   *
   * @param identifier number of the identifier that is asked about
   * @param audience the members of this one are compared with
   * @param limit so many people are named of each kind
   */
  async counts(
    snapshot: Snapshot,
    compiled: CompiledRules,
    identifier: number | undefined,
    audience: string | undefined,
    limit: number,
  ): Promise<PreviewCounts> {
    const needs: Needs = { ...compiled.needs, identifiers: identifier === undefined ? [] : [identifier] };
    const head = views(snapshot, needs);
    const known =
      identifier === undefined ? "0" : `profile IN (SELECT profile FROM identifier_view_${identifier})`;
    const holds = compiled.columns[0] ?? "0";
    const first = (condition: string) => `groupArraySortedIf({pv_limit:UInt32})(profile, ${condition})`;
    const members = audience === undefined ? undefined : currentMembersSql(snapshot, [audience]);
    const was = members === undefined ? "" : `, profile IN (SELECT profile FROM (${members.sql})) AS was`;
    // Left out where nothing is compared: counted against nothing they cost a tenth of a preview all the same.
    const change =
      members === undefined
        ? ""
        : `,
  (SELECT toUInt32(count()) FROM (${members.sql})) AS members,
  toUInt32(countIf(${holds} = 1 AND NOT was)) AS joins, ${first(`${holds} = 1 AND NOT was`)} AS joining,
  toUInt32(countIf(${holds} = 1 AND was)) AS stay, ${first(`${holds} = 0 AND was`)} AS leaving`;
    const [row] = await this.#engine.query<CountsRow & Partial<ChangeRow>>(
      `${head.sql}SELECT [${compiled.columns.map((column) => `toUInt32(countIf(${column} = 1))`).join(", ")}] AS sizes,
  toUInt32(countIf(${holds} = 1 AND NOT known)) AS without, ${first(`${holds} = 1`)} AS first${change}
FROM (SELECT *, ${known} AS known${was} FROM (${compiled.sql}))`,
      { ...head.parameters, ...members?.parameters, ...compiled.parameters, pv_limit: limit },
      { settings: PREVIEW_SETTINGS },
    );
    if (row === undefined) throw new TypeError("a count came without a row");
    const { sizes, without } = row;
    return {
      size: sizes[0] ?? 0,
      first: row.first,
      withoutIdentifier: without,
      sizes,
      change: members === undefined ? undefined : changeOf(row),
    };
  }

  /** How many people there are, their highest number, and how many rows a count over all of them reads. */
  async extent(
    snapshot: Snapshot,
    { attributes, events }: CompiledRules["needs"],
    types: readonly string[],
  ): Promise<Extent> {
    const seen = visible(snapshot);
    // By the sort keys alone, of which the engine knows how many rows each has.
    const counts = [
      "SELECT count() AS number FROM attribute WHERE attribute IN {pv_attributes:Array(UInt32)}",
      ...events.map(
        ({ schema }) =>
          `SELECT count() AS number FROM ${eventTable(schema)} WHERE type IN {pv_types:Array(String)}`,
      ),
    ];
    const [row] = await this.#engine.query<Extent>(
      `SELECT toUInt32(numbers - merged) AS people, last, toUInt64(numbers + rows) AS rows FROM
  (SELECT count() AS numbers, max(profile) AS last FROM profile WHERE ${seen.sql}) AS p,
  (SELECT uniqExact(old) AS merged FROM profile_merge WHERE ${seen.sql}) AS m,
  (SELECT sum(number) AS rows FROM (${counts.join(" UNION ALL ")})) AS r`,
      { ...seen.parameters, pv_attributes: attributes, pv_types: types },
    );
    return row ?? { people: 0, last: 0, rows: 0 };
  }

  /**
   * The same counts of the people of a sample, for each of its stretches that has any people, by one statement.
   *
   * @param identifier number of the identifier that is asked about
   * @param limit so many people are named of each stretch
   */
  async sampled(
    snapshot: Snapshot,
    compiled: CompiledRules,
    identifier: number | undefined,
    sample: Sample,
    limit: number,
  ): Promise<readonly StretchCounts[]> {
    const head = views(snapshot, {
      ...compiled.needs,
      identifiers: identifier === undefined ? [] : [identifier],
      sample,
    });
    const known =
      identifier === undefined ? "0" : `profile IN (SELECT profile FROM identifier_view_${identifier})`;
    const holds = compiled.columns[0] ?? "0";
    return this.#engine.query<StretchCounts>(
      `${head.sql}SELECT toUInt32(count()) AS people,
  [${compiled.columns.map((column) => `toUInt32(countIf(${column} = 1))`).join(", ")}] AS sizes,
  toUInt32(countIf(${holds} = 1 AND NOT known)) AS without,
  groupArraySortedIf({pv_limit:UInt32})(profile, ${holds} = 1) AS first
FROM (SELECT *, ${known} AS known FROM (${compiled.sql})) GROUP BY ${stretchSql("profile", sample)}`,
      { ...head.parameters, ...compiled.parameters, pv_limit: limit },
      { settings: PREVIEW_SETTINGS },
    );
  }

  /** All numbers of some profiles: each number that was merged into one of them, and which. */
  async mergedInto(snapshot: Snapshot, profiles: readonly number[]): Promise<ReadonlyMap<number, number>> {
    if (profiles.length === 0) return new Map();
    const seen = visible(snapshot);
    const rows = await this.#engine.query<{ readonly old: number; readonly canonical: number }>(
      `SELECT old, argMax(new, (arrival, step)) AS canonical FROM profile_merge
WHERE old IN (SELECT old FROM profile_merge WHERE new IN {pv_profiles:Array(UInt32)}) AND ${seen.sql}
GROUP BY old HAVING has({pv_profiles:Array(UInt32)}, canonical)`,
      { ...seen.parameters, pv_profiles: profiles },
    );
    return new Map(rows.map(({ old, canonical }) => [old, canonical]));
  }

  /** All identifiers that are owned under some numbers: number of the identifier's definition, and value. */
  async identifiersOf(
    snapshot: Snapshot,
    numbers: readonly number[],
    kinds: readonly number[],
  ): Promise<readonly { readonly owner: number; readonly kind: number; readonly value: string }[]> {
    if (numbers.length === 0 || kinds.length === 0) return [];
    const seen = visible(snapshot);
    // By the sort keys of both tables: a view of all identifiers would read them all.
    return this.#engine.query(
      `SELECT kind, value, argMax(log.profile, (log.arrival, log.step)) AS owner
FROM (
  SELECT kind, value, profile, arrival, step FROM identifier
  WHERE kind IN {pv_kinds:Array(UInt32)} AND (kind, value) IN (
    SELECT kind, value FROM identifier_of_profile
    WHERE profile IN {pv_numbers:Array(UInt32)} AND kind IN {pv_kinds:Array(UInt32)} AND ${seen.sql}
  ) AND ${seen.sql}
) AS log
GROUP BY kind, value HAVING has({pv_numbers:Array(UInt32)}, owner) ORDER BY kind, value`,
      { ...seen.parameters, pv_numbers: numbers, pv_kinds: kinds },
    );
  }

  /**
   * The values that profiles show for attributes, as text; attributes without a value are left out.
   *
   * @param merged old number → the profile into which it was merged, for all of these profiles
   */
  async attributesOf(
    snapshot: Snapshot,
    profiles: readonly number[],
    merged: ReadonlyMap<number, number>,
    attributes: readonly AttributeColumns[],
  ): Promise<readonly { readonly profile: number; readonly name: string; readonly value: unknown }[]> {
    const numbers = attributes.flatMap((attribute) => attribute.numbers);
    if (profiles.length === 0 || numbers.length === 0) return [];
    const seen = current(snapshot);
    const rows = await this.#engine.query<{
      readonly person: number;
      readonly at: number;
      readonly latest: readonly [number, string, string, number, string, readonly string[]];
    }>(
      `SELECT transform(profile, {pv_old:Array(UInt32)}, {pv_new:Array(UInt32)}, profile) AS person,
  transform(attribute, {pv_columns:Array(UInt32)}, {pv_at:Array(UInt32)}, 0) AS at,
  argMax((is_null, text, toString(number), flag, moment, list), (time, tie, arrival)) AS latest
FROM attribute
WHERE attribute IN {pv_columns:Array(UInt32)} AND profile IN {pv_numbers:Array(UInt32)} AND ${seen.sql}
GROUP BY person, at HAVING latest.1 = 0 ORDER BY person, at`,
      {
        ...seen.parameters,
        pv_numbers: [...profiles, ...merged.keys()],
        // Never empty: the engine has to know the type of what it compares with.
        pv_old: [0, ...merged.keys()],
        pv_new: [0, ...merged.values()],
        pv_columns: numbers,
        pv_at: attributes.flatMap(({ numbers: own }, at) => own.map(() => at)),
      },
    );
    return rows.flatMap(({ person, at, latest: [, text, number, flag, moment, list] }) => {
      const attribute = attributes[at];
      if (attribute === undefined) return [];
      const values = { text, number, boolean: flag === 1, time: moment, list };
      return [{ profile: person, name: attribute.name, value: values[attribute.type] }];
    });
  }
}

function changeOf({
  members = 0,
  joins = 0,
  joining = [],
  stay = 0,
  leaving = [],
}: Partial<ChangeRow>): Change {
  // Among those who leave are also members whose profile is there no more: nobody can be shown of them.
  return {
    members,
    joins: { size: joins, first: joining },
    leaves: { size: members - stay, first: leaving },
  };
}
