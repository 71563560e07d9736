import { rm } from "node:fs/promises";
import { type DataflowSource, type FileFormat, type Path, PeregrineError } from "@peregrine/core";
import type { Engine } from "../../engine/index.ts";
import type { FileReading } from "../../store/index.ts";
import { readCsv } from "../csv/index.ts";
import { readJsonArray, readJsonLines } from "../json/index.ts";
import type { RowsFile } from "./block.ts";
import { decoded } from "./decode.ts";
import { firstPart } from "./first-part.ts";
import { Input } from "./input.ts";
import { parquetAsJsonLines } from "./parquet.ts";
import { partOf, untilCut } from "./part.ts";
import { encodingOf, formatOf } from "./recognise.ts";
import { compressionOf, unpacked } from "./unpack.ts";

export interface OpenOptions {
  /** What the dataflow says of its files. */
  readonly source: DataflowSource;
  /** What the mapping names; of nested rows these become cells. */
  readonly paths: readonly Path[];
  /** Reads Parquet. */
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  /** The file is the first part of one: what is cut off at its end is left out, and nothing is wrong with it. */
  readonly part?: boolean | undefined;
}

/** The rows of a format, and what was recognised of it. */
type Rows = Pick<RowsFile, "columns" | "blocks"> & Partial<Pick<FileReading, "delimiter" | "header">>;

/** One row for each format that is read from its first byte to its last. */
const READERS: Record<
  Exclude<FileFormat, "parquet">,
  (input: Input, options: OpenOptions) => Promise<Rows>
> = {
  csv: (input, { source }) => readCsv(input, source),
  jsonLines: async (input, { paths }) => readJsonLines(input, paths),
  jsonArray: async (input, { paths }) => readJsonArray(input, paths),
};

/**
 * Opens a file of rows. What the dataflow does not say is recognised from the first part.
 *
 * @throws PeregrineError `fileEmpty`, `fileNotCsv`, `fileHeaderInvalid`, `fileCutOff`, `fileNotParquet`; `blocks` also
 *   `fileNotJson` and `fileDoesNotFit`
 */
export async function openFile(path: string, options: OpenOptions): Promise<RowsFile> {
  const compression = await compressionOf(path);
  const { source, signal } = options;
  const bytes = options.part === true ? partOf(unpacked(path, compression)) : unpacked(path, compression);
  try {
    const first = await firstPart(bytes);
    const encoding = source.encoding ?? encodingOf(first.bytes, first.whole);
    const input = new Input(decoded(first.all, encoding), signal);
    await input.more();
    const format = source.format ?? formatOf(input.bytes);
    if (format === "parquet") return await openParquet(path, compression, options);
    const { delimiter = null, header = null, ...rows } = await READERS[format](input, options);
    return {
      columns: rows.columns,
      blocks: () => (options.part === true ? untilCut(rows.blocks()) : rows.blocks()),
      reading: { format, compression, encoding, delimiter, header },
      close: async () => void (await bytes.return(undefined)),
    };
  } catch (error) {
    await bytes.return(undefined);
    throw error;
  }
}

async function openParquet(
  path: string,
  compression: FileReading["compression"],
  { engine, paths, signal, part }: OpenOptions,
): Promise<RowsFile> {
  if (part === true) {
    throw new PeregrineError("fileNotParquet", {
      detail:
        "Of a Parquet file the first part alone cannot be read: what is in it stands at its end. Send a smaller one.",
    });
  }
  if (compression !== "none") {
    throw new PeregrineError("fileNotParquet", {
      detail: `The file is packed with ${compression}; unpack it: Parquet is packed within.`,
    });
  }
  const lines = await parquetAsJsonLines(engine, path, signal);
  const bytes = unpacked(lines, "none");
  return {
    ...readJsonLines(new Input(bytes, signal), paths),
    reading: { format: "parquet", compression, encoding: "utf-8", delimiter: null, header: null },
    close: async () => {
      await bytes.return(undefined);
      await rm(lines, { force: true });
    },
  };
}
