import type { DefinitionInput, IdentityConfig } from "@peregrine/core";
import { identityConfigOf } from "@peregrine/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  compareGenerations,
  findViolations,
  generationDigest,
  ProfileService,
  RebuildService,
  removeOlderGenerations,
} from "../../../packages/server/src/identity/index.ts";
import { areDerivedTogether, deriveAgain } from "../../../packages/server/src/ingest/index.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { createWorld, type IngestWorld } from "../ingest/world.ts";

const PEOPLE: DefinitionInput = {
  kind: "dataflow",
  id: "people",
  schema: "people",
  map: { userid: "id", email: "mail", country: "country" },
  time: "time(changed)",
};

const DEFINITIONS: DefinitionInput[] = [
  { kind: "identifier", id: "userid", blocked: ["0"], priority: 300, limit: "one" },
  { kind: "identifier", id: "email", normalise: ["trim", "lowercase"], priority: 200, limit: "one" },
  { kind: "identifier", id: "cookie", priority: 100 },
  {
    kind: "schema",
    id: "people",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "email", type: "text", identifier: "email" },
      { name: "country", type: "text" },
    ],
  },
  {
    kind: "schema",
    id: "visits",
    parent: "Interaction",
    personIdentifier: "cookie",
    columns: [
      { name: "cookie", type: "text", identifier: "cookie" },
      { name: "userid", type: "text", identifier: "userid" },
      { name: "page", type: "text" },
    ],
  },
  PEOPLE,
  {
    kind: "dataflow",
    id: "visits",
    schema: "visits",
    map: { cookie: "cookie", userid: "user", page: "page" },
    event: '"visit"',
    time: "time(at)",
    key: "key",
  },
  {
    kind: "dataflow",
    id: "newsletter",
    schema: "people",
    write: "overwrite",
    map: { userid: "id", country: "country" },
  },
];

let test: TestEngine;
let world: IngestWorld;
let profiles: ProfileService;

beforeAll(async () => {
  test = await startEngine();
  world = await createWorld(test.engine);
  await world.define(...DEFINITIONS);
  profiles = new ProfileService({ store: world.store, engine: world.engine });
});

afterAll(async () => {
  await world?.close();
  await test?.close();
});

function rebuildService(retryMs = 20): RebuildService {
  return new RebuildService({
    store: world.store,
    engine: world.engine,
    clock: world.clock,
    instance: "test",
    derive: deriveAgain,
    together: areDerivedTogether,
    log: { error: () => {} },
    retryMs,
  });
}

async function config(): Promise<IdentityConfig> {
  const identifiers = await world.store.definitions.list("identifier");
  return identityConfigOf(identifiers.map(({ number, body }) => ({ number, definition: body })));
}

async function publish(dataflow: string, ...lines: string[]): Promise<number> {
  const view = await world.import(dataflow, `${lines.join("\n")}\n`);
  expect(view).toMatchObject({ state: "published", error: null });
  world.clock.advance(60_000);
  return view.id;
}

const VISITS = "cookie,user,page,at,key";

