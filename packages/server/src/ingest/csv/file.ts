import { PeregrineError } from "@peregrine/core";
import type { ScannedBlock } from "../file/block.ts";
import type { Input } from "../file/input.ts";
import { type CsvHeader, readHeader } from "./header.ts";
import { CsvScanner } from "./scanner.ts";

/** A CSV file's columns and its records. */
export interface CsvRows {
  readonly columns: readonly string[];
  blocks(): AsyncGenerator<ScannedBlock>;
}

export interface CsvOptions {
  /** One ASCII character. */
  readonly delimiter?: string;
}

/**
 * Reads a CSV file's header.
 *
 * @throws PeregrineError `fileEmpty`, `fileNotCsv`, `fileHeaderInvalid`, `fileCutOff`; `blocks` too
 */
export async function readCsv(input: Input, options: CsvOptions = {}): Promise<CsvRows> {
  const delimiter = (options.delimiter ?? ",").charCodeAt(0);
  let header: CsvHeader | undefined = readHeader(input.bytes, delimiter, input.ended);
  while (header === undefined) {
    await input.more();
    header = readHeader(input.bytes, delimiter, input.ended);
  }
  const { columns, line, used } = header;
  input.drop(used);
  return {
    columns,
    async *blocks() {
      const scanner = new CsvScanner({ columns, delimiter, line });
      let records = 0;
      for (;;) {
        const { block, used: scanned } = scanner.scan(input.bytes, input.ended);
        records += block.rows + block.refused.length;
        if (block.rows > 0 || block.refused.length > 0) yield block;
        if (input.ended) break;
        input.drop(scanned);
        await input.more();
      }
      if (records === 0) {
        throw new PeregrineError("fileEmpty", { detail: "The file has a header and no rows." });
      }
    },
  };
}
