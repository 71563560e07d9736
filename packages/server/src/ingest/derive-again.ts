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

/** Published imports, and under which operation they are derived once more. */
export interface DeriveAgain {
  readonly engine: Engine;
  /** One, or several that {@link areDerivedTogether}. */
  readonly records: readonly ImportRecord[];
  /** The rebuild's operation; it reads what it has written for earlier imports. */
  readonly operation: number;
  /** Nothing that was published before, and the overwriting dataflows' bases as they were then. */
  readonly snapshot: Snapshot;
  readonly profileFrom: number;
  /** Numbers of profiles that are not issued again. */
  readonly skip?: ReadonlySet<number>;
  readonly onProgress?: (rows: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A large import is one for itself; so many rows are mapped, unified and written in one go. */
const ROWS_TOGETHER = 200_000;
/** The statements name each of them. */
const IMPORTS_TOGETHER = 500;

/**
 * Whether imports come out the same when they are derived as if they were one: those of a stream that follow one
 * another under one definition. Where profiles merge, rows before it keep the number that they had at the end of their
 * own import, so an import with merges can only be the first.
 */
export function areDerivedTogether(records: readonly ImportRecord[], next: ImportRecord): boolean {
  const [first] = records;
  const last = records.at(-1);
  if (first === undefined || last === undefined) return false;
  return (
    first.source === "stream" &&
    next.source === "stream" &&
    first.dataflowNumber === next.dataflowNumber &&
    // The same object for the same hash: imports of earlier versions have one each.
    first.definition === next.definition &&
    first.definition?.dataflow.write === "append" &&
    next.counts?.merges === 0 &&
    // What it replaces counts before it and not with it.
    next.againOf === null &&
    last.arrivalTo === next.arrivalFrom &&
    records.length < IMPORTS_TOGETHER &&
    (next.arrivalTo ?? 0) - (first.arrivalFrom ?? 0) <= ROWS_TOGETHER
  );
}

/**
 * Maps the kept rows of imports with the definition recorded with them, unifies them and writes attributes or events,
 * as the imports themselves did.
 *
 * @returns the number that the next new profile gets
 */
export async function deriveAgain(again: DeriveAgain): Promise<{ readonly nextProfile: number }> {
  const { engine, records, operation, snapshot, signal } = again;
  const [record] = records;
  if (record === undefined) throw new Error("there is no import to be derived again");
  const { definition, columns, arrivalFrom } = record;
  const arrivalTo = records.at(-1)?.arrivalTo ?? null;
  if (definition === null || columns === null || arrivalFrom === null || arrivalTo === null) {
    throw new Error(`import ${record.id} is published without its definition`);
  }
  const operations = records.map((each) => {
    if (each.operation === null) throw new Error(`import ${each.id} is published without an operation`);
    return each.operation;
  });
  const parts = records.map((each) => ({
    importId: each.id,
    from: (each.arrivalFrom ?? 0) - arrivalFrom,
    time: each.cameAt,
  }));
  const plan = planImport({
    importId: record.id,
    dataflowNumber: record.dataflowNumber,
    definition,
    reading: record.reading ?? CSV_READING,
    columns,
    time: record.cameAt,
    parts: parts.length === 1 ? undefined : parts,
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
    await mapKeptRows(rowsOf, operations);
    const resolved = await resolveImport({
      engine,
      snapshot,
      own: operation,
      mappedTable: rowsOf.tables.mapped,
      arrivalFrom,
      profileFrom: again.profileFrom,
      config: definition.identity,
      ...(again.skip === undefined ? {} : { skip: again.skip }),
      ...(again.onProgress === undefined ? {} : { onProgress: again.onProgress }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (definition.schema.parent === "Interaction") {
      const numbered = definition.schema.columns.map((column) => ({
        number: catalogNumber(plan, column),
        type: column.type,
      }));
      await ensureEventTable(engine, definition.schemaNumber, numbered);
      await writeEvents(rowsOf, resolved.assignmentTable, snapshot, 0);
    } else {
      await writeAttributes(rowsOf, resolved.assignmentTable);
    }
    return { nextProfile: resolved.nextProfile };
  } finally {
    await dropWorkTables(engine, operation);
  }
}
