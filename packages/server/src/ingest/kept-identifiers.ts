import { cellName } from "@peregrine/core";
import type { ReadAlike } from "../identity/index.ts";
import type { ImportRecord } from "../store/index.ts";
import { CSV_READING } from "./derive-again.ts";
import { planImport } from "./import-plan.ts";
import { mappingSql } from "./mapping-sql.ts";

/**
 * How the identifiers of kept rows are read again, by the mapping with which they came. Imports that were read alike
 * share a statement: a stream brings thousands of them.
 */
export function keptIdentifiers(records: readonly ImportRecord[]): ReadAlike[] {
  const alike = new Map<string, ImportRecord[]>();
  for (const record of records) {
    const key = readingKey(record);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [record]);
    else known.push(record);
  }
  return [...alike.values()].map((group) => ({ records: group, sql: identifiersSql(group) }));
}

/** Equal only where the mapping becomes the same SQL. */
function readingKey({ dataflowNumber, definition, columns, reading }: ImportRecord): string {
  const { dataflow, schema, identity } = definition ?? {};
  const kinds = identity?.kinds.map(({ id, number }) => [id, number]);
  return JSON.stringify([dataflowNumber, dataflow, schema, definition?.columns, kinds, columns, reading]);
}

function identifiersSql([first]: readonly ImportRecord[]): string {
  if (first?.definition === undefined || first.definition === null || first.columns === null) {
    throw new Error(`import ${first?.id} is published without its definition`);
  }
  const plan = planImport({
    importId: first.id,
    dataflowNumber: first.dataflowNumber,
    definition: first.definition,
    reading: first.reading ?? CSV_READING,
    columns: first.columns,
    time: first.createdAt,
  });
  const cells = plan.columns.map((_, index) => `, cells[${index + 1}] AS ${cellName(index)}`);
  // The engine computes of the mapping only what is asked for here.
  return `SELECT toString(outcome) AS outcome, identifiers, arrival FROM (
    SELECT ${mappingSql(plan).select}, arrival
    FROM (
      SELECT toUInt32(0) AS row, arrival, line, cells${cells.join("")} FROM import_row
      WHERE arrival >= {kr_from:UInt64} AND arrival < {kr_to:UInt64}
        AND import IN {kr_imports:Array(UInt32)} AND op IN {kr_operations:Array(UInt64)}
    )
  )`;
}
