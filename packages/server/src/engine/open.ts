import { totalmem } from "node:os";
import { PeregrineError } from "@peregrine/core";
import { connectEngine } from "./client.ts";
import { delay } from "./delay.ts";
import type { Engine } from "./engine.ts";
import { migrateEngine } from "./migrations.ts";
import { type EngineLog, Supervisor } from "./supervisor.ts";
import { assertName } from "./values.ts";

export interface EngineOptions {
  /** A ClickHouse server (`CLICKHOUSE_URL`); without it the engine is a child process of this one. */
  readonly url?: string | undefined;
  /** Whom the server lets in. */
  readonly credentials?: { readonly user: string; readonly password: string } | undefined;
  /** The embedded engine's data; made when it is missing. */
  readonly folder: string;
  readonly log: EngineLog;
  /** Where the tables are. */
  readonly database?: string;
  /** What the embedded engine may hold in memory at most; half of the machine's unless told otherwise. */
  readonly memoryBytes?: number;
  /** How long a start waits for a predecessor that is dying (10 s). */
  readonly lockWaitMs?: number;
  /** How long a call waits for an engine that is being started again (30 s). */
  readonly readyWaitMs?: number;
}

/** The child process with the embedded engine. */
export interface EngineProcess {
  readonly pid: number | undefined;
  readonly version: string;
  readonly restarts: number;
  /** Ends it as a crash does; it is started again. */
  kill(signal?: "SIGKILL" | "SIGSEGV" | "SIGABRT"): void;
}

export interface OpenEngine extends Engine {
  /** None when the engine is a server. */
  readonly process: EngineProcess | undefined;
}

/**
 * Opens the data plane and brings it to this program's version.
 *
 * @throws PeregrineError `folderInUse`, `engineUnavailable`, `engineNewer`
 */
export async function openEngine(options: EngineOptions): Promise<OpenEngine> {
  const { database = "peregrine", lockWaitMs = 10_000, readyWaitMs = 30_000 } = options;
  const endpoint =
    options.url === undefined
      ? await embedded({
          folder: options.folder,
          log: options.log,
          memoryBytes: options.memoryBytes ?? defaultMemory(),
          lockWaitMs,
          readyWaitMs,
        })
      : server(options.url, options.credentials);
  try {
    if (options.url !== undefined) await assertClickHouse(endpoint, options.url);
    await createDatabase(endpoint, database);
    const engine = connectEngine({ ...endpoint, database });
    await migrateEngine(engine);
    return Object.assign(engine, { process: endpoint.process });
  } catch (error) {
    await endpoint.close();
    throw error;
  }
}

const SERVER_PAUSE_MS = 1_000;

type Place = Omit<Parameters<typeof connectEngine>[0], "database"> & {
  readonly process: EngineProcess | undefined;
};

async function embedded(options: Parameters<typeof Supervisor.start>[0]): Promise<Place> {
  const supervisor = await Supervisor.start(options);
  return {
    url: "http://engine",
    socketPath: supervisor.socket,
    ready: () => supervisor.ready(),
    recovered: (generation) => supervisor.recovered(generation),
    process: supervisor,
    close: () => supervisor.close(),
  };
}

function server(url: string, credentials: EngineOptions["credentials"]): Place {
  if (!/^https?:\/\//.test(url)) {
    throw new PeregrineError("engineUnavailable", {
      detail: "The address of ClickHouse is not one of http or https.",
    });
  }
  return {
    url,
    credentials,
    ready: async () => 0,
    // A server that restarts, or a balancer that moves on, needs a moment.
    recovered: () => delay(SERVER_PAUSE_MS, new AbortController().signal),
    process: undefined,
    close: async () => {},
  };
}

async function createDatabase(place: Place, database: string): Promise<void> {
  const outside = connectEngine({ ...place, database: "default", close: async () => {} });
  try {
    await outside.command(`CREATE DATABASE IF NOT EXISTS ${assertName(database)}`);
  } finally {
    await outside.close();
  }
}

/** A web page or a proxy at the address may answer 200 to everything, and would be taken for an empty data plane. */
async function assertClickHouse(place: Place, url: string): Promise<void> {
  const outside = connectEngine({ ...place, database: "default", close: async () => {} });
  let cause: unknown;
  try {
    const [row] = await outside.query<{ version: unknown }>("SELECT version() AS version");
    if (typeof row?.version === "string") return;
  } catch (error) {
    if (error instanceof PeregrineError) throw error;
    cause = error;
  } finally {
    await outside.close();
  }
  throw new PeregrineError("engineUnavailable", {
    detail: `${new URL(url).origin} answers, and not as ClickHouse does.`,
    cause,
  });
}

/** Half of what the machine or the container has: the server process and the page cache need the rest. */
function defaultMemory(): number {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.floor(Math.min(totalmem(), limit) / 2);
}
