import type { Engine } from "../engine/engine.ts";
import { current, type published, type Snapshot, visible } from "../engine/snapshot.ts";
import { eventTable } from "../engine/views.ts";

/** All derived rows of a table as two numbers that are equal only if the rows are, whatever their order. */
interface TableDigest {
  readonly rows: number;
  readonly digest: string;
}

/** Tables that a rebuild writes anew, and the filter under which their rows count. */
const DERIVED = {
  profile: visible,
  profile_merge: visible,
  identifier: visible,
  identifier_of_profile: visible,
  identity_conflict: visible,
  attribute: current,
  event_key: current,
} as const;

/** A digest of everything derived that a snapshot shows, without the operations that wrote it. */
export async function generationDigest(
  engine: Engine,
  snapshot: Snapshot,
  interactionSchemas: readonly number[],
): Promise<Record<string, TableDigest>> {
  const tables: [string, typeof published][] = [
    ...Object.entries(DERIVED),
    ...interactionSchemas.map((number): [string, typeof published] => [eventTable(number), current]),
  ];
  const digests: Record<string, TableDigest> = {};
  for (const [table, seen] of tables) {
    const filter = seen(snapshot);
    const [digest] = await engine.query<TableDigest>(
      `SELECT toUInt32(count()) AS rows, toString(sum(toUInt128(cityHash64(toString(tuple(* EXCEPT op)))))) AS digest
      FROM ${table} WHERE ${filter.sql}`,
      filter.parameters,
    );
    if (digest !== undefined) digests[table] = digest;
  }
  return digests;
}

/** The tables in which two generations differ, with both digests; empty when a rebuild came out the same. */
export async function compareGenerations(
  engine: Engine,
  before: Snapshot,
  after: Snapshot,
  interactionSchemas: readonly number[],
): Promise<{ table: string; before: TableDigest | undefined; after: TableDigest | undefined }[]> {
  const old = await generationDigest(engine, before, interactionSchemas);
  const renewed = await generationDigest(engine, after, interactionSchemas);
  return Object.keys(renewed)
    .map((table) => ({ table, before: old[table], after: renewed[table] }))
    .filter(({ before: one, after: other }) => one?.rows !== other?.rows || one?.digest !== other?.digest);
}

/**
 * Removes derived rows that no snapshot of this generation or a later one shows. Only while nobody reads an older
 * one: at a start that has the installation to itself. A mutation rewrites parts, and is begun only where there are
 * such rows.
 *
 * @returns the tables that had some
 */
export async function removeOlderGenerations(engine: Engine, generation: number): Promise<string[]> {
  const events = await engine.query<{ name: string }>(
    `SELECT name FROM system.tables
    WHERE database = currentDatabase() AND match(name, '^event_[0-9]+$') ORDER BY name`,
  );
  const swept: string[] = [];
  for (const table of [...Object.keys(DERIVED), ...events.map(({ name }) => name)]) {
    const [old] = await engine.query<{ rows: number }>(
      `SELECT toUInt32(count() > 0) AS rows FROM ${table} WHERE op < {generation:UInt64}`,
      { generation },
    );
    if (old?.rows !== 1) continue;
    await engine.command(
      `ALTER TABLE ${table} DELETE WHERE op < {generation:UInt64}`,
      { generation },
      { settings: { mutations_sync: "2" } },
    );
    swept.push(table);
  }
  return swept;
}
