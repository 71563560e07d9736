import { mappedPaths, pathName } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { ImportDefinition, ImportRecord } from "../store/index.ts";
import { CSV_READING } from "./derive-again.ts";
import { isNested, type RowsFile } from "./file/index.ts";
import { cellAt, escaped, parseRow } from "./json/index.ts";
import { type KeptRow, keptRows } from "./kept-rows.ts";

/**
 * The rows that an import has kept as a file of rows, to be imported once more: each as it came, with its line. Rows
 * that could not be read are not among them.
 *
 * @param definition by whose mapping they are imported now: of nested rows it may name other paths than before
 */
export function keptRowsFile(engine: Engine, record: ImportRecord, definition: ImportDefinition): RowsFile {
  const reading = record.reading ?? CSV_READING;
  const nested = isNested(reading);
  const paths = mappedPaths(definition.dataflow);
  const columns = nested ? paths.map(pathName) : (record.columns ?? []);
  const cellsOf = ({ cells }: KeptRow): readonly string[] => {
    if (!nested) return cells;
    const raw = cells.at(-1) ?? "";
    const parsed = parseRow(raw);
    if ("fault" in parsed) throw new Error(`a kept row of import ${record.id} ${parsed.fault}`);
    return [...paths.map((path) => cellAt(parsed.row, path)), raw];
  };
  return {
    reading,
    columns,
    async *blocks() {
      let row = 0;
      for await (const rows of keptRows(engine, record)) {
        let text = "";
        for (const one of rows)
          text += `${[String(row++), String(one.line), ...cellsOf(one).map(escaped)].join("\t")}\n`;
        yield { bytes: Buffer.from(text), rows: rows.length, refused: [] };
      }
    },
    close: async () => {},
  };
}