describe("profiles and their rebuild", () => {
  it("shows a person who came as a visitor, logged in and changed the address", async () => {
    await publish(
      "visits",
      VISITS,
      "c1,,/home,2026-01-01 10:00:00,k1",
      "c2,,/home,2026-01-01 11:00:00,k2",
      ",0,/void,2026-01-01 11:00:00,k3",
    );
    const people = await publish(
      "people",
      "id,mail,country,changed",
      "u1,Ann@x.org,UK,2025-01-01",
      "u2,bob@x.org,FR,2025-01-01",
      "u1,ann@y.org,,2025-02-01",
    );
    await publish(
      "visits",
      VISITS,
      "c1,u1,/login,2026-01-02 10:00:00,k4",
      "c1,,/cart,2026-01-02 11:00:00,k5",
      "c1,,/cart,2026-01-02 11:00:00,k5",
      "c1,u2,/shared,2026-01-03 10:00:00,k6",
      "c1,,/after,2026-01-03 11:00:00,k7",
    );
    const ann = await profiles.byIdentifier("email: ANN@y.org");
    expect(ann).toMatchObject({ number: 1, merged: [3] });
    expect(ann.identifiers.map(({ identifier, value }) => `${identifier}:${value}`)).toEqual([
      "userid:u1",
      "email:ann@y.org",
    ]);
    expect(ann.identifiers[1]?.source).toMatchObject({
      import: people,
      dataflow: "people",
      fileName: "test.csv",
    });
    const country = ann.attributes.find(({ name }) => name === "country");
    expect(country).toMatchObject({ value: "UK", type: "text", dataflow: "people", import: people });
    expect(ann.events.count).toBe(3);
    expect(ann.events.latest.map(({ properties }) => properties["page"])).toEqual([
      "/cart",
      "/login",
      "/home",
    ]);
    const bob = await profiles.byIdentifier("cookie:c1");
    expect(bob.identifiers.map(({ value }) => value)).toEqual(["u2", "bob@x.org", "c1"]);
    expect(bob.events.latest.map(({ properties }) => properties["page"])).toEqual(["/after", "/shared"]);
  });

  it("finds a profile by every number that it ever had, and nobody by what belongs to nobody", async () => {
    expect((await profiles.byNumber(3)).number).toBe(1);
    await expect(profiles.byIdentifier("email:ann@x.org")).rejects.toMatchObject({ code: "notFound" });
    await expect(profiles.byIdentifier("userid:0")).rejects.toMatchObject({ code: "notFound" });
    await expect(profiles.byNumber(99)).rejects.toMatchObject({ code: "notFound" });
    await expect(profiles.byIdentifier("shoe:42")).rejects.toMatchObject({
      code: "requestInvalid",
      faults: [{ path: "/identifier", message: "there is no identifier `shoe`" }],
    });
    await expect(profiles.byIdentifier("c1")).rejects.toMatchObject({ code: "requestInvalid" });
  });

  it("pages through events and conflicts without gaps", async () => {
    const first = await profiles.events(1, 2);
    const second = await profiles.events(1, 2, first.next ?? "");
    expect([...first.items, ...second.items].map(({ properties }) => properties["page"])).toEqual([
      "/cart",
      "/login",
      "/home",
    ]);
    expect(second.next).toBeNull();
    await expect(profiles.events(4, 2, first.next ?? "")).rejects.toMatchObject({ code: "cursorInvalid" });
    const one = await profiles.conflicts(1);
    const two = await profiles.conflicts(5, one.next ?? "");
    expect(
      [...one.items, ...two.items].map(({ identifier, value, from, to }) => [identifier, value, from, to]),
    ).toEqual([
      ["cookie", "c1", 1, 4],
      ["email", "ann@x.org", 3, null],
    ]);
  });

  it("comes out the same after a rebuild: numbers, identifiers, attributes, events", async () => {
    await publish("newsletter", "id,country", "u1,DE", "u9,ES");
    await publish("newsletter", "id,country", "u1,IT");
    // What is defined later must not change how earlier rows are read.
    await world.define(
      { ...PEOPLE, map: { userid: "id", email: "mail", country: "lower(country)" } },
      { kind: "identifier", id: "cookie", priority: 100, active: false },
    );
    await publish(
      "people",
      "id,mail,country,changed",
      "u3,cy@x.org,nl,2025-03-01",
      "u2,new@x.org,fr,2025-03-01",
    );
    await publish("visits", VISITS, "c2,,/lost,2026-01-05 10:00:00,k8", "c2,u3,/seen,2026-01-05 10:00:00,k9");
    const numbers = [1, 2, 4, 5, 6];
    const shown = async () => {
      const all = [];
      for (const number of numbers) all.push(await profiles.byNumber(number));
      return all;
    };
    const before = await world.store.operations.snapshot();
    const profilesBefore = await shown();
    expect(profilesBefore[0]?.attributes.find(({ name }) => name === "country")).toMatchObject({
      value: "IT",
    });
    const counter = await world.store.counters.get("profile");

    const service = rebuildService();
    expect(service.start()).toMatchObject({ state: "waiting" });
    expect(() => service.start()).toThrow(expect.objectContaining({ code: "rebuildRunning" }));
    const status = await service.settled();
    expect(status).toMatchObject({ state: "done", error: null, result: { imports: 7, rows: 18 } });
    expect(status.progress).toEqual({ step: "rebuilding", done: 18, total: 18 });

    const after = await world.store.operations.snapshot();
    expect(after.generation).toBe(status.result?.operation);
    const schema = await world.store.definitions.get("schema", "visits");
    expect(await compareGenerations(world.engine, before, after, [schema?.number ?? 0])).toEqual([]);
    expect(await shown()).toEqual(profilesBefore);
    expect(await world.store.counters.get("profile")).toBe(counter);
    expect(await findViolations(world.engine, after, await config())).toEqual([]);
  });

  it("goes on with the next numbers after a rebuild, and can be rebuilt again", async () => {
    const counter = await world.store.counters.get("profile");
    const earlier = await world.store.operations.snapshot();
    await publish("people", "id,mail,country,changed", "u7,dan@x.org,pl,2025-03-01", "u1,,cz,2025-03-02");
    expect((await profiles.byIdentifier("userid:u7")).number).toBe(counter + 1);
    expect((await profiles.byIdentifier("userid:u1")).number).toBe(1);
    const before = await world.store.operations.snapshot();
    const grown = await compareGenerations(world.engine, earlier, before, []);
    expect(grown.map(({ table }) => table)).toEqual([
      "profile",
      "identifier",
      "identifier_of_profile",
      "attribute",
    ]);
    const service = rebuildService();
    service.start();
    expect(await service.settled()).toMatchObject({ state: "done" });
    const after = await world.store.operations.snapshot();
    const schema = await world.store.definitions.get("schema", "visits");
    expect(await compareGenerations(world.engine, before, after, [schema?.number ?? 0])).toEqual([]);
  });

  it("leaves rows that the next start removes, and nothing else", async () => {
    const snapshot = await world.store.operations.snapshot();
    const schema = await world.store.definitions.get("schema", "visits");
    const numbers = [schema?.number ?? 0];
    const before = await generationDigest(world.engine, snapshot, numbers);
    expect(await removeOlderGenerations(world.engine, snapshot.generation)).toContain("profile");
    expect(await removeOlderGenerations(world.engine, snapshot.generation)).toEqual([]);
    expect(await generationDigest(world.engine, snapshot, numbers)).toEqual(before);
    const rows = await world.engine.query(
      "SELECT toUInt32(count()) AS old FROM profile WHERE op < {generation:UInt64}",
      { generation: snapshot.generation },
    );
    expect(rows).toEqual([{ old: 0 }]);
  });

  it("leaves everything as it was when it is cut off", async () => {
    const before = await world.store.operations.snapshot();
    const lease = await world.store.leases.acquire("resolver", "an import", 60_000);
    const service = rebuildService(5);
    service.start();
    await service.close();
    expect(service.status()).toMatchObject({ state: "failed", error: { code: "leaseLost" } });
    if (lease !== undefined) await world.store.leases.release(lease);
    const after = await world.store.operations.snapshot();
    expect(after.generation).toBe(before.generation);
    expect((await profiles.byIdentifier("userid:u7")).attributes).not.toEqual([]);
  });
});
