import { cellName, FORGOTTEN, textLiteral } from "@peregrine/core";
import type { Engine, QueryOptions } from "../engine/index.ts";
import { isNested, type RefusedRecord, type RowsFile } from "./file/index.ts";
import type { ImportPlan } from "./import-plan.ts";
import { type MappingSql, OUTCOME_SQL } from "./mapping-sql.ts";
import type { WorkTables } from "./tables.ts";

/** An operation with the rows that it is about. */
export interface RowsOf {
  readonly engine: Engine;
  readonly operation: number;
  readonly tables: WorkTables;
  readonly plan: ImportPlan;
  readonly sql: MappingSql;
  /** The arrival number of row 0. */
  readonly arrivalFrom: number;
  /** How many rows there are; 0 while they are still coming. */
  readonly rows: number;
  /** So many rows are given to their profiles at once; bounds memory and changes nothing else. */
  readonly stretchRows: number;
  readonly signal?: AbortSignal | undefined;
}

/** The engine holds a stretch's assignments in memory while it joins them: some 100 bytes for each person. */
export const STRETCH_ROWS = 4_000_000;

/** Options of a statement that takes long: it ends when the lease is lost or the server stops. */
export function stoppable(
  { signal }: RowsOf,
  settings: QueryOptions["settings"] = {},
): Pick<QueryOptions, "signal" | "settings"> {
  return signal === undefined ? { settings } : { settings, signal };
}

/** Refused rows are few or far too many; either way they are sent in groups. */
const REFUSED_AT_ONCE = 10_000;
const REFUSED_COLUMNS = ["op", "import", "line", "column", "reason", "raw"] as const;

export async function createMapped({ engine, tables, sql }: RowsOf): Promise<void> {
  // Older engines make no statistics and do not know the setting.
  const [statistics] = await engine.query(
    "SELECT 1 FROM system.merge_tree_settings WHERE name = 'auto_statistics_types'",
  );
  const settings = statistics === undefined ? SCRATCH : `${SCRATCH}, auto_statistics_types = ''`;
  await engine.command(
    `CREATE TABLE ${tables.mapped} (${sql.columns}) ENGINE = MergeTree ORDER BY row SETTINGS ${settings}`,
  );
}

/**
 * Work tables are read a few times and dropped, so nothing is gained by columns in files of their own or by
 * statistics, which take a tenth of an insert's time.
 */
const SCRATCH = "min_bytes_for_wide_part = 1073741824, min_rows_for_wide_part = 100000000";

/**
 * Sends a file to the engine: each row is kept as it came and mapped, from one reading.
 *
 * The cells go to a table that keeps nothing, and two views write what they become. Measured with 1 M rows of 8 cells
 * (93 MB): 1.9 s, against 2.7 s through a staging table that is read twice; half of either is compressing.
 *
 * @returns rows that were read, and rows that could not be read and were refused
 */
