import type { DataflowSource } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { ImportRecord, Store } from "../store/index.ts";
import { CSV_READING } from "./derive-again.ts";
import { isNested } from "./file/index.ts";
import { keptRows } from "./kept-rows.ts";

/** Rows that have come already, written down anew as a file that can be looked at. */
export interface LatestRows {
  readonly fileName: string;
  /** How they are written here, whatever the file was that they came in. */
  readonly source: Pick<DataflowSource, "format" | "encoding" | "delimiter" | "header">;
  readonly body: AsyncGenerator<Uint8Array>;
}

/** The latest imports of a stream may be of a few rows, or have been withdrawn. */
const IMPORTS_LOOKED_AT = 50;
const MOST_ROWS = 1_000;

/**
 * The first rows of the latest import of a dataflow that has kept some; undefined where none has. Rows that could not
 * be read are not among them.
 */
export async function latestRows(
  { engine, store }: { readonly engine: Engine; readonly store: Store },
  dataflowId: string,
): Promise<LatestRows | undefined> {
  const { items } = await store.imports.page({ dataflowId, limit: IMPORTS_LOOKED_AT });
  const number = (await store.definitions.get("dataflow", dataflowId))?.number;
  const latest = items.find(
    ({ state, dataflowNumber, counts }) =>
      state === "published" && dataflowNumber === number && (counts?.read ?? 0) > 0,
  );
  if (latest === undefined) return undefined;
  const nested = isNested(latest.reading ?? CSV_READING);
  return {
    fileName: latest.fileName,
    source: nested
      ? { format: "jsonLines", encoding: "utf-8" }
      : { format: "csv", encoding: "utf-8", delimiter: ",", header: true },
    body: nested ? jsonLines(engine, latest) : csv(engine, latest),
  };
}

async function* jsonLines(engine: Engine, record: ImportRecord): AsyncGenerator<Uint8Array> {
  for await (const rows of keptRows(engine, record, MOST_ROWS)) {
    // A row of an array may go over several lines; within its texts there are no line breaks.
    yield Buffer.from(
      rows.map(({ cells }) => `${(cells.at(-1) ?? "{}").replace(/[\r\n]+/g, " ")}\n`).join(""),
    );
  }
}

async function* csv(engine: Engine, record: ImportRecord): AsyncGenerator<Uint8Array> {
  yield Buffer.from(csvLine(record.columns ?? []));
  for await (const rows of keptRows(engine, record, MOST_ROWS)) {
    yield Buffer.from(rows.map(({ cells }) => csvLine(cells)).join(""));
  }
}

/** All in quotes, so that a row of one empty cell is no empty line. */
function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\n`;
}
