import { isUtf8 } from "node:buffer";
import { type Path, PeregrineError, pathName } from "@peregrine/core";
import { RAW_KEPT, type RefusedRecord, type ScannedBlock } from "../file/block.ts";
import { cellAt } from "./cell.ts";
import { parseRow } from "./parse-row.ts";

/** The rows of a piece of a file, as they come together. */
export class JsonBlocks {
  readonly #paths: readonly Path[];
  #row = 0;
  #text = "";
  #rows = 0;
  #refused: RefusedRecord[] = [];
  /** Any of the paths was in any row so far. */
  #fits: boolean;
  #last: object = {};
  /** Rows so far, also those that were refused. */
  records = 0;

  constructor(paths: readonly Path[]) {
    this.#paths = paths;
    this.#fits = paths.length === 0;
  }

  /** Takes one row, as the file has it. */
  add(bytes: Buffer, line: number): void {
    this.records++;
    const text = bytes.toString("utf8");
    const parsed = isUtf8(bytes) ? parseRow(text) : { fault: "is not UTF-8" };
    if ("fault" in parsed) {
      const raw = bytes.subarray(0, RAW_KEPT).toString("utf8").replaceAll("\0", "\uFFFD");
      this.#refused.push({ line, column: "", reason: parsed.fault, raw });
      return;
    }
    let written = `${this.#row++}\t${line}`;
    for (const path of this.#paths) {
      const cell = cellAt(parsed.row, path);
      if (cell !== "") this.#fits = true;
      written += `\t${escaped(cell)}`;
    }
    this.#text += `${written}\t${escaped(text)}\n`;
    this.#rows++;
    this.#last = parsed.row;
  }

  /**
   * What came since the last time.
   *
   * @throws PeregrineError `fileDoesNotFit`: it is the first piece, and none of its rows has anything that is mapped
   */
  take(): ScannedBlock {
    if (!this.#fits && this.#rows > 0) throw this.#misfit(this.#last);
    const block = { bytes: Buffer.from(this.#text), rows: this.#rows, refused: this.#refused };
    this.#text = "";
    this.#rows = 0;
    this.#refused = [];
    return block;
  }

  #misfit(row: object): PeregrineError {
    const listed = (names: readonly string[]) =>
      names
        .slice(0, 20)
        .map((name) => `\`${name}\``)
        .join(", ");
    return new PeregrineError("fileDoesNotFit", {
      detail: `No row has any member that the mapping names: ${listed(this.#paths.map(pathName))}. A row has ${listed(Object.keys(row).map((name) => pathName([name]))) || "no members"}.`,
    });
  }
}

const ESCAPED = /[\\\t\n\r\0]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\0": "\\0",
};

/** A text as a cell of TabSeparated. */
export function escaped(text: string): string {
  return text.replace(ESCAPED, (character) => ESCAPES[character] as string);
}
