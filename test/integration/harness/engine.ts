import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenEngine, openEngine } from "@peregrine/server";

/** An engine of a test's own. */
export interface TestEngine {
  readonly engine: OpenEngine;
  /** The embedded engine's data folder; it stays when the engine is closed with `keep`. */
  readonly folder: string;
  /** Closes the engine and removes its data. Fails when the child process outlives it. */
  close(): Promise<void>;
}

export interface TestEngineOptions {
  /** A folder of the test's own, which `close` leaves as it is. */
  readonly folder?: string;
  readonly memoryBytes?: number;
  readonly lockWaitMs?: number;
  readonly log?: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

const QUIET = { info: () => {}, warn: () => {} };
/** Enough for every test, and little enough for several test files at once. */
const MEMORY_BYTES = 2 * 1024 ** 3;

/** With a server the tests that are about the child process have nothing to test. */
export const SERVER_URL = process.env["CLICKHOUSE_URL"];

/**
 * Starts an engine for a test file: the embedded one in a temporary folder, or a new database of the server that
 * `CLICKHOUSE_URL` names.
 */
export async function startEngine(options: TestEngineOptions = {}): Promise<TestEngine> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "peregrine-test-"));
  const database = `test_${process.pid}_${Date.now().toString(36)}`;
  const engine = await openEngine({
    url: SERVER_URL,
    folder,
    log: options.log ?? QUIET,
    memoryBytes: options.memoryBytes ?? MEMORY_BYTES,
    ...(SERVER_URL === undefined ? {} : { database }),
    ...(options.lockWaitMs === undefined ? {} : { lockWaitMs: options.lockWaitMs }),
  });
  return {
    engine,
    folder,
    async close() {
      const pid = engine.process?.pid;
      if (SERVER_URL !== undefined) await engine.command(`DROP DATABASE IF EXISTS ${database}`);
      await engine.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
      if (pid !== undefined && isAlive(pid)) {
        throw new Error(`The engine's process ${pid} is still there after close()`);
      }
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
