import type { DataflowSource, FileFormat, Path } from "@peregrine/core";
import type { FileReading } from "../../store/index.ts";
import { readCsv } from "../csv/index.ts";
import { readJsonArray, readJsonLines } from "../json/index.ts";
import type { RowsFile } from "./block.ts";
import { decoded } from "./decode.ts";
import { firstPart } from "./first-part.ts";
import { Input } from "./input.ts";
import { encodingOf, formatOf } from "./recognise.ts";
import { compressionOf, unpacked } from "./unpack.ts";

export interface OpenOptions {
  /** What the dataflow says of its files. */
  readonly source: DataflowSource;
  /** What the mapping names; of nested rows these become cells. */
  readonly paths: readonly Path[];
  readonly signal?: AbortSignal | undefined;
}

/** The rows of a format, and what was recognised of it. */
type Rows = Pick<RowsFile, "columns" | "blocks"> & Partial<Pick<FileReading, "delimiter" | "header">>;

/** One row for each format. */
const READERS: Record<FileFormat, (input: Input, options: OpenOptions) => Promise<Rows>> = {
  csv: (input, { source }) => readCsv(input, source),
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
  const bytes = unpacked(path, compression);
  const { source } = options;
  try {
    const first = await firstPart(bytes);
    const encoding = source.encoding ?? encodingOf(first.bytes, first.whole);
    const input = new Input(decoded(first.all, encoding), options.signal);
    await input.more();
    const format = source.format ?? formatOf(input.bytes);
    const { delimiter = null, header = null, ...rows } = await READERS[format](input, options);
    return {
      ...rows,
      reading: { format, compression, encoding, delimiter, header },
      close: async () => void (await bytes.return(undefined)),
    };
  } catch (error) {
    await bytes.return(undefined);
    throw error;
  }
}
