import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { PeregrineError } from "@peregrine/core";
import { type CsvHeader, readHeader } from "./header.ts";
import { CsvScanner, type ScannedBlock } from "./scanner.ts";

export interface CsvFile {
  readonly columns: readonly string[];
  /** The records, piece by piece; to be read once. */
  blocks(): AsyncGenerator<ScannedBlock>;
  /** To be called in every case, also when nothing or not all was read. */
  close(): Promise<void>;
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

/** As {@link openCsv}, from pieces of any size. A piece is not looked at any more when the next one is asked for. */
export async function readCsv(source: AsyncIterable<Buffer>, options: CsvOptions = {}): Promise<CsvFile> {
  const delimiter = (options.delimiter ?? ",").charCodeAt(0);
  const input = new Input(source, options.signal);
  let header: CsvHeader | undefined;
  try {
    while (header === undefined) {
      await input.more();
      header = readHeader(input.bytes, delimiter, input.ended);
    }
  } catch (error) {
    await input.close();
    throw error;
  }
  const { columns, line, used } = header;
  input.drop(used);
  return {
    columns,
    close: () => input.close(),
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

/** What was read and is not used yet, in one buffer: a new one for each piece would keep the collector busy. */
class Input {
  /** Nothing follows. */
  ended = false;
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #signal: AbortSignal | undefined;
  #buffer = Buffer.allocUnsafe(2 * PIECE);
  #from = 0;
  #to = 0;

  constructor(source: AsyncIterable<Buffer>, signal: AbortSignal | undefined) {
    this.#pieces = source[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(this.#from, this.#to);
  }

  drop(bytes: number): void {
    this.#from += bytes;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async more(): Promise<void> {
    this.#signal?.throwIfAborted();
    const { done, value: piece } = await this.#pieces.next();
    if (done === true) {
      this.ended = true;
      return;
    }
    const kept = this.#to - this.#from;
    const room = kept + piece.length;
    const target = room <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafe(2 * room);
    this.#buffer.copy(target, 0, this.#from, this.#to);
    piece.copy(target, kept);
    this.#buffer = target;
    this.#from = 0;
    this.#to = room;
  }
}

async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(PIECE);
    for (let first = true; ; first = false) {
      const { bytesRead } = await file.read(buffer, 0, PIECE, null);
      if (bytesRead === 0) return;
      if (first && buffer[0] === 0x1f && buffer[1] === 0x8b) break;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
  yield* gunzipped(path);
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
