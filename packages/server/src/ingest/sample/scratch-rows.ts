import { randomBytes } from "node:crypto";
import { cellName } from "@peregrine/core";
import type { Engine } from "../../engine/index.ts";
import { isNested, type RowsFile } from "../file/index.ts";

/** What a dead server left is older than this. Looking at a sample takes seconds. */
const LEFT_AFTER_MS = 3_600_000;
const NAME = /^sample_([0-9]+)_[0-9a-f]+$/;

/** The first rows of a file in a table of their own, as an import's rows come: `row`, `line` and the cells. */
export interface ScratchRows {
  readonly table: string;
  readonly rows: number;
  drop(): Promise<void>;
}

/**
 * Puts a file's first rows where they can be mapped. Nothing of it is ever data: the table is in the engine's memory.
 *
 * @param most rows
 */
export async function scratchRows(
  engine: Engine,
  file: RowsFile,
  most: number,
  now: number,
): Promise<ScratchRows> {
  await dropLeft(engine, now);
  const table = `sample_${now}_${randomBytes(8).toString("hex")}`;
  const cells = file.columns.map((_, index) => cellName(index));
  const kept = isNested(file.reading) ? [...cells, "raw"] : cells;
  await engine.command(
    `CREATE TABLE ${table} (row UInt32, line UInt32, ${kept.map((name) => `${name} String`).join(", ")}) ENGINE = Memory`,
  );
  const drop = () => engine.command(`DROP TABLE IF EXISTS ${table}`);
  try {
    const { rows } = await engine.insertStream(
      table,
      ["row", "line", ...kept],
      "TabSeparated",
      first(file, most),
    );
    return { table, rows, drop };
  } catch (error) {
    await drop();
    throw error;
  }
}

/** So many rows from the beginning; what comes behind them is not read. */
async function* first(file: RowsFile, most: number): AsyncGenerator<Buffer> {
  let rows = 0;
  for await (const block of file.blocks()) {
    if (rows + block.rows > most) {
      yield linesUpTo(block.bytes, most - rows);
      return;
    }
    rows += block.rows;
    if (block.rows > 0) yield Buffer.from(block.bytes);
  }
}

function linesUpTo(bytes: Buffer, lines: number): Buffer {
  let at = 0;
  for (let line = 0; line < lines; line++) at = bytes.indexOf(10, at) + 1;
  return Buffer.from(bytes.subarray(0, at));
}

async function dropLeft(engine: Engine, now: number): Promise<void> {
  const tables = await engine.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'sample_')",
  );
  for (const { name } of tables) {
    const made = NAME.exec(name)?.[1];
    if (made !== undefined && Number(made) < now - LEFT_AFTER_MS)
      await engine.command(`DROP TABLE IF EXISTS ${name}`);
  }
}
