import { randomBytes, randomUUID } from "node:crypto";
import { ACTIVATION_TYPES } from "@peregrine/activation-types";
import type { Clock } from "@peregrine/core";
import { PeregrineError } from "@peregrine/core";
import pino, { type Logger } from "pino";
import { AccessService, SESSION_MS, sessionStore } from "./access/index.ts";
import type { PieceSize, SampleSize } from "./audience/index.ts";
import type { Config } from "./config.ts";
import { createServices, type Workers } from "./context.ts";
import { createApp } from "./http/app.ts";
import { clearLeftovers } from "./leftovers.ts";
import { openPlanes } from "./planes.ts";
import { allRoutes } from "./routes.ts";
import { VERSION } from "./version.ts";

export interface ServerOptions {
  readonly config: Config;
  /** The machine's clock unless told otherwise. */
  readonly clock?: Clock;
  readonly log?: Logger;
  /** The folder of the built pages; without it only programs are answered. */
  readonly pages?: string | undefined;
  /** Of how many people a preview makes an estimate, and from how many rows on; what was measured, unless told otherwise. */
  readonly sample?: SampleSize | undefined;
  /** How much one statement of an evaluation takes on; what was measured, unless told otherwise. */
  readonly piece?: PieceSize | undefined;
}

/** A server that answers and works until it is closed. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:7373`. */
  readonly url: string;
  /** Made at the first start and shown then; undefined ever after, and when the operator gave one. */
  readonly setupCode: string | undefined;
  /** Nobody has used the set-up code yet. */
  readonly awaitsSetup: boolean;
  /** Ends what is under way in order: answers are given and recorded, then the planes are closed. */
  close(): Promise<void>;
}

const systemClock: Clock = { now: () => Date.now() };

/**
 * Starts everything: both planes, the API, ingestion and the workers. When it returns, requests are answered.
 *
 * @throws PeregrineError with what stands in the way: `folderInUse`, `storeNewer`, `engineNewer`, `planesApart`,
 *   `portInUse`, …
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, clock = systemClock } = options;
  const log = options.log ?? pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false }));
  const planes = await openPlanes(config, clock, log);
  try {
    await clearLeftovers(planes.store, planes.engine, log);
    const access = new AccessService(planes.store, clock);
    const { services, workers } = createServices({
      planes,
      access,
      config,
      clock,
      log,
      types: ACTIVATION_TYPES,
      instance: randomUUID(),
      random: Math.random,
      randomBytes,
      sample: options.sample,
      piece: options.piece,
    });
    const app = createApp({
      logger: log,
      version: VERSION,
      callers: {
        ofToken: (token) => access.authenticate(token),
        ofSession: (userId) => access.user(userId),
      },
      sessions: { store: sessionStore(planes.store.sessions, () => clock.now()), maxAgeMs: SESSION_MS },
      now: () => clock.now(),
      pages: config.roles.includes("web") ? options.pages : undefined,
      routes: (api) => allRoutes(api, services),
    });
    try {
      const url = await listen(() => app.listen({ host: config.host, port: config.port }), config);
      await workers.start();
      // Last, when nothing can fail any more: a code is shown once, and one that nobody saw would be lost.
      const setupCode = await planes.store.tokens.ensureSetupCode(config.setupCode);
      log.info({ url, version: VERSION }, "listening");
      return {
        url,
        setupCode,
        awaitsSetup: await planes.store.tokens.awaitsSetup(),
        async close() {
          log.info("stopping: what is under way is ended in order");
          await endInOrder(app, workers);
          await planes.close();
          log.info("stopped");
        },
      };
    } catch (error) {
      await endInOrder(app, workers);
      throw error;
    }
  } catch (error) {
    await planes.close();
    throw error;
  }
}

async function endInOrder(app: { close(): PromiseLike<unknown> }, workers: Workers): Promise<void> {
  await app.close();
  await workers.close();
}

async function listen(start: () => Promise<string>, config: Config): Promise<string> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const place = `${config.host}:${config.port}`;
    if (error.code === "EADDRINUSE") {
      throw new PeregrineError("portInUse", { detail: `Another program listens on ${place}.`, cause: error });
    }
    if (error.code === "EACCES" || error.code === "EADDRNOTAVAIL") {
      throw new PeregrineError("portInUse", {
        detail: `${place} can't be listened on (${error.code}).`,
        cause: error,
      });
    }
    throw error;
  }
}
