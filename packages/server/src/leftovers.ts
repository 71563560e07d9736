import type { Logger } from "pino";
import type { Engine } from "./engine/index.ts";
import { removeOlderGenerations } from "./identity/index.ts";
import type { Store } from "./store/index.ts";

/** Scratch tables are named by the operation that made them; `event_<schema>` looks alike and is none. */
const SCRATCH = "^[a-z_]+_([0-9]+)$";

/**
 * Clears away what a server that died has left behind: operations that will never be published, their rows, and
 * their scratch tables; and rows that a rebuild has replaced. On SQLite this server has the installation to itself, so everything open is dead. On a
 * shared PostgreSQL others may be at work: there each domain abandons what it takes over, and rows are only
 * removed of what was abandoned before.
 */
export async function clearLeftovers(store: Store, engine: Engine, log: Logger): Promise<void> {
  if (store.dialect === "sqlite") {
    await store.leases.releaseAll();
    await store.operations.abandonOpen();
    const { generation } = await store.operations.snapshot();
    const swept = generation === 0 ? [] : await removeOlderGenerations(engine, generation);
    if (swept.length > 0) log.info({ tables: swept }, "removed what a rebuild has replaced");
  }
  const abandoned = await store.operations.abandoned();
  if (abandoned.length === 0) return;
  const ids = abandoned.map(({ id }) => id);
  log.info({ operations: ids }, "removing what an earlier server left unfinished");
  await dropScratch(engine, new Set(ids));
  await deleteRows(engine, ids);
  await store.operations.cleared(ids);
}

async function dropScratch(engine: Engine, operations: ReadonlySet<number>): Promise<void> {
  const tables = await engine.query<{ name: string; operation: string }>(
    `SELECT name, extract(name, {scratch:String}) AS operation FROM system.tables
     WHERE database = currentDatabase() AND operation != '' AND NOT startsWith(name, 'event_')`,
    { scratch: SCRATCH },
  );
  for (const { name, operation } of tables) {
    if (operations.has(Number(operation))) await engine.command(`DROP TABLE IF EXISTS ${name}`);
  }
}

/** A mutation rewrites the parts that hold such rows and no others; it runs once after a crash, never in between. */
async function deleteRows(engine: Engine, operations: readonly number[]): Promise<void> {
  // Not `table AS name`: the condition on `name` would read the alias and find nothing.
  const tables = await engine.query<{ table: string }>(
    `SELECT table FROM system.columns
     WHERE database = currentDatabase() AND name = 'op' AND type = 'UInt64' ORDER BY table`,
  );
  for (const { table: name } of tables) {
    const [row] = await engine.query<{ rows: number }>(
      `SELECT count() AS rows FROM ${name} WHERE op IN {ops:Array(UInt64)}`,
      { ops: operations },
    );
    if ((row?.rows ?? 0) === 0) continue;
    await engine.command(
      `ALTER TABLE ${name} DELETE WHERE op IN {ops:Array(UInt64)}`,
      { ops: operations },
      { settings: { mutations_sync: 2 } },
    );
  }
}
