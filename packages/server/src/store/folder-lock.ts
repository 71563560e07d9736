import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PeregrineError } from "@peregrine/core";
import SqliteFile from "libsql";
import { storeFailure } from "./failure.ts";

/** A data folder that this process has for itself until it releases it or ends, however it ends. */
export interface FolderLock {
  readonly folder: string;
  release(): void;
}

/**
 * Takes a data folder for this process; made (mode 0700) when absent. The hold is SQLite's exclusive lock on a
 * file of its own, `lock.db`: the kernel releases it at any end of the process, so nothing is left to clean up.
 * The file must not be opened by other means in this process: closing it there would end the lock (POSIX).
 *
 * @throws PeregrineError `folderInUse` while another process has it, `folderUnusable` when it can't be written
 */
export function lockFolder(path: string): FolderLock {
  const folder = resolve(path);
  const pidFile = join(folder, "server.pid");
  try {
    makeFolder(folder);
  } catch (error) {
    throw new PeregrineError("folderUnusable", {
      detail: `${folder} can't be made: ${reasonOf(error)}.`,
      cause: error,
    });
  }
  let file: SqliteFile.Database | undefined;
  try {
    file = new SqliteFile(join(folder, "lock.db"), { timeout: 0 });
    file.exec("BEGIN EXCLUSIVE");
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (error) {
    file?.close();
    throw refusal(error, folder, pidFile);
  }
  const held = file;
  return {
    folder,
    release: () => {
      if (!held.open) return;
      rmSync(pidFile, { force: true });
      held.close();
      held.open = false;
    },
  };
}

/**
 * Makes a folder and those above it. Not `recursive: true`: where a file system takes no folders and says ENOENT,
 * as below /proc, Node goes round in it for ever.
 */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/** Why a folder can't be made or written, in words. */
function reasonOf(error: unknown): string {
  const code = isNodeError(error) ? (error.code ?? "") : "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: "there is a file of this name",
  ENOTDIR: "a part of its path is a file",
  EACCES: "this process may not write there",
  EROFS: "that is mounted read-only",
  ENOENT: "no folder can be made there",
  ENOSPC: "the disk is full",
};

function refusal(error: unknown, folder: string, pidFile: string): unknown {
  const known = storeFailure(error, "sqlite");
  if (!(known instanceof PeregrineError)) {
    return isNodeError(error)
      ? new PeregrineError("folderUnusable", {
          detail: `${folder} can't be written: ${reasonOf(error)}.`,
          cause: error,
        })
      : known;
  }
  if (known.code === "folderUnusable") {
    return new PeregrineError("folderUnusable", { detail: `${folder} cannot be written.`, cause: error });
  }
  if (known.code !== "storeBusy") return known;
  const pid = holderOf(pidFile);
  return new PeregrineError("folderInUse", {
    detail: `${folder} is in use${pid === undefined ? "" : ` by the process ${pid}`}.`,
    cause: error,
  });
}

/** The process that wrote its number last; for the message only. */
function holderOf(pidFile: string): string | undefined {
  try {
    return readFileSync(pidFile, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
