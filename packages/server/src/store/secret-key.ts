import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { PeregrineError } from "@peregrine/core";

const KEY_BYTES = 32;

/** A key as it stands in PEREGRINE_SECRET_KEY and in the key file: 32 bytes in base64. */
export function parseSecretKey(text: string, source: string): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, "base64");
  if (key.length === KEY_BYTES && key.toString("base64") === trimmed) return key;
  throw new PeregrineError("secretKeyInvalid", { detail: `${source} does not hold 32 bytes in base64.` });
}

/**
 * The key of a data folder: the file `secret.key` (mode 0600), made at the first start.
 *
 * @param random gives so many random bytes
 * @param inUse something was stored with the key, so that another one would be of no use
 * @throws PeregrineError `secretKeyInvalid`, `secretKeyWrong` when the file is lost
 */
export function secretKeyOfFolder(folder: string, random: (bytes: number) => Buffer, inUse: boolean): Buffer {
  const path = join(folder, "secret.key");
  const known = readIfThere(path);
  if (known !== undefined) return parseSecretKey(known, path);
  if (inUse) {
    throw new PeregrineError("secretKeyWrong", { detail: `Secrets are stored, and ${path} is gone.` });
  }
  const draft = `${path}.${random(8).toString("hex")}`;
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, `${random(KEY_BYTES).toString("base64")}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    // A link either makes the whole file appear under its name or finds that another start was first.
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(folder);
  return parseSecretKey(readFileSync(path, "utf8"), path);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Losing the file's name in a power cut would lose every secret. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