export async function takeRows(
  rowsOf: RowsOf,
  file: RowsFile,
  onProgress: (rows: number) => void,
): Promise<{ readonly rows: number; readonly refused: number }> {
  const { engine, operation, tables, plan, sql, arrivalFrom, signal } = rowsOf;
  await createMapped(rowsOf);
  const cells = plan.columns.map((_, index) => cellName(index));
  // A nested row is kept behind its cells, as it came.
  const kept = isNested(plan.reading) ? [...cells, "raw"] : cells;
  await engine.command(
    `CREATE TABLE ${tables.staging} (row UInt32, line UInt32, ${kept.map((name) => `${name} String`).join(", ")}) ENGINE = Null`,
  );
  await Promise.all([
    engine.command(
      `CREATE MATERIALIZED VIEW ${tables.toRows} TO import_row AS
      SELECT toUInt64(${operation}) AS op, toUInt32(${plan.importId}) AS import,
        toUInt64(${arrivalFrom} + row) AS arrival, line, [${kept.join(", ")}] AS cells
      FROM ${tables.staging}`,
    ),
    engine.command(
      `CREATE MATERIALIZED VIEW ${tables.toMapped} TO ${tables.mapped} AS SELECT ${sql.select} FROM ${tables.staging}`,
    ),
  ]);
  let rows = 0;
  let refused = 0;
  let waiting: RefusedRecord[] = [];
  const keepRefused = async () => {
    const records = waiting.map(({ line, column, reason, raw }) => [
      operation,
      plan.importId,
      line,
      column,
      reason,
      raw,
    ]);
    waiting = [];
    if (records.length > 0) await engine.insert("refused_row", REFUSED_COLUMNS, records);
  };
  const blocks = file.blocks();
  let size = FIRST_PIECE;
  const nextPiece = async (): Promise<Buffer[]> => {
    const piece: Buffer[] = [];
    const enough = size;
    size = Math.min(PIECE, 2 * size);
    for (let bytes = 0; bytes < enough; ) {
      signal?.throwIfAborted();
      const { value: block } = await blocks.next();
      if (block === undefined) break;
      rows += block.rows;
      refused += block.refused.length;
      // Not spread into one call: a piece can hold half a million of them.
      for (const record of block.refused) waiting.push(record);
      if (waiting.length >= REFUSED_AT_ONCE) await keepRefused();
      bytes += block.bytes.length;
      if (block.rows > 0) piece.push(block.bytes);
      onProgress(rows + refused);
    }
    return piece;
  };
  const columns = ["row", "line", ...kept];
  const options = stoppable(rowsOf, BLOCKS);
  const sending: Promise<unknown>[] = [];
  try {
    for (let piece = await nextPiece(); piece.length > 0; piece = await nextPiece()) {
      const sent = engine.insertStream(tables.staging, columns, "TabSeparated", each(piece), options);
      sent.catch(() => {}); // Thrown when its turn comes, which may be after the next piece was read.
      sending.push(sent);
      if (sending.length >= PIECES_AT_ONCE) await sending.shift();
    }
    await Promise.all(sending);
  } finally {
    await Promise.allSettled(sending);
  }
  await keepRefused();
  return { rows, refused };
}

async function* each(buffers: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* buffers;
}

/**
 * Bytes that are sent as one insert: while the engine works on one, the next is read here. Each becomes a part of
 * either table, so they are not small.
 */
const PIECE = 32 * 1024 * 1024;
/** The first is smaller, so that the engine soon has something to do; then they double. */
const FIRST_PIECE = 8 * 1024 * 1024;
/** So many are in the engine's hands at once; that bounds the memory here. */
const PIECES_AT_ONCE = 2;

/**
 * Large blocks become few parts, and each part costs an fsync or two; the two views write side by side. They are read
 * as small ones and joined: texts of a whole piece in one column are moved again and again while it grows
 * (375,000 rows into both tables, a part each: 1.3 s of the engine's work instead of 1.75 s).
 */
const BLOCKS = {
  max_insert_block_size: 65_536,
  min_insert_block_size_rows: 1_048_576,
  parallel_view_processing: 1,
} as const;

/** Maps the rows that earlier imports have kept; what `rebuild` does instead of {@link takeRows}. */
export async function mapKeptRows(rowsOf: RowsOf, rowsOperations: readonly number[]): Promise<void> {
  const { engine, tables, plan, sql, arrivalFrom } = rowsOf;
  await createMapped(rowsOf);
  await engine.command(
    `INSERT INTO ${tables.mapped} SELECT ${sql.select} FROM (${keptRows(plan, arrivalFrom, ...rowsOperations)})`,
  );
}

/** Rows of an import as they came: `row`, `line` and the cells; of several also `import`. */
export function keptRows(plan: ImportPlan, arrivalFrom: number, ...operations: readonly number[]): string {
  const cells = plan.columns.map((_, index) => `, cells[${index + 1}] AS ${cellName(index)}`);
  const imports = plan.parts?.map((part) => part.importId) ?? [plan.importId];
  return `SELECT toUInt32(arrival - ${arrivalFrom}) AS row, line, cells${plan.parts === undefined ? "" : ", import"}${cells.join("")}
    FROM import_row
    WHERE op IN (${operations.join(", ")}) AND import IN (${imports.join(", ")}) AND arrival >= ${arrivalFrom}`;
}

