import type { Engine } from "@peregrine/server";
import { afterEach, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { createWorld, type IngestWorld, SHOP } from "./world.ts";

let host: TestEngine | undefined;
let world: IngestWorld | undefined;

afterEach(async () => {
  await world?.close();
  await host?.close();
  world = undefined;
  host = undefined;
});

const FILE = `id,sku,quantity,price,at\n${Array.from({ length: 3000 }, (_, row) => `${row % 700},S${row % 50},${(row % 5) - 1},${row}.25,2025-01-01\n`).join("")}`;

/** The real engine; before the calls that are named it does something first. */
function before(
  engine: Engine,
  act: (call: number) => Promise<void> | void,
): { engine: Engine; calls: () => number } {
  let calls = 0;
  const counted = async () => {
    calls += 1;
    await act(calls);
  };
  return {
    calls: () => calls,
    engine: {
      async query(...of) {
        await counted();
        return engine.query(...of);
      },
      async *stream(...of) {
        await counted();
        yield* engine.stream(...of);
      },
      async command(...of) {
        await counted();
        return engine.command(...of);
      },
      async insert(...of) {
        await counted();
        return engine.insert(...of);
      },
      async insertStream(...of) {
        await counted();
        return engine.insertStream(...of);
      },
      close: () => engine.close(),
    } as Engine,
  };
}

/** All that readers see of events and profiles, as one number and a count. */
async function seen(of: IngestWorld): Promise<unknown> {
  const operations = await of.store.db
    .selectFrom("operation")
    .select("id")
    .where("state", "=", "published")
    .execute();
  const list = [0, ...operations.map(({ id }) => id)].join(", ");
  const tables = await of.engine.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'event\\_%' AND name != 'event_key'",
  );
  const digests = [];
  for (const name of [...tables.map((table) => table.name), "profile", "identifier"]) {
    const [columns] = await of.engine.query<{ names: string[] }>(
      `SELECT groupArray(name) AS names FROM (SELECT name FROM system.columns
      WHERE database = currentDatabase() AND table = '${name}' AND name NOT IN ('op', 'import', 'key') ORDER BY name)`,
    );
    const [digest] = await of.engine.query(
      `SELECT '${name}' AS name, count() AS rows, toString(sum(sipHash64(${columns?.names.join(", ")}))) AS sum
      FROM ${name} WHERE op IN (${list})`,
    );
    digests.push(digest);
  }
  return {
    digests,
    arrival: await of.store.counters.get("arrival"),
    profile: await of.store.counters.get("profile"),
  };
}

it("an engine that is killed at any moment of an import changes nothing of what comes out, and nothing half is seen", async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(...SHOP);
  await world.import("orders", FILE);
  const undisturbed = await seen(world);
  await world.close();
  await host.close();

  host = await startEngine();
  const own = host;
  const pid = () => own.engine.process?.pid;
  let killAt = Number.POSITIVE_INFINITY;
  let kills = 0;
  let halves = 0;
  let watching: IngestWorld | undefined;
  const disturbed = before(own.engine, async (call) => {
    if (call < killAt || kills >= 12) return;
    kills += 1;
    killAt = call + 7 + kills * 5;
    const victim = pid();
    if (victim !== undefined) process.kill(victim, "SIGKILL");
    const published = watching && (await watching.store.operations.snapshot()).upTo > 0;
    const arrivals = await watching?.store.counters.get("arrival");
    if (arrivals !== (published ? 3000 : 0)) halves += 1;
  });
  world = await createWorld(disturbed.engine);
  watching = world;
  await world.define(...SHOP);
  killAt = disturbed.calls() + 2;
  const view = await world.import("orders", FILE);
  expect(view).toMatchObject({ state: "published", counts: { read: 3000 } });
  expect(kills).toBeGreaterThan(3);
  expect(halves).toBe(0);
  expect(await seen(world)).toEqual(undisturbed);
}, 240_000);

it("an import that was under way when the server stopped begins anew and comes to the same", async () => {
  host = await startEngine();
  let stopAt = Number.POSITIVE_INFINITY;
  let stopped: Promise<void> | undefined;
  const watched = before(host.engine, (call) => {
    if (call >= stopAt && stopped === undefined) stopped = world?.restart();
  });
  world = await createWorld(watched.engine);
  await world.define(...SHOP);
  stopAt = watched.calls() + 12;
  const view = await world.import("orders", FILE);
  await stopped;
  expect(stopped).toBeDefined();
  expect(view).toMatchObject({ state: "published", counts: { read: 3000, newProfiles: 699 } });
  const operations = await world.store.db.selectFrom("operation").select("state").execute();
  expect(operations.map(({ state }) => state)).toEqual(["abandoned", "published"]);
  expect(
    await world.engine.query(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '^(staging|mapped|assignment|identity)_')",
    ),
  ).not.toContainEqual(expect.objectContaining({ name: expect.stringMatching(/_[0-9]+$/) }));
}, 120_000);
