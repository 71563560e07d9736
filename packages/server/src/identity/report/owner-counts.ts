import type { Engine } from "../../engine/index.ts";
import { type Snapshot, visible } from "../../engine/snapshot.ts";
import { views } from "../../engine/views.ts";
import { EXAMPLES } from "./value-counts.ts";

/** How many profiles there are, and how many are known by an identifier. */
export interface ProfileCounts {
  readonly all: number;
  readonly withIdentifier: number;
}

/**
 * Counts profiles with an identifier of the kind. Where a profile has at most one value, values that have an owner
 * are counted instead of the owners: the table is sorted by them, so that nothing is held in memory.
 */
export async function countProfiles(
  engine: Engine,
  snapshot: Snapshot,
  identifier: { readonly number: number; readonly limit: "one" | "many" },
): Promise<ProfileCounts> {
  const seen = visible(snapshot);
  const parameters = { ...seen.parameters, kind: identifier.number };
  const options = { settings: { optimize_aggregation_in_order: 1 } };
  const [all] = await engine.query<{ issued: number; merged: number }>(
    `SELECT (SELECT toUInt32(count()) FROM profile WHERE ${seen.sql}) AS issued,
      (SELECT toUInt32(uniqExact(old)) FROM profile_merge WHERE ${seen.sql}) AS merged`,
    seen.parameters,
  );
  const owners = views(snapshot, { identifiers: [identifier.number] });
  const [owned] =
    identifier.limit === "one"
      ? await engine.query<{ found: number }>(
          `SELECT toUInt32(count()) AS found FROM (
            SELECT value FROM identifier WHERE kind = {kind:UInt32} AND ${seen.sql}
            GROUP BY value HAVING argMax(profile, (arrival, step)) != 0
          )`,
          parameters,
          options,
        )
      : await engine.query<{ found: number }>(
          `${owners.sql} SELECT toUInt32(uniqExact(profile)) AS found FROM identifier_view_${identifier.number}`,
          owners.parameters,
        );
  return { all: (all?.issued ?? 0) - (all?.merged ?? 0), withIdentifier: owned?.found ?? 0 };
}

/** Those of some values that name a profile, with its number. */
export async function ownersOf(
  engine: Engine,
  snapshot: Snapshot,
  kind: number,
  values: readonly string[],
): Promise<{ value: string; profile: number }[]> {
  if (values.length === 0) return [];
  const seen = visible(snapshot);
  const merges = views(snapshot, { merges: true });
  return engine.query(
    `${merges.sql} SELECT value, if(m.new = 0, o.owner, m.new) AS profile
    FROM (
      SELECT value, argMax(profile, (arrival, step)) AS owner FROM identifier
      WHERE kind = {kind:UInt32} AND value IN {values:Array(String)} AND ${seen.sql}
      GROUP BY value HAVING owner != 0
    ) AS o LEFT ANY JOIN merge_view AS m ON m.old = o.owner
    ORDER BY value LIMIT ${EXAMPLES}`,
    { ...merges.parameters, ...seen.parameters, kind, values },
  );
}

/** How many identifiers of other kinds belong to the profiles of this one. */
export interface OtherIdentifiers {
  readonly total: number;
  readonly owners: number;
  /** The most, by value. */
  readonly most: ReadonlyMap<string, number>;
}

/** @param others numbers of the other kinds */
export async function countOthers(
  engine: Engine,
  snapshot: Snapshot,
  kind: number,
  others: readonly number[],
): Promise<OtherIdentifiers> {
  if (others.length === 0) return { total: 0, owners: 0, most: new Map() };
  const head = views(snapshot, { identifiers: [kind, ...others] });
  const all = others.map((number) => `SELECT profile FROM identifier_view_${number}`).join(" UNION ALL ");
  const counted = `SELECT own.value AS value, counted.others AS others
    FROM (SELECT profile, count() AS others FROM (${all}) GROUP BY profile) AS counted
    INNER JOIN identifier_view_${kind} AS own ON own.profile = counted.profile`;
  const [sum] = await engine.query<{ total: number; owners: number }>(
    `${head.sql} SELECT sum(others) AS total, count() AS owners FROM (${counted})`,
    head.parameters,
  );
  const most = await engine.query<{ value: string; others: number }>(
    `${head.sql} SELECT value, others FROM (${counted}) ORDER BY others DESC, value LIMIT ${EXAMPLES}`,
    head.parameters,
  );
  return {
    total: sum?.total ?? 0,
    owners: sum?.owners ?? 0,
    most: new Map(most.map(({ value, others: number }) => [value, number])),
  };
}

export interface ConflictCounts {
  readonly count: number;
  readonly values: number;
  readonly examples: readonly { value: string; from: number; to: number | null; arrival: number }[];
  /** By the kind's number. */
  readonly others: ReadonlyMap<number, number>;
}

export async function countConflicts(
  engine: Engine,
  snapshot: Snapshot,
  kind: number,
): Promise<ConflictCounts> {
  const seen = visible(snapshot);
  const parameters = { ...seen.parameters, kind };
  const counts = await engine.query<{ kind: number; count: number; values: number }>(
    `SELECT kind, count() AS count, uniqExact(value) AS values FROM identity_conflict WHERE ${seen.sql} GROUP BY kind`,
    parameters,
  );
  const examples = await engine.query<{ value: string; from: number; to: number; arrival: number }>(
    `SELECT value, from_profile AS from, to_profile AS to, arrival FROM identity_conflict
    WHERE kind = {kind:UInt32} AND ${seen.sql} ORDER BY arrival DESC, value LIMIT ${EXAMPLES}`,
    parameters,
  );
  const own = counts.find((one) => one.kind === kind);
  return {
    count: own?.count ?? 0,
    values: own?.values ?? 0,
    examples: examples.map(({ to, ...found }) => ({ ...found, to: to === 0 ? null : to })),
    others: new Map(counts.filter((one) => one.kind !== kind).map((one) => [one.kind, one.count])),
  };
}
