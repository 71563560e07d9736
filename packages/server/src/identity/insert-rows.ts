import type { Engine } from "../engine/engine.ts";
import type { RowBinary } from "./row-binary.ts";

/** Inserts the rows, if there are any; on disk when it returns. */
export async function insertRows(
  engine: Engine,
  table: string,
  columns: readonly string[],
  rows: RowBinary,
): Promise<void> {
  const chunks = rows.bytes();
  if (chunks.length === 0) return;
  await engine.insertStream(table, columns, "RowBinary", each(chunks));
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
