import { type IdentityConfig, readGroup, resolveGroup, unsettledProfiles } from "@peregrine/core";
import { type Engine, type Snapshot, views } from "../engine/index.ts";

/** The identifiers of one row as they came: the number of the kind and the value. */
export type RawIdentifierPairs = readonly (readonly [kind: number, value: string])[];

/** What would become of the people whom rows name, if the rows came now. */
export interface ForeseenPeople {
  /** By the places of the rows that name nobody. */
  readonly noIdentifier: readonly number[];
  readonly refused: readonly { readonly row: number; readonly reason: string }[];
  /** Different people among the rows that name somebody. */
  readonly people: number;
  readonly newProfiles: number;
  readonly merges: number;
  readonly conflicts: number;
}

/**
 * Resolves rows by the resolver of the imports and writes nothing. Kinds that the snapshot does not know own nothing.
 *
 * @param rows some ten thousand at most: their values are sent to the engine in one question for each kind
 */
export async function foreseePeople(
  engine: Engine,
  snapshot: Snapshot,
  config: IdentityConfig,
  rows: readonly RawIdentifierPairs[],
): Promise<ForeseenPeople> {
  const group = readGroup(config, [
    {
      rows: rows.map((_, row) => row),
      lengths: rows.map(({ length }) => length),
      kinds: rows.flatMap((pairs) => pairs.map(([kind]) => kind)),
      raws: rows.flatMap((pairs) => pairs.map(([, raw]) => raw)),
    },
  ]);
  const kinds = [...new Set(group.kinds)];
  const view = views(snapshot, { identifiers: config.kinds.map(({ number }) => number) });
  const owners = new Uint32Array(group.texts.length);
  for (const kind of kinds) {
    const values = group.texts.filter((_, index) => group.kinds[index] === kind);
    const owned = await engine.query<{ value: string; profile: number }>(
      `${view.sql} SELECT value, profile FROM identifier_view_${kind} WHERE value IN {values:Array(String)}`,
      { ...view.parameters, values },
    );
    for (const { value, profile } of owned) owners[group.indexOf({ kind, value }) ?? 0] = profile;
  }
  const concerned = [...unsettledProfiles(group, owners)];
  const limited = config.kinds.filter(({ limit }) => limit === "one").map(({ number }) => number);
  const holdings = [];
  for (const kind of concerned.length === 0 ? [] : limited) {
    const held = await engine.query<{ profile: number; value: string }>(
      `${view.sql} SELECT profile, value FROM identifier_view_${kind} WHERE profile IN {profiles:Array(UInt32)}`,
      { ...view.parameters, profiles: concerned },
    );
    holdings.push(...held.map((one) => ({ ...one, kind })));
  }
  const firstNew = 1 + Math.max(0, ...owners, ...concerned);
  const every = { rows: group.rows, tuples: group.rows.map((_, tuple) => tuple) };
  const resolution = await resolveGroup(
    group,
    { owners, holdings },
    { arrivalFrom: 1, profileFrom: firstNew },
    async (tuples) => {
      const kept = every.tuples.filter((tuple) => tuples.has(tuple));
      return { rows: kept.map((tuple) => every.rows[tuple] ?? 0), tuples: kept };
    },
  );
  const merged = resolution.merges.length;
  const known = new Set(owners.filter((profile) => profile !== 0)).size;
  return {
    noIdentifier: group.anonymous,
    refused: group.refused,
    people: known + resolution.created.profiles.length - merged,
    newProfiles: resolution.created.profiles.length,
    merges: merged,
    conflicts: resolution.conflicts.length,
  };
}
