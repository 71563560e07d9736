import { createReadStream } from "node:fs";
import { PeregrineError } from "@peregrine/core";
import { Decompress } from "fzstd";

/**
 * Few bytes can stand for many: a block of four becomes 128 KB. So much is unpacked at once, which is 64 MB at most.
 */
const PACKED_AT_ONCE = 2048;

/** A file that is packed with zstd, unpacked: Node 20 has no zstd of its own. */
export async function* unpackedZstd(path: string): AsyncGenerator<Buffer> {
  let blocks: Buffer[] = [];
  const unpack = new Decompress((block) => {
    blocks.push(Buffer.from(block.buffer, block.byteOffset, block.byteLength));
  });
  const push = (packed: Uint8Array, last: boolean): Buffer[] => {
    blocks = [];
    try {
      unpack.push(packed, last);
    } catch (error) {
      throw failure(error, last);
    }
    return blocks;
  };
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  try {
    for await (const piece of file as AsyncIterable<Buffer>) {
      if (file.bytesRead === piece.length) refuseWide(piece);
      for (let at = 0; at < piece.length; at += PACKED_AT_ONCE) {
        yield* push(piece.subarray(at, at + PACKED_AT_ONCE), false);
      }
    }
    yield* push(new Uint8Array(0), true);
  } finally {
    file.destroy();
  }
}

/** What zstd itself unpacks without being asked to; the window is held in memory. */
const WIDEST_WINDOW = 128 * 1024 * 1024;

/** The head of a frame says how large a window it needs. */
function refuseWide(head: Buffer): void {
  const descriptor = head[4] ?? 0;
  const single = (descriptor & 0x20) !== 0;
  const window = head[5] ?? 0;
  if (single || 2 ** (10 + (window >> 3)) <= WIDEST_WINDOW) return;
  throw new PeregrineError("fileCutOff", {
    detail: "The file was packed by zstd with a window of more than 128 MB: pack it without --long.",
  });
}

function failure(cause: unknown, last: boolean): PeregrineError {
  const detail = last
    ? "The zstd file ends before its end: it is cut off."
    : "The zstd file is damaged and cannot be unpacked.";
  return new PeregrineError("fileCutOff", { detail, cause });
}
