import { current, eventColumn, eventTable, type Snapshot } from "../engine/index.ts";
import { catalogNumber, valueColumn } from "./mapping-sql.ts";
import type { RowsOf } from "./rows.ts";

/** Rows with their profiles: each row takes the latest assignment of its tuple at or before it. */
export function assigned({ tables }: RowsOf, assignmentTable: string, outcome: "person" | "event"): string {
  return `${tables.mapped} AS m ASOF INNER JOIN ${assignmentTable} AS a ON a.tuple = m.tuple AND a.from_row <= m.row
    WHERE m.outcome = '${outcome}' AND a.profile != 0`;
}

/**
 * Writes an import's events. Of the events of one key only the first is written, and none whose key an earlier import
 * of the dataflow brought; an overwriting dataflow's earlier imports do not count.
 *
 * @param events how many rows are events of somebody
 * @returns how many of them were left out because their key was known
 */
export async function writeEvents(
  rowsOf: RowsOf,
  assignmentTable: string,
  snapshot: Snapshot,
  events: number,
): Promise<{ readonly repeated: number }> {
  const { engine, operation, tables, plan, arrivalFrom } = rowsOf;
  const { definition, mapping } = plan;
  const from = assigned(rowsOf, assignmentTable, "event");
  const keyed = definition.dataflow.key !== undefined;
  const repeated = keyed ? events - (await writeKeys(rowsOf, from, snapshot)) : 0;
  const columns = mapping.targets.map(({ column }) => catalogNumber(plan, column));
  const names = [
    "op",
    "import",
    "dataflow",
    "profile",
    "type",
    "time",
    "arrival",
    "key",
    ...columns.map(eventColumn),
  ];
  await engine.command(
    `INSERT INTO ${eventTable(definition.schemaNumber)} (${names.join(", ")})
    SELECT ${operation}, ${plan.importId}, ${plan.dataflowNumber}, a.profile, m.type, m.time, ${arrivalFrom} + m.row, m.key
      ${columns.map((number) => `, m.${valueColumn(number)}`).join("")}
    FROM ${from} ${keyed ? `AND m.row IN (SELECT row FROM ${tables.first})` : ""}`,
  );
  return { repeated };
}

/** Finds the rows that bring a key for the first time and writes their keys; gives their number. */
async function writeKeys(rowsOf: RowsOf, from: string, snapshot: Snapshot): Promise<number> {
  const { engine, operation, tables, plan } = rowsOf;
  const seen = current(snapshot, undefined, operation);
  const known = `SELECT key FROM event_key
    WHERE dataflow = ${plan.dataflowNumber} AND key IN (SELECT key FROM ${tables.mapped} WHERE outcome = 'event') AND ${seen.sql}`;
  const append = plan.definition.dataflow.write === "append";
  await engine.command(
    `CREATE TABLE ${tables.first} (row UInt32, key UInt128) ENGINE = MergeTree ORDER BY key`,
  );
  await engine.command(
    `INSERT INTO ${tables.first} SELECT min(m.row), m.key FROM ${from} ${append ? `AND m.key NOT IN (${known})` : ""}
    GROUP BY m.key`,
    append ? seen.parameters : {},
    { settings: SPILL },
  );
  await engine.command(
    `INSERT INTO event_key (op, dataflow, import, key)
    SELECT ${operation}, ${plan.dataflowNumber}, ${plan.importId}, key FROM ${tables.first}`,
  );
  const [counted] = await engine.query<{ rows: number }>(`SELECT count() AS rows FROM ${tables.first}`);
  return counted?.rows ?? 0;
}

/** Beyond this a grouping goes through the disk. */
export const SPILL = {
  max_bytes_before_external_group_by: 400 * 1024 * 1024,
  max_bytes_before_external_sort: 400 * 1024 * 1024,
} as const;