/** What a refused row looked like in the file. @param cells SQL: an array of its cells, and behind those of a nested row itself */
export function rawOf({ reading }: ImportPlan, cells = "cells"): string {
  return `substringUTF8(${isNested(reading) ? `${cells}[-1]` : csvRow(reading.delimiter ?? ",", cells)}, 1, 4000)`;
}

/** Near enough: cells in quotes where they need them. */
function csvRow(delimiter: string, cells: string): string {
  const special = `arrayExists(sign -> position(cell, sign) > 0, ['"', '\\r', '\\n', ${textLiteral(delimiter)}])`;
  return `arrayStringConcat(arrayMap(cell -> if(${special}, concat('"', replaceAll(cell, '"', '""'), '"'), cell), ${cells}),
    ${textLiteral(delimiter)})`;
}

/** Keeps rows that the mapping refused, with line, column and reason. */
export async function keepRefusedByMapping(rowsOf: RowsOf): Promise<void> {
  const { engine, operation, tables, plan, sql, arrivalFrom } = rowsOf;
  const refused = `SELECT row FROM ${tables.mapped} WHERE outcome = CAST('refused', '${OUTCOME_SQL.replaceAll("'", "\\'")}')`;
  await engine.command(
    `INSERT INTO refused_row (${REFUSED_COLUMNS.map((name) => `\`${name}\``).join(", ")})
    SELECT ${operation}, ${plan.importId}, k.line,
      transform(m.fault, {sites:Array(UInt16)}, {columns:Array(String)}, ''),
      ifNull(multiIf(${sql.sites.map(({ reason }, index) => `m.fault = ${index + 1}, ${reason}`).join(", ")}, ''), ''),
      ${rawOf(plan)}
    FROM (${keptRows(plan, arrivalFrom, operation)} AND arrival - ${arrivalFrom} IN (${refused})) AS k
    INNER JOIN (SELECT row, fault FROM ${tables.mapped} WHERE row IN (${refused})) AS m ON m.row = k.row`,
    {
      sites: sql.sites.map((_, index) => index + 1),
      columns: sql.sites.map(({ column }) => column ?? ""),
    },
  );
}

/**
 * Keeps rows whose identifiers contradict one another; the resolver says why. Of those about people who were deleted
 * only line and reason are kept.
 */
export async function keepRefusedByIdentity(rowsOf: RowsOf, refusedTable: string): Promise<void> {
  const { engine, operation, tables, plan, arrivalFrom } = rowsOf;
  await engine.command(
    `INSERT INTO refused_row (${REFUSED_COLUMNS.map((name) => `\`${name}\``).join(", ")})
    SELECT ${operation}, ${plan.importId}, k.line, '', r.reason,
      if(r.reason = {forgotten:String}, '', ${rawOf(plan)})
    FROM (
      SELECT row, tuple FROM ${tables.mapped}
      WHERE outcome IN ('person', 'event') AND tuple IN (SELECT tuple FROM ${refusedTable})
    ) AS m
    INNER JOIN ${refusedTable} AS r ON r.tuple = m.tuple
    INNER JOIN (${keptRows(plan, arrivalFrom, operation)}) AS k ON k.row = m.row`,
    { forgotten: FORGOTTEN },
  );
}

/** Deletes the rows about people who were deleted, before anybody can see them. */
export async function dropForgotten(rowsOf: RowsOf, refusedTable: string): Promise<void> {
  const { engine, operation, tables, arrivalFrom } = rowsOf;
  await engine.command(
    `ALTER TABLE import_row DELETE WHERE op = {op:UInt64} AND arrival IN (
      SELECT {from:UInt64} + row FROM ${tables.mapped}
      WHERE tuple IN (SELECT tuple FROM ${refusedTable} WHERE reason = {forgotten:String})
    ) SETTINGS mutations_sync = 1`,
    { op: operation, from: arrivalFrom, forgotten: FORGOTTEN },
  );
}
