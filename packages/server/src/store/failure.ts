import { type ErrorCode, PeregrineError } from "@peregrine/core";

/** SQLite's result codes (https://sqlite.org/rescode.html) that somebody can do something about. */
const SQLITE_CODES: readonly (readonly [prefix: string, code: ErrorCode])[] = [
  ["SQLITE_FULL", "diskFull"],
  ["SQLITE_BUSY", "storeBusy"],
  ["SQLITE_LOCKED", "storeBusy"],
  ["SQLITE_CORRUPT", "storeDamaged"],
  ["SQLITE_NOTADB", "storeDamaged"],
  ["SQLITE_READONLY", "folderUnusable"],
  ["SQLITE_PERM", "folderUnusable"],
  ["SQLITE_CANTOPEN", "folderUnusable"],
];

/** PostgreSQL's SQLSTATEs (appendix A of its manual) and Node's socket errors, likewise. */
const POSTGRES_CODES: readonly (readonly [prefix: string, code: ErrorCode])[] = [
  ["53100", "diskFull"],
  ["ENOSPC", "diskFull"],
  ["EDQUOT", "diskFull"],
  ["40001", "storeBusy"],
  ["40P01", "storeBusy"],
  ["55P03", "storeBusy"],
  ["53300", "storeBusy"],
  ["08", "storeUnavailable"],
  ["28", "storeUnavailable"],
  ["3D000", "storeUnavailable"],
  ["57P0", "storeUnavailable"],
  ["ECONNREFUSED", "storeUnavailable"],
  ["ECONNRESET", "storeUnavailable"],
  ["ENOENT", "storeUnavailable"],
  ["ENOTFOUND", "storeUnavailable"],
  ["EAI_AGAIN", "storeUnavailable"],
  ["ETIMEDOUT", "storeUnavailable"],
  ["EPIPE", "storeUnavailable"],
];

/** What a driver threw, with a row of the error table where it has one; else as it was: a bug. */
export function storeFailure(error: unknown, dialect: "sqlite" | "postgres"): unknown {
  if (!(error instanceof Error) || error instanceof PeregrineError) return error;
  const native = "code" in error ? String(error.code) : "";
  const table = dialect === "sqlite" ? SQLITE_CODES : POSTGRES_CODES;
  const known = table.find(([prefix]) => native.startsWith(prefix))?.[1] ?? byMessage(error.message);
  return known === undefined ? error : new PeregrineError(known, { detail: error.message, cause: error });
}

/** Failures that the drivers tell by their text only. */
function byMessage(message: string): ErrorCode | undefined {
  // libsql's error while opening a file carries SQLite's number at the end: 14 is SQLITE_CANTOPEN.
  if (/Unable to open connection to local database .*: 14/.test(message)) return "folderUnusable";
  // pg's, for a server that went away between two queries or never answered.
  if (/Connection terminated|timeout exceeded when trying to connect/.test(message))
    return "storeUnavailable";
  return undefined;
}
