import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { StreamRepeat } from "../../store/index.ts";

/** Whose rows a segment holds, and what becomes of them. */
export interface LaneKey {
  readonly dataflowId: string;
  readonly dataflowNumber: number;
  /** `stream`: an import as soon as may be; `draft`: validated only; `snapshot`: one import when it is complete. */
  readonly source: "stream" | "draft" | "snapshot";
  /** The snapshot's id. */
  readonly snapshot: string | null;
}

/** One body that was taken: all of it is kept, or nothing. */
export interface Delivery {
  readonly rows: number;
  /** A JSON array of objects without line breaks. */
  readonly json: Buffer;
  readonly repeat: StreamRepeat | null;
}

const NEW = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
const LF = Buffer.from("\n");
const CHECK_LENGTH = 8;

/**
 * A segment is a text file: its first line says whose it is, each further line is a delivery. A line is its CRC-32 in
 * hex, a space, and what the sum is of; so a line that was written in part is told from a whole one, and a delivery
 * is there as a whole or not at all.
 */
export function headerLine(lane: LaneKey): Buffer {
  return line(Buffer.from(JSON.stringify({ segment: 1, ...lane })));
}

export function deliveryLine({ rows, json, repeat }: Delivery): Buffer {
  return line(Buffer.from(`${rows} ${repeat?.key ?? "-"} ${repeat?.body ?? "-"} `), json);
}

function line(...parts: readonly Buffer[]): Buffer {
  const sum = parts.reduce((so, part) => crc32(part, so), 0);
  return Buffer.concat([Buffer.from(`${sum.toString(16).padStart(CHECK_LENGTH, "0")} `), ...parts, LF]);
}

/** The lane of a header line; undefined when it is none. */
export function readHeader(content: Buffer): LaneKey | undefined {
  if (!content.subarray(0, 12).equals(Buffer.from('{"segment":1'))) return undefined;
  const { dataflowId, dataflowNumber, source, snapshot } = JSON.parse(content.toString("utf8")) as LaneKey;
  return { dataflowId, dataflowNumber, source, snapshot };
}

/** A delivery of a line that was checked. */
export function readDelivery(content: Buffer): Delivery {
  const spaces = [0, 0, 0];
  for (let at = 0, from = 0; at < spaces.length; at++) {
    spaces[at] = content.indexOf(32, from);
    from = (spaces[at] ?? 0) + 1;
  }
  const [first = 0, second = 0, third = 0] = spaces;
  const key = content.subarray(first + 1, second).toString("latin1");
  const body = content.subarray(second + 1, third).toString("latin1");
  const rows = Number(content.subarray(0, first).toString("latin1"));
  return { rows, json: content.subarray(third + 1), repeat: key === "-" ? null : { key, body, rows } };
}

const PIECE = 1024 * 1024;

/**
 * The lines of a segment in order, up to the first that is cut off or damaged.
 *
 * @returns `content` is the line without its sum, `end` where it ends in the file
 */
export async function* linesOf(
  path: string,
): AsyncGenerator<{ readonly whole: Buffer; readonly content: Buffer; readonly end: number }> {
  const file = await open(path);
  try {
    let begun: Buffer[] = [];
    let end = 0;
    for (;;) {
      const buffer = Buffer.allocUnsafe(PIECE);
      const { bytesRead } = await file.read(buffer, 0, PIECE, null);
      if (bytesRead === 0) return;
      const piece = buffer.subarray(0, bytesRead);
      let from = 0;
      for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, from)) {
        const whole = Buffer.concat([...begun, piece.subarray(from, at)]);
        begun = [];
        from = at + 1;
        end += whole.length + 1;
        const content = whole.subarray(CHECK_LENGTH + 1);
        if (whole.subarray(0, CHECK_LENGTH).toString("latin1") !== sumOf(content)) return;
        yield { whole, content, end };
      }
      if (from < piece.length) begun.push(piece.subarray(from));
    }
  } finally {
    await file.close();
  }
}

function sumOf(content: Buffer): string {
  return crc32(content).toString(16).padStart(CHECK_LENGTH, "0");
}

/** A segment that is being written. What `append` returned for is on the disk. */
export class SegmentFile {
  readonly name: string;
  #size: number;
  readonly #file: FileHandle;

  private constructor(name: string, file: FileHandle, size: number) {
    this.name = name;
    this.#file = file;
    this.#size = size;
  }

  static async create(path: string, name: string): Promise<SegmentFile> {
    return new SegmentFile(name, await open(path, NEW, 0o600), 0);
  }

  /** One that an earlier process began; what follows `size` is cut off. */
  static async reopen(path: string, name: string, size: number): Promise<SegmentFile> {
    const file = await open(path, constants.O_RDWR);
    await file.truncate(size);
    await file.datasync();
    return new SegmentFile(name, file, size);
  }

  /** Bytes that are on the disk. */
  get size(): number {
    return this.#size;
  }

  /** Writes with one sync; when that fails nothing of it is left. */
  async append(bytes: Buffer): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        at += (await this.#file.write(bytes, at, bytes.length - at, this.#size + at)).bytesWritten;
      }
      await this.#file.datasync();
      this.#size += bytes.length;
    } catch (error) {
      await this.#file.truncate(this.#size);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
