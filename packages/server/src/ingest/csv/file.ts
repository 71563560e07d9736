import { type DataflowSource, PeregrineError } from "@peregrine/core";
import type { ScannedBlock } from "../file/block.ts";
import type { Input } from "../file/input.ts";
import { type CsvHeader, readHeader } from "./header.ts";
import { delimiterOf, hasHeader } from "./recognise.ts";
import { CsvScanner } from "./scanner.ts";

/** Delimiter and header are recognised from so many bytes. */
const FIRST_PART = 64 * 1024;

type Options = Pick<DataflowSource, "delimiter" | "header" | "columns">;

/** A CSV file's columns and its records, and how it is written. */
export interface CsvRows {
  readonly columns: readonly string[];
  readonly delimiter: string;
  readonly header: boolean;
  blocks(): AsyncGenerator<ScannedBlock>;
}

/**
 * Reads a CSV file's header, or names its columns where it has none. What the options don't say is recognised from
 * what is there of the input.
 *
 * @throws PeregrineError `fileEmpty`, `fileNotCsv`, `fileHeaderInvalid`, `fileCutOff`; `blocks` too
 */
export async function readCsv(input: Input, options: Options): Promise<CsvRows> {
  await input.atLeast(FIRST_PART);
  // However the input is cut into pieces, it is judged by the same bytes.
  const part = input.bytes.subarray(0, FIRST_PART);
  const whole = input.ended && part.length === input.bytes.length;
  const sign = options.delimiter ?? delimiterOf(part, whole);
  const delimiter = sign.charCodeAt(0);
  const named = options.columns === undefined && (options.header ?? hasHeader(part, sign, whole));
  let header: CsvHeader | undefined = readHeader(input.bytes, delimiter, input.ended, named);
  while (header === undefined) {
    await input.more();
    header = readHeader(input.bytes, delimiter, input.ended, named);
  }
  const { line, used } = header;
  const columns = options.columns ?? header.columns;
  if (columns.length !== header.columns.length) {
    throw new PeregrineError("fileHeaderInvalid", {
      detail: `The first row has ${header.columns.length} cells, and \`source.columns\` names ${columns.length}.`,
    });
  }
  input.drop(used);
  return {
    columns,
    delimiter: sign,
    header: named,
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
