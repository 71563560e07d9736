import type { Engine } from "../engine/index.ts";
import type { ImportRecord } from "../store/index.ts";

/** A row as an import has kept it: its cells; of a nested row the last of them is the row as it came. */
export interface KeptRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The rows that an import has kept, in their order, in blocks.
 *
 * @param most rows; undefined: all
 */
export function keptRows(engine: Engine, record: ImportRecord, most?: number): AsyncIterable<KeptRow[]> {
  return engine.stream<KeptRow>(
    `SELECT line, cells FROM import_row
    WHERE op = {operation:UInt64} AND import = {import:UInt32}
      AND arrival >= {from:UInt64} AND arrival < {to:UInt64}
    ORDER BY arrival ${most === undefined ? "" : "LIMIT {most:UInt32}"}`,
    {
      operation: record.operation ?? 0,
      import: record.id,
      from: record.arrivalFrom ?? 0,
      to: record.arrivalTo ?? 0,
      ...(most === undefined ? {} : { most }),
    },
  );
}
