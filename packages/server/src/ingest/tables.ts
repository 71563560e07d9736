import type { Engine } from "../engine/index.ts";
import { identityTables } from "../identity/index.ts";

/** The tables that one import works with; all of them end with it. */
export interface WorkTables {
  /** Takes the file's cells and keeps nothing: two views pass them on. */
  readonly staging: string;
  readonly toRows: string;
  readonly toMapped: string;
  readonly mapped: string;
  /** Rows whose event is written, where the dataflow has a key. */
  readonly first: string;
}

export function workTables(operation: number): WorkTables {
  return {
    staging: `staging_${operation}`,
    toRows: `staging_rows_${operation}`,
    toMapped: `staging_mapped_${operation}`,
    mapped: `mapped_${operation}`,
    first: `first_${operation}`,
  };
}

/** Drops everything that an operation worked with; safe to repeat. Views go before the tables they stand between. */
export async function dropWorkTables(engine: Engine, operation: number): Promise<void> {
  const { toRows, toMapped, staging, mapped, first } = workTables(operation);
  await drop(engine, [toRows, toMapped]);
  await drop(engine, [staging, mapped, first, ...identityTables(operation)]);
}

async function drop(engine: Engine, tables: readonly string[]): Promise<void> {
  await Promise.all(tables.map((table) => engine.command(`DROP TABLE IF EXISTS ${table}`)));
}

/** Operations of which work tables are left, after a server or an engine died. */
export async function operationsWithTables(engine: Engine): Promise<number[]> {
  const rows = await engine.query<{ operation: number }>(
    `SELECT DISTINCT toUInt32(extract(name, '_([0-9]+)$')) AS operation FROM system.tables
    WHERE database = currentDatabase()
      AND match(name, '^(staging|staging_rows|staging_mapped|mapped|first|assignment|identity_[a-z]+)_[0-9]+$')
    ORDER BY operation`,
  );
  return rows.map(({ operation }) => operation);
}
