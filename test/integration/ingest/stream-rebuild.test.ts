import { join } from "node:path";
import { compareGenerations } from "@peregrine/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RebuildService } from "../../../packages/server/src/identity/index.ts";
import { areDerivedTogether, deriveAgain } from "../../../packages/server/src/ingest/index.ts";
import { StreamLog } from "../../../packages/server/src/ingest/stream/stream-log.ts";
import type { ImportRecord } from "../../../packages/server/src/store/index.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { until } from "../harness/wait.ts";
import { createWorld, type IngestWorld, SHOP } from "./world.ts";

const QUIET = { info: () => {}, warn: () => {}, error: () => {} };
const KEYED = {
  kind: "dataflow",
  id: "keyed",
  schema: "orders",
  map: { userid: "id", sku: "sku" },
  event: '"buy"',
  key: "key",
} as const;

/** Without a time of their own, rows are of the time of their import. */
const PEOPLE = {
  kind: "dataflow",
  id: "streamed",
  schema: "people",
  map: { userid: "id", email: "mail", country: "country", points: "number(points)" },
} as const;

let host: TestEngine;
let world: IngestWorld;
let log: StreamLog;

beforeAll(async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(...SHOP, KEYED, PEOPLE);
  log = new StreamLog({
    store: world.store,
    folder: join(world.folder, "streams"),
    clock: world.clock,
    log: QUIET,
    mostWaiting: 1e9,
    onImport: () => world.service.wake(),
    cadence: { linger: 0, apart: 0, bytes: 1e9 },
  });
  await log.start();
});
afterAll(async () => {
  await log?.close();
  await world?.close();
  await host?.close();
});

/** One delivery, which becomes one import. */
async function send(dataflow: string, ...rows: readonly object[]): Promise<ImportRecord> {
  const { store } = world;
  const flow = await store.definitions.get("dataflow", dataflow);
  const before = await store.counters.get("import");
  const lane = {
    dataflowId: dataflow,
    dataflowNumber: flow?.number ?? 0,
    source: "stream",
    snapshot: null,
  } as const;
  await log.append(lane, { rows: rows.length, json: Buffer.from(JSON.stringify(rows)), repeat: null });
  let record: ImportRecord | undefined;
  await until(async () => {
    record = await store.imports.get(before + 1);
    return record !== undefined && record.finishedAt !== null;
  }, "the import has ended");
  if (record === undefined) throw new Error("there is no import");
  await log.ended(record);
  expect(record).toMatchObject({ state: "published", error: null });
  world.clock.advance(60_000);
  return record;
}

it("many small imports are derived together, and every row comes out as it was", async () => {
  const at = "2026-01-01";
  await send("streamed", { id: 1, mail: "a@x.org", country: "UK" }, { id: 2, points: 5 });
  await send("streamed", { id: 1, country: null }, { id: 2, points: 7 }, { id: 1, points: 1 });
  await send("streamed", { id: 1, country: "FR" }, { id: 3, mail: "c@x.org" });
  // Two become one: those before keep the number that they had.
  await send("streamed", { mail: "loose@x.org", country: "SE" });
  await send("streamed", { id: 4, mail: "loose@x.org" }, { id: 1, points: 2 });
  await send("streamed", { id: 4, country: "DK" });
  await send("orders", { id: 1, sku: "A", quantity: 1, price: 2, at });
  await send("orders", { id: 5, sku: "A", quantity: 1, price: 2, at }, { id: 1, sku: "B", quantity: -1 });
  await send("keyed", { id: 1, sku: "K", key: "1" }, { id: 6, sku: "K", key: "2" });
  await send("keyed", { id: 1, sku: "again", key: "1" }, { id: 6, sku: "K", key: "3" });
  await send("keyed", { id: 7, sku: "K", key: "3" }, { id: 7, sku: "K", key: "4" });

  const schemas = await world.store.definitions.list("schema");
  const orders = schemas.find(({ id }) => id === "orders")?.number ?? 0;
  const before = await world.store.operations.snapshot();
  const together: number[] = [];
  const rebuild = new RebuildService({
    store: world.store,
    engine: world.engine,
    clock: world.clock,
    instance: "test",
    derive: (again) => {
      together.push(again.records.length);
      return deriveAgain(again);
    },
    together: areDerivedTogether,
    log: { error: () => {} },
    retryMs: 20,
  });
  rebuild.start();
  expect(await rebuild.settled()).toMatchObject({ state: "done", error: null, result: { imports: 11 } });
  // The import with the merge begins anew.
  expect(together).toEqual([4, 2, 2, 3]);
  const after = await world.store.operations.snapshot();
  expect(await compareGenerations(world.engine, before, after, [orders])).toEqual([]);
});

it("a definition is kept once, however many imports have it", async () => {
  const { db } = world.store;
  const kept = await db.selectFrom("import_definition").select("hash").execute();
  expect(kept).toHaveLength(3);
  const inRows = await db.selectFrom("import").select("definition").execute();
  expect(inRows.map(({ definition }) => definition)).toEqual(Array(11).fill(null));
});
