import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { PeregrineError } from "@peregrine/core";

/** How much of all bodies together may be in memory, in bytes. */
export class BodyMemory {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws PeregrineError `streamBusy` */
  take(bytes: number): void {
    if (this.#held + bytes > this.#most) {
      throw new PeregrineError("streamBusy", {
        detail: "Too many bodies are coming in at the same time.",
        retryAfter: 1,
      });
    }
    this.#held += bytes;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}

export interface BodyLimits {
  /** Bytes, unpacked. */
  readonly bytes: number;
  /** Ms without a single byte. */
  readonly idle: number;
  /** Ms from the first byte to the last. */
  readonly total: number;
}

export interface BodyOptions {
  readonly memory: BodyMemory;
  readonly limits: BodyLimits;
  readonly gzip: boolean;
}

/**
 * A body as a whole. It counts in `memory` until the caller releases as many bytes as it has; when this fails, nothing
 * of it does. The source is not destroyed then: the answer goes over the same connection.
 *
 * @throws PeregrineError `bodyTooLarge`, `bodyTooSlow`, `streamBusy`, `uploadBroken`, `rowsInvalid` (not gzip)
 */
export async function readBody(source: Readable, { memory, limits, gzip }: BodyOptions): Promise<Buffer> {
  const unpack = gzip ? createGunzip() : undefined;
  const bytes: Readable = unpack === undefined ? source : source.pipe(unpack);
  const pieces: Buffer[] = [];
  let held = 0;
  let stop = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const slow = (detail: string) => () => reject(new PeregrineError("bodyTooSlow", { detail }));
      const idle = setTimeout(slow(`Nothing came for ${limits.idle / 1000} seconds.`), limits.idle);
      const total = setTimeout(slow(`It took more than ${limits.total / 1000} seconds.`), limits.total);
      const onData = (piece: Buffer) => {
        idle.refresh();
        try {
          if (held + piece.length > limits.bytes) throw tooLarge(limits.bytes);
          memory.take(piece.length);
          held += piece.length;
          pieces.push(piece);
        } catch (error) {
          reject(error);
        }
      };
      const onBroken = (cause?: unknown) =>
        reject(
          new PeregrineError("uploadBroken", { detail: "The connection ended within the body.", cause }),
        );
      const onUnpack = (cause: unknown) =>
        reject(
          new PeregrineError("rowsInvalid", { detail: "The body is not gzip, or it is cut off.", cause }),
        );
      const onEnd = () => resolve();
      // Of a packed body the source may be read to its end before it is unpacked.
      const onClose = () => {
        if (!source.readableEnded) onBroken();
      };
      bytes.on("data", onData);
      bytes.once("end", onEnd);
      source.once("error", onBroken);
      source.once("close", onClose);
      unpack?.once("error", onUnpack);
      stop = () => {
        clearTimeout(idle);
        clearTimeout(total);
        bytes.off("data", onData).off("end", onEnd);
        source.off("error", onBroken).off("close", onClose);
      };
    });
    return Buffer.concat(pieces, held);
  } catch (error) {
    memory.release(held);
    throw error;
  } finally {
    stop();
    if (unpack !== undefined) {
      source.unpipe(unpack);
      unpack.removeAllListeners("error");
      unpack.on("error", () => {}); // It may find out later that what it was given was cut off.
      unpack.destroy();
    }
    // What the sender still sends is read and thrown away.
    source.on("error", () => {});
    source.resume();
  }
}

/** @throws PeregrineError `bodyTooLarge` for a body whose length is told beforehand */
export function refuseTooLarge(declared: string | undefined, most: number): void {
  if (declared !== undefined && Number(declared) > most) throw tooLarge(most);
}

function tooLarge(most: number): PeregrineError {
  return new PeregrineError("bodyTooLarge", {
    detail: `The body is larger than ${most / 1024 ** 2} MiB; nothing of it was kept.`,
  });
}
