import { mkdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { answer, refuse } from "./answer.ts";
import { RequestError, toException } from "./exception.ts";
import type { StartMessage } from "./protocol.ts";
import { readRequest } from "./request.ts";
import { Sessions } from "./sessions.ts";

/** An open engine that answers on its socket. */
export interface Host {
  /** ClickHouse's version. */
  readonly version: string;
  /** Takes no more requests, finishes those that run, closes the engine. */
  close(): Promise<void>;
}

/**
 * What the engine is started with. All are server configuration, which no `SET` can change later.
 * The memory limit is the server's: the one per query would let eight queries hold eight times as much.
 * Pools and caches are small because the host shares its machine: with the defaults of a server the caches alone may
 * take 15 GB, and the memory worker that looks 20 times a second costs 0.7 % of a core at rest (0.2 % with this).
 * Some threads are kept between statements: starting them anew for each took a `SELECT 1` from 1.5 ms to 3.5 ms of work.
 */
function connectionArgs(memoryBytes: number): string[] {
  return [
    `--max_server_memory_usage=${memoryBytes}`,
    "--mark_cache_size=67108864",
    "--primary_index_cache_size=67108864",
    "--index_mark_cache_size=16777216",
    "--query_condition_cache_size=16777216",
    "--background_pool_size=2",
    "--background_common_pool_size=1",
    "--background_move_pool_size=1",
    "--background_fetches_pool_size=1",
    "--background_schedule_pool_size=2",
    "--memory_worker_period_ms=1000",
    "--max_thread_pool_free_size=16",
  ];
}

const IDLE_SOCKET_MS = 24 * 3_600_000;

/** Opens the data folder and listens. Throws when another process holds the folder or the engine cannot read it. */
export async function openHost(start: StartMessage): Promise<Host> {
  mkdirSync(start.folder, { recursive: true });
  const sessions = new Sessions(start.folder, start.slots, connectionArgs(start.memoryBytes));
  const version = await sessions.version();
  // Only now, with the folder's lock in hand, may a predecessor's left-overs go.
  const spoolFolder = join(start.folder, "spool");
  rmSync(spoolFolder, { recursive: true, force: true });
  mkdirSync(spoolFolder, { mode: 0o700 });
  rmSync(start.socket, { force: true });

  const server = createServer(
    {
      // Parameters travel in the address, which Node counts as part of the head (16 KB otherwise).
      maxHeaderSize: 16 * 1024 * 1024,
      // The only client is the parent: it closes what it no longer needs, and an insert may take hours to arrive.
      keepAliveTimeout: IDLE_SOCKET_MS,
      requestTimeout: 0,
    },
    (request, response) => {
      void handle({ sessions, spoolFolder }, request, response);
    },
  );
  await listen(server, start.socket);
  return {
    version,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      sessions.close();
    },
  };
}

async function handle(
  desk: { readonly sessions: Sessions; readonly spoolFolder: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === "GET" && request.url?.startsWith("/ping")) {
    response.end("Ok.\n");
    return;
  }
  try {
    await answer(desk, await readRequest(request), response);
  } catch (error) {
    refuse(response, error instanceof RequestError ? error.exception : toException(error));
  }
}

function listen(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
