import { type Engine, ensureEventTable, type Snapshot } from "../engine/index.ts";
import { resolveImport } from "../identity/index.ts";
import type { FileReading, ImportRecord } from "../store/index.ts";
import { writeAttributes } from "./derive-attributes.ts";
import { writeEvents } from "./derive-events.ts";
import { planImport } from "./import-plan.ts";
import { catalogNumber, mappingSql } from "./mapping-sql.ts";
import { mapKeptRows, type RowsOf, STRETCH_ROWS } from "./rows.ts";
import { dropWorkTables, workTables } from "./tables.ts";

/** How files were read before it was recorded. */
export const CSV_READING: FileReading = {
  format: "csv",
  compression: "none",
  encoding: "utf-8",
  delimiter: ",",
  header: true,
};

/** A published import, and under which operation it is derived once more. */
export interface DeriveAgain {
  readonly engine: Engine;
  readonly record: ImportRecord;
  /** The rebuild's operation; it reads what it has written for earlier imports. */
  readonly operation: number;
  /** Nothing that was published before, and the overwriting dataflows' bases as they were then. */
  readonly snapshot: Snapshot;
  readonly profileFrom: number;
  readonly onProgress?: (rows: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Maps an import's kept rows with the definition recorded with it, unifies them and writes attributes or events,
 * as the import itself did.
 *
 * @returns the number that the next new profile gets
 */
export async function deriveAgain(again: DeriveAgain): Promise<{ readonly nextProfile: number }> {
  const { engine, record, operation, snapshot, signal } = again;
  const { definition, columns, arrivalFrom, arrivalTo } = record;
  if (definition === null || columns === null || arrivalFrom === null || arrivalTo === null) {
    throw new Error(`import ${record.id} is published without its definition`);
  }
  if (record.operation === null) throw new Error(`import ${record.id} is published without an operation`);
  const plan = planImport({
    importId: record.id,
    dataflowNumber: record.dataflowNumber,
    definition,
    reading: record.reading ?? CSV_READING,
    columns,
    time: record.createdAt,
  });
  const rowsOf: RowsOf = {
    engine,
    operation,
    tables: workTables(operation),
    plan,
    sql: mappingSql(plan),
    arrivalFrom,
    rows: arrivalTo - arrivalFrom,
    stretchRows: STRETCH_ROWS,
    signal,
  };
  try {
    await mapKeptRows(rowsOf, record.operation);
    const resolved = await resolveImport({
      engine,
      snapshot,
      own: operation,
      mappedTable: rowsOf.tables.mapped,
      arrivalFrom,
      profileFrom: again.profileFrom,
      config: definition.identity,
      ...(again.onProgress === undefined ? {} : { onProgress: again.onProgress }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (definition.schema.parent === "Interaction") {
      const numbered = definition.schema.columns.map((column) => ({
        number: catalogNumber(plan, column),
        type: column.type,
      }));
      await ensureEventTable(engine, definition.schemaNumber, numbered);
      await writeEvents(rowsOf, resolved.assignmentTable, snapshot, record.counts?.events ?? 0);
    } else {
      await writeAttributes(rowsOf, resolved.assignmentTable);
    }
    return { nextProfile: resolved.nextProfile };
  } finally {
    await dropWorkTables(engine, operation);
  }
}
