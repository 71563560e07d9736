import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type Store, type StoreOptions } from "../../../packages/server/src/store/index.ts";
import { type PostgresCluster, startPostgres } from "./postgres.ts";

/** A clock that stands still until it is told to move. */
export class TestClock {
  #now: number;

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** Where one test's control plane lies; opening it again finds what was there. */
export interface Place {
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  open(options?: Partial<StoreOptions>): Promise<Store>;
}

/** One of the databases that the control plane runs on. */
export interface Backend {
  readonly name: string;
  start(): Promise<void>;
  /** A place of the test's own; closed and removed by {@link Backend.clean}. */
  place(): Promise<Place>;
  clean(): Promise<void>;
  stop(): Promise<void>;
}

function backend(name: string, newDatabase: () => Promise<string | undefined>): Backend {
  const opened: Store[] = [];
  const folders: string[] = [];
  return {
    name,
    start: async () => undefined,
    stop: async () => undefined,
    place: async () => {
      const folder = mkdtempSync(join(tmpdir(), "peregrine-store-"));
      folders.push(folder);
      const databaseUrl = await newDatabase();
      return {
        folder,
        databaseUrl,
        open: async (options) => {
          const store = await openStore({ databaseUrl, folder, clock: new TestClock(), ...options });
          opened.push(store);
          return store;
        },
      };
    },
    clean: async () => {
      for (const store of opened.splice(0)) await store.close();
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const SQLITE: Backend = backend("SQLite", async () => undefined);

let cluster: PostgresCluster | undefined;
const POSTGRES: Backend = {
  ...backend("PostgreSQL", async () => cluster?.createDatabase()),
  start: async () => {
    cluster = await startPostgres();
  },
  stop: async () => {
    await cluster?.stop();
    cluster = undefined;
  },
};

export const BACKENDS: readonly Backend[] = [SQLITE, POSTGRES];
