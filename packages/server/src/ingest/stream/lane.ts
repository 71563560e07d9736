import { createHash, type Hash } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { notFound, PeregrineError } from "@peregrine/core";
import type { StreamRepeat } from "../../store/index.ts";
import { syncFolder } from "../sync-folder.ts";
import { type Cadence, sealAt } from "./cadence.ts";
import { type Delivery, headerLine, type LaneKey, SegmentFile } from "./segment.ts";

/** A segment that is complete and waits for its import. */
export interface SealedSegment {
  readonly name: string;
  readonly lane: LaneKey;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly repeats: readonly StreamRepeat[];
}

/** A segment that an earlier process has left open. */
export interface OpenSegment {
  readonly file: SegmentFile;
  readonly rows: number;
  readonly hash: Hash;
  readonly repeats: readonly StreamRepeat[];
}

export interface LaneOptions {
  readonly folder: string;
  readonly cadence: Cadence;
  /** Ms of a clock that only goes forward. */
  readonly elapsed: () => number;
  /** A name that no segment ever had, later than all before it in the order of texts. */
  readonly newName: (lane: LaneKey) => string;
  /** Hears of each segment that was sealed, in order. */
  readonly onSealed: (segment: SealedSegment) => void;
  /** Hears of a segment that could not be sealed; it is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

const RETRY_MS = 1_000;

/** A delivery as a line of a segment. */
interface WrittenDelivery extends Pick<Delivery, "rows" | "repeat"> {
  readonly line: Buffer;
}

interface Waiting {
  readonly delivery: WrittenDelivery;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The deliveries of one stream in their order: gathered in a segment, which from time to time is sealed and becomes an
 * import. Everything that touches the files happens one after the other; what comes while one sync runs shares the
 * next one.
 */
export class Lane {
  readonly key: LaneKey;
  readonly #options: LaneOptions;
  #open: OpenSegment | undefined;
  #repeats: StreamRepeat[] = [];
  #rows = 0;
  #waiting: Waiting[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #firstAt: number | undefined;
  #sealedAt: number | undefined;
  #unfinished = 0;
  #ended = false;

  constructor(key: LaneKey, options: LaneOptions, open?: OpenSegment) {
    this.key = key;
    this.#options = options;
    if (open === undefined) return;
    this.#open = open;
    this.#rows = open.rows;
    this.#repeats = [...open.repeats];
  }

  /** Rows in the open segment. */
  get rows(): number {
    return this.#rows;
  }

  /** Of the open segment. */
  get openBytes(): number {
    return this.#open?.file.size ?? 0;
  }

