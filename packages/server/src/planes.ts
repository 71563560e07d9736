import { join } from "node:path";
import { type Clock, PeregrineError } from "@peregrine/core";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { claimInstallation, installationOf, type OpenEngine, openEngine } from "./engine/index.ts";
import { openStore, type Store } from "./store/index.ts";

/** The control plane and the data plane of one installation. */
export interface Planes {
  readonly store: Store;
  readonly engine: OpenEngine;
  close(): Promise<void>;
}

/**
 * Opens both planes, each brought to this program's version, and makes sure that they belong together.
 *
 * @throws PeregrineError what {@link openStore} and {@link openEngine} throw, and `planesApart`
 */
export async function openPlanes(config: Config, clock: Clock, log: Logger): Promise<Planes> {
  const store = await openStore({
    folder: config.folder,
    clock,
    databaseUrl: config.databaseUrl,
    secretKey: config.secretKey,
    onIdleError: (error) => log.warn({ err: error }, "an idle connection to the control plane broke"),
  });
  try {
    const engine = await openEngine({
      folder: join(config.folder, "engine"),
      log,
      url: config.clickhouse?.url,
      credentials: config.clickhouse,
      ...(config.clickhouse === undefined ? {} : { database: config.clickhouse.database }),
      ...(config.engineMemoryBytes === undefined ? {} : { memoryBytes: config.engineMemoryBytes }),
    });
    try {
      await assertTogether(store, engine);
    } catch (error) {
      await engine.close();
      throw error;
    }
    return {
      store,
      engine,
      async close() {
        await engine.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Rows of one installation under definitions of another would be read wrongly, or taken for nobody's and removed. */
async function assertTogether(store: Store, engine: OpenEngine): Promise<void> {
  const mine = store.installation.id;
  const found = await installationOf(engine);
  if (found === mine) return;
  if (found !== undefined) {
    throw new PeregrineError("planesApart", {
      detail: `The control plane is of installation ${mine}, the data plane of installation ${found}.`,
    });
  }
  const { upTo } = await store.operations.snapshot();
  if (upTo > 0) {
    throw new PeregrineError("planesApart", {
      detail: `The control plane of installation ${mine} has published data, but the data plane is empty.`,
    });
  }
  await claimInstallation(engine, mine);
}
