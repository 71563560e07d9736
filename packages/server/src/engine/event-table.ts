import type { ColumnType } from "@peregrine/core";
import type { Engine } from "./engine.ts";
import { DURABLE } from "./schema.ts";
import { eventColumn, eventTable } from "./views.ts";

/** A missing value is NULL, but an empty list and a missing one are the same (arrays cannot be NULL). */
const ENGINE_TYPES = {
  text: "Nullable(String)",
  number: "Nullable(Decimal(18, 6))",
  boolean: "Nullable(Bool)",
  time: "Nullable(DateTime64(3, 'UTC'))",
  list: "Array(String)",
} as const satisfies Record<ColumnType, string>;

/** ClickHouse's type of a schema's column. */
export function engineType(type: ColumnType): string {
  return ENGINE_TYPES[type];
}

/**
 * Makes the table `event_<schema>` of an Interaction schema, or adds the columns that it lacks. Safe to repeat;
 * columns are only ever added.
 *
 * @param columns with their catalog numbers; each becomes the column `c<number>`
 */
export async function ensureEventTable(
  engine: Engine,
  schema: number,
  columns: readonly { readonly number: number; readonly type: ColumnType }[],
): Promise<void> {
  await engine.command(
    `CREATE TABLE IF NOT EXISTS ${eventTable(schema)} (
  op UInt64, import UInt32, dataflow UInt32, profile UInt32, type LowCardinality(String),
  time DateTime64(3, 'UTC'), arrival UInt64, key UInt128
) ENGINE = MergeTree ORDER BY (type, profile, time) SETTINGS ${DURABLE}`,
  );
  if (columns.length === 0) return;
  const added = columns.map(
    ({ number, type }) => `ADD COLUMN IF NOT EXISTS ${eventColumn(number)} ${ENGINE_TYPES[type]}`,
  );
  await engine.command(`ALTER TABLE ${eventTable(schema)} ${added.join(", ")}`);
}