  /**
   * Takes a delivery; it is on the disk when this returns.
   *
   * @throws PeregrineError `diskFull`, `notFound` (the snapshot has ended); then nothing of it is kept
   */
  async append(delivery: WrittenDelivery): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ delivery, resolve, reject });
    });
    if (this.#waiting.length === 1) this.#inTurn(() => this.#write());
    return written;
  }

  /** Makes sure that there is an open segment: a snapshot is there before its first row. */
  async begin(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#append(Buffer.alloc(0));
    });
  }

  /**
   * Seals the snapshot that this lane gathers.
   *
   * @throws PeregrineError `snapshotIncomplete`; then it goes on
   */
  async complete(expected: number | undefined): Promise<number> {
    return this.#inTurn(async () => {
      this.#refuseEnded();
      await this.#write();
      const rows = this.#rows;
      if (rows === 0) {
        throw new PeregrineError("snapshotIncomplete", {
          detail:
            "The snapshot has no rows; published, it would take out everything that the dataflow brought.",
        });
      }
      if (expected !== undefined && expected !== rows) {
        throw new PeregrineError("snapshotIncomplete", {
          detail: `The snapshot has ${rows} rows, and ${expected} were announced.`,
        });
      }
      await this.#seal();
      this.#ended = true;
      return rows;
    });
  }

  /** Throws away what was gathered. */
  async drop(): Promise<void> {
    await this.#inTurn(async () => {
      this.#refuseEnded();
      this.#ended = true;
      const file = this.#open?.file;
      this.#open = undefined;
      if (file === undefined) return;
      await file.close();
      await rm(join(this.#options.folder, file.name), { force: true });
    });
  }

  /** One of its segments has an import, or waits for one. */
  began(): void {
    this.#unfinished++;
  }

  /** An import of it has ended: the next one may begin. */
  finished(): void {
    this.#unfinished--;
    this.#schedule();
  }

  /** What is open stays so, and is sealed at the next start. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#inTurn(async () => {
      this.#ended = true;
      await this.#open?.file.close();
    });
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {}); // Whoever asked hears of it; the next one may go on.
    return result;
  }

  async #write(): Promise<void> {
    const group = this.#waiting.splice(0);
    if (group.length === 0) return;
    try {
      this.#refuseEnded();
      await this.#append(Buffer.concat(group.map(({ delivery }) => delivery.line)));
    } catch (error) {
      for (const { reject } of group) reject(writeFailure(error));
      return;
    }
    this.#firstAt ??= this.#options.elapsed();
    for (const { delivery, resolve } of group) {
      this.#rows += delivery.rows;
      if (delivery.repeat !== null) this.#repeats.push(delivery.repeat);
      resolve();
    }
    this.#schedule();
  }

  async #append(lines: Buffer): Promise<void> {
    const { folder, newName } = this.#options;
    if (this.#open !== undefined) {
      await this.#open.file.append(lines);
      this.#open.hash.update(lines);
      return;
    }
    const name = `${newName(this.key)}.open`;
    const path = join(folder, name);
    const file = await SegmentFile.create(path, name);
    const bytes = Buffer.concat([headerLine(this.key), lines]);
    try {
      await file.append(bytes);
      await syncFolder(folder);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    this.#open = { file, rows: 0, hash: createHash("sha256").update(bytes), repeats: [] };
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const due = this.#due();
    if (due === undefined) return;
    this.#timer = setTimeout(() => this.#sealWhenDue(), Math.max(0, due - this.#options.elapsed()));
  }

  #due(): number | undefined {
    if (this.key.source === "snapshot" || this.#ended) return undefined;
    const bytes = this.openBytes;
    const state = { bytes, firstAt: this.#firstAt, sealedAt: this.#sealedAt, unfinished: this.#unfinished };
    return sealAt(state, this.#options.cadence);
  }

  #sealWhenDue(): void {
    const { elapsed, onTrouble } = this.#options;
    const work = async () => {
      // Something may have been sealed since the timer was set.
      const due = this.#due();
      if (due !== undefined && due <= elapsed()) await this.#seal();
      else this.#schedule();
    };
    this.#inTurn(work).catch((error: unknown) => {
      onTrouble(error);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#sealWhenDue(), RETRY_MS);
    });
  }

  async #seal(): Promise<void> {
    const { folder, elapsed, onSealed } = this.#options;
    const open = this.#open;
    if (open === undefined || this.#ended) return;
    const { file, hash } = open;
    const name = file.name.replace(/\.open$/, ".sealed");
    await rename(join(folder, file.name), join(folder, name));
    await syncFolder(folder);
    await file.close();
    const sealed = {
      name,
      lane: this.key,
      size: file.size,
      sha256: hash.digest("hex"),
      repeats: this.#repeats,
    };
    this.#open = undefined;
    this.#repeats = [];
    this.#rows = 0;
    this.#firstAt = undefined;
    this.#sealedAt = elapsed();
    this.began();
    onSealed(sealed);
  }

  #refuseEnded(): void {
    if (!this.#ended) return;
    throw this.key.snapshot === null
      ? new PeregrineError("streamBusy", { detail: "The server is stopping.", retryAfter: 5 })
      : notFound("snapshot", `The snapshot ${this.key.snapshot} has ended.`);
  }
}

function writeFailure(cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code !== "ENOSPC" && code !== "EDQUOT") return cause;
  return new PeregrineError("diskFull", {
    detail: "The disk was full; nothing of these rows was kept.",
    cause,
  });
}
