import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PeregrineError } from "@peregrine/core";
import { syncFolder } from "./sync-folder.ts";

/** A file that has come in whole and waits for its import to be known. */
export interface SpooledFile {
  readonly path: string;
  /** Lower-case hex, of the bytes as they came. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Opens a new file for writing; the tests give one that is on a full disk. */
export type OpenNew = (path: string) => Promise<FileHandle>;

const openNew: OpenNew = (path) =>
  open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);

/** Gathered before they are written: a network gives pieces of some KB, each of which would be a call. */
const WRITE_AT_ONCE = 1024 * 1024;

/**
 * The folder in which uploaded files lie until their import has ended. A file has a random name while it comes in,
 * then the number of its import: no name that a user gave is ever one on the disk.
 */
export class Spool {
  readonly #folder: string;
  readonly #open: OpenNew;

  constructor(folder: string, open: OpenNew = openNew) {
    this.#folder = folder;
    this.#open = open;
  }

  path(importId: number): string {
    return join(this.#folder, `import-${importId}`);
  }

  /**
   * Writes a body to the disk as it comes; it is on the disk when this returns.
   *
   * @throws PeregrineError `diskFull`, `uploadBroken`; then nothing of it is left
   */
  async take(body: AsyncIterable<Uint8Array>): Promise<SpooledFile> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, randomUUID());
    const hash = createHash("sha256");
    let size = 0;
    let file: FileHandle | undefined;
    try {
      file = await this.#open(path);
      for await (const piece of gathered(body)) {
        hash.update(piece);
        size += piece.length;
        for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten;
      }
      await file.datasync();
      await file.close();
      return { path, sha256: hash.digest("hex"), size };
    } catch (error) {
      await file?.close().catch(() => {}); // Closing fails too on some full disks; the file goes anyway.
      await rm(path, { force: true });
      throw uploadFailure(error, size);
    }
  }

  /** Gives a file to its import. */
  async assign(file: SpooledFile, importId: number): Promise<void> {
    await rename(file.path, this.path(importId));
    await syncFolder(this.#folder);
  }

  /** Gives the file of one import to another as well. @throws PeregrineError `uploadGone` */
  async share(importId: number, other: number): Promise<void> {
    try {
      await link(this.path(importId), this.path(other));
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
      throw new PeregrineError("uploadGone", { detail: `The file of import ${importId} is gone.`, cause });
    }
    await syncFolder(this.#folder);
  }

  /** Whether the file of an import is kept. */
  async has(importId: number): Promise<boolean> {
    return (await this.#names()).includes(`import-${importId}`);
  }

  async #names(): Promise<string[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    return readdir(this.#folder);
  }

  async discard(file: SpooledFile): Promise<void> {
    await rm(file.path, { force: true });
  }

  async remove(importId: number): Promise<void> {
    await rm(this.path(importId), { force: true });
  }

  /** While others come in: drops the files of imports up to a number, but for some. */
  async keepUpTo(upTo: number, importIds: readonly number[]): Promise<void> {
    const kept = new Set(importIds);
    for (const name of await this.#names()) {
      if (isDropped(name, kept, upTo)) await rm(join(this.#folder, name), { force: true });
    }
  }

  /** At the start: what belongs to no import that still has to run, such as uploads that never ended. */
  async removeAllBut(importIds: readonly number[]): Promise<void> {
    const kept = new Set(importIds.map((id) => `import-${id}`));
    for (const name of await this.#names()) {
      if (!kept.has(name)) await rm(join(this.#folder, name), { force: true });
    }
  }
}

/** What comes in meanwhile has a random name, or a later number. */
function isDropped(name: string, kept: ReadonlySet<number>, upTo: number): boolean {
  const id = Number(/^import-([0-9]+)/.exec(name)?.[1] ?? Number.NaN);
  return id <= upTo && !kept.has(id);
}

async function* gathered(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    waiting.push(piece);
    size += piece.length;
    if (size >= WRITE_AT_ONCE) {
      yield Buffer.concat(waiting);
      waiting = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(waiting);
}

function uploadFailure(cause: unknown, size: number): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new PeregrineError("diskFull", {
      detail: `The disk was full after ${size} bytes of the file; nothing of it was kept.`,
      cause,
    });
  }
  // Node's names for a client that went away, and for a body shorter than its Content-Length.
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNABORTED") {
    return new PeregrineError("uploadBroken", { detail: `The upload ended after ${size} bytes.`, cause });
  }
  return cause;
}
