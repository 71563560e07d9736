import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { PeregrineError } from "@peregrine/core";
import { type CsvHeader, readHeader } from "./header.ts";
import { CsvScanner, type ScannedBlock } from "./scanner.ts";

export interface CsvFile {
  readonly columns: readonly string[];
  /** The records, piece by piece; to be read once. */
  blocks(): AsyncGenerator<ScannedBlock>;
}

export interface CsvOptions {
  /** One ASCII character. */
  readonly delimiter?: string;
  readonly signal?: AbortSignal;
}

/** Large pieces: each is scanned in one go and costs one round through the event loop. */
const PIECE = 1024 * 1024;

/**
 * Opens a CSV file, plain or gzip (told by its first bytes, whatever its name), and reads its header.
 *
 * @throws PeregrineError `fileEmpty`, `fileNotCsv`, `fileHeaderInvalid`, `fileCutOff`; `blocks` too
 */
export async function openCsv(path: string, options: CsvOptions = {}): Promise<CsvFile> {
  return readCsv(unpacked(path), options);
}

/** As {@link openCsv}, from pieces of any size. */
export async function readCsv(source: AsyncIterable<Buffer>, options: CsvOptions = {}): Promise<CsvFile> {
  const delimiter = (options.delimiter ?? ",").charCodeAt(0);
  const pieces = source[Symbol.asyncIterator]();
  const next = async (): Promise<Buffer | undefined> => {
    options.signal?.throwIfAborted();
    const piece = await pieces.next();
    return piece.done === true ? undefined : piece.value;
  };
  let bytes: Buffer = Buffer.alloc(0);
  let header: CsvHeader | undefined;
  let last = false;
  while (header === undefined) {
    const piece = await next();
    last = piece === undefined;
    if (piece !== undefined) bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    header = readHeader(bytes, delimiter, last);
  }
  const { columns, line, used } = header;
  const first = bytes.subarray(used);
  return {
    columns,
    async *blocks() {
      const scanner = new CsvScanner({ columns, delimiter, line });
      let rest: Buffer = first;
      let ended = last;
      let records = 0;
      for (;;) {
        const { block, used: scanned } = scanner.scan(rest, ended);
        records += block.rows + block.refused.length;
        if (block.rows > 0 || block.refused.length > 0) yield block;
        if (ended) break;
        const piece = await next();
        ended = piece === undefined;
        const kept = rest.subarray(scanned);
        if (piece === undefined) rest = kept;
        else rest = kept.length === 0 ? piece : Buffer.concat([kept, piece]);
      }
      if (records === 0) {
        throw new PeregrineError("fileEmpty", { detail: "The file has a header and no rows." });
      }
    },
  };
}

async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: PIECE });
  const pieces = file[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await pieces.next();
  if (first.done === true) return;
  if (first.value[0] === 0x1f && first.value[1] === 0x8b) {
    file.destroy();
    yield* gunzipped(path);
    return;
  }
  yield first.value;
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) yield piece.value;
}

async function* gunzipped(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: PIECE });
  const gunzip = createGunzip({ chunkSize: PIECE });
  file.once("error", (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  try {
    for await (const piece of gunzip) yield piece as Buffer;
  } catch (error) {
    throw zipFailure(error);
  } finally {
    file.destroy();
  }
}

function zipFailure(cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "Z_BUF_ERROR") {
    return new PeregrineError("fileCutOff", {
      detail: "The gzip file ends before its end: it is cut off.",
      cause,
    });
  }
  if (typeof code === "string" && code.startsWith("Z_")) {
    return new PeregrineError("fileCutOff", {
      detail: "The gzip file is damaged and cannot be unpacked.",
      cause,
    });
  }
  return cause;
}
