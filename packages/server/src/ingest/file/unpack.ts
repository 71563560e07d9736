import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { PeregrineError } from "@peregrine/core";
import type { FileReading } from "../../store/index.ts";
import { PIECE } from "./input.ts";
import { unpackedZstd } from "./zstd.ts";

type Compression = FileReading["compression"];

const SIGNATURES: readonly { readonly begins: readonly number[]; readonly compression: Compression }[] = [
  { begins: [0x1f, 0x8b], compression: "gzip" },
  { begins: [0x28, 0xb5, 0x2f, 0xfd], compression: "zstd" },
];

/** How a file is packed, by its first bytes, whatever its name. */
export async function compressionOf(path: string): Promise<Compression> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const start = buffer.subarray(0, bytesRead);
    const found = SIGNATURES.find(({ begins }) => begins.every((byte, index) => start[index] === byte));
    return found?.compression ?? "none";
  } finally {
    await file.close();
  }
}

const UNPACKERS: Record<Compression, (path: string) => AsyncGenerator<Buffer>> = {
  none: plain,
  gzip: gunzipped,
  zstd: unpackedZstd,
};

/** A file's bytes, unpacked. A piece is not looked at any more when the next one is asked for. */
export function unpacked(path: string, compression: Compression): AsyncGenerator<Buffer> {
  return UNPACKERS[compression](path);
}

/** A buffer, in bytes, for a file that is small, or grows while it is read. */
const LEAST = 64 * 1024;

async function* plain(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const buffer = Buffer.allocUnsafe(Math.max(LEAST, Math.min(PIECE, size)));
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
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
