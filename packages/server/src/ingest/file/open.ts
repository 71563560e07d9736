import type { DataflowSource, FileFormat, Path } from "@peregrine/core";
import { readCsv } from "../csv/index.ts";
import { readJsonArray, readJsonLines } from "../json/index.ts";
import type { RowsFile, ScannedBlock } from "./block.ts";
import { Input } from "./input.ts";
import { formatOf } from "./recognise.ts";
import { compressionOf, unpacked } from "./unpack.ts";

export interface OpenOptions {
  /** What the dataflow says of its files. */
  readonly source: DataflowSource;
  /** What the mapping names; of nested rows these become cells. */
  readonly paths: readonly Path[];
  readonly signal?: AbortSignal | undefined;
}

type Open = (
  input: Input,
  options: OpenOptions,
) => Promise<{ readonly columns: readonly string[]; blocks(): AsyncGenerator<ScannedBlock> }>;

/** One row for each format. */
const READERS: Record<FileFormat, Open> = {
  csv: (input) => readCsv(input),
  jsonLines: async (input, { paths }) => readJsonLines(input, paths),
  jsonArray: async (input, { paths }) => readJsonArray(input, paths),
};

/**
 * Opens a file of rows. What the dataflow does not say is recognised from the first part.
 *
 * @throws PeregrineError `fileEmpty`, `fileNotCsv`, `fileHeaderInvalid`, `fileCutOff`; `blocks` also `fileNotJson` and
 *   `fileDoesNotFit`
 */
export async function openFile(path: string, options: OpenOptions): Promise<RowsFile> {
  const compression = await compressionOf(path);
  const input = new Input(unpacked(path, compression), options.signal);
  try {
    await input.atLeast(FIRST_PART);
    const format = options.source.format ?? formatOf(input.bytes);
    const rows = await READERS[format](input, options);
    return { reading: { format, compression }, ...rows, close: () => input.close() };
  } catch (error) {
    await input.close();
    throw error;
  }
}

/** What is recognised is recognised from so many bytes. */
const FIRST_PART = 256 * 1024;
