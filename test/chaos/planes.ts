import { join } from "node:path";
import { identityConfigOf } from "@peregrine/core";
import {
  findViolations,
  generationDigest,
  type OpenEngine,
  openEngine,
  openStore,
  type Store,
} from "@peregrine/server";

/** What the planes of a stopped installation say about their profiles. */
export interface PlanesDigest {
  readonly tables: Awaited<ReturnType<typeof generationDigest>>;
  readonly violations: Awaited<ReturnType<typeof findViolations>>;
  readonly counters: { readonly arrival: number; readonly profile: number };
}

const QUIET = { info: () => {}, warn: () => {} };

/** Opens the planes of a stopped installation as its server would. */
export async function withPlanes<Result>(
  folder: string,
  use: (store: Store, engine: OpenEngine) => Promise<Result>,
): Promise<Result> {
  const store = await openStore({ folder, clock: { now: () => Date.now() } });
  try {
    const engine = await openEngine({ folder: join(folder, "engine"), log: QUIET, memoryBytes: 2 ** 30 });
    try {
      return await use(store, engine);
    } finally {
      await engine.close();
    }
  } finally {
    await store.close();
  }
}

/** The digest of a stopped installation. */
export function digestOf(folder: string): Promise<PlanesDigest> {
  return withPlanes(folder, digest);
}

export async function digest(store: Store, engine: OpenEngine): Promise<PlanesDigest> {
  const snapshot = await store.operations.snapshot();
  const schemas = (await store.definitions.list("schema"))
    .filter(({ body }) => body.parent === "Interaction")
    .map(({ number }) => number);
  const identifiers = await store.definitions.list("identifier");
  const config = identityConfigOf(identifiers.map(({ number, body }) => ({ number, definition: body })));
  return {
    tables: await generationDigest(engine, snapshot, schemas),
    violations: await findViolations(engine, snapshot, config),
    counters: {
      arrival: await store.counters.get("arrival"),
      profile: await store.counters.get("profile"),
    },
  };
}
