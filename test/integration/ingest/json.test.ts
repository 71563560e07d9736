import { gzipSync } from "node:zlib";
import type { DefinitionInput } from "@peregrine/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  compareGenerations,
  ProfileService,
  RebuildService,
} from "../../../packages/server/src/identity/index.ts";
import { areDerivedTogether, deriveAgain } from "../../../packages/server/src/ingest/index.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { addsUp, createWorld, type IngestWorld } from "./world.ts";

const DEFINITIONS: DefinitionInput[] = [
  { kind: "identifier", id: "userid", blocked: ["10"], priority: 100, limit: "one" },
  {
    kind: "schema",
    id: "users",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "name", type: "text" },
      { name: "points", type: "number" },
      { name: "member", type: "boolean" },
      { name: "since", type: "time" },
      { name: "city", type: "text" },
      { name: "interests", type: "list" },
      { name: "companies", type: "list" },
    ],
  },
  {
    kind: "dataflow",
    id: "users",
    schema: "users",
    map: {
      userid: "id",
      name: "name",
      points: "number(points)",
      member: "boolean(member)",
      since: "time(since)",
      city: 'column("address", "home town")',
      interests: "list(interests)",
      companies: "list(companies.name)",
    },
    refuseAbove: 0.9,
  },
];

let host: TestEngine;
let world: IngestWorld;
let profiles: ProfileService;

beforeAll(async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(...DEFINITIONS);
  profiles = new ProfileService({ store: world.store, engine: world.engine });
});

afterAll(async () => {
  await world?.close();
  await host?.close();
});

async function person(userid: string): Promise<Record<string, unknown>> {
  const { attributes } = await profiles.byIdentifier(`userid:${userid}`);
  return Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
}

const ANN = {
  id: 1,
  name: 'Ann "A"\tÅ',
  points: 12.5,
  member: true,
  since: "2024-05-31T14:00:00+02:00",
  address: { "home town": "Aarhus" },
  interests: ["tea", 'a,"b"', "tea"],
  companies: [{ id: 7, name: "Acme" }, { id: 8 }, { id: 9, name: "Ibex" }],
};

describe("JSON rows", () => {
  it("become what the mapping says, lists and lists of objects among it", async () => {
    const view = await world.import("users", JSON.stringify([ANN, { id: "2", interests: [] }], null, 2));
    expect(view).toMatchObject({
      state: "published",
      error: null,
      reading: { format: "jsonArray", compression: "none" },
      counts: { read: 2, personRows: 2 },
    });
    expect(await person("1")).toEqual({
      userid: "1",
      name: ANN.name,
      points: "12.5",
      member: true,
      since: "2024-05-31T12:00:00.000Z",
      city: "Aarhus",
      interests: ANN.interests,
      companies: ["Acme", "Ibex"],
    });
    expect(await person("2")).toEqual({ userid: "2", interests: [] });
  });

  it("leave what they don't name, and clear what they name as null", async () => {
    world.clock.advance(60_000);
    const rows = [
      { id: 1, name: null, points: 13, interests: null },
      { id: 1, city: "no such path" },
    ];
    const view = await world.import("users", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    expect(view).toMatchObject({ state: "published", reading: { format: "jsonLines" } });
    const ann = await person("1");
    expect(ann).toMatchObject({ points: "13", city: "Aarhus", companies: ["Acme", "Ibex"] });
    expect([ann["name"], ann["interests"]]).toEqual([null, null]);
  });

  it("are counted and refused one by one, and kept as they came", async () => {
    const rows = [
      '{"id": 3, "points": "1.5"}',
      '{"id": 4, "points": "many"}',
      '{"id": {"is": 5}}',
      '{"id": [6]}',
      '{"id": 7, "companies": [{"name": {"en": "x"}}]}',
      "{'id': 8}",
      '{"name": "Nobody"}',
      '{"id": 10}',
    ];
    const view = await world.import("users", gzipSync(`${rows.join("\n")}\n`));
    expect(view).toMatchObject({
      state: "published",
      reading: { format: "jsonLines", compression: "gzip" },
      counts: { read: 8, personRows: 1, noIdentifier: 2, refused: 5 },
    });
    expect(addsUp(view)).toBe(true);
    expect(
      (await world.refused(view.id)).map(({ line, column, reason, raw }) => [line, column, reason, raw]),
    ).toEqual([
      [2, "points", '"many" is not a number (such as -12.50)', rows[1]],
      [3, "id", "is an object, where one value is expected; name a member of it, such as id.name", rows[2]],
      [4, "id", "is a list, where one value is expected; list(id) takes it", rows[3]],
      [5, "companies.name", expect.stringMatching(/^is a list of objects; name a member of each/), rows[4]],
      [6, "", expect.stringMatching(/^is not JSON/), rows[5]],
    ]);
    const kept = await world.engine.query(
      `SELECT line, cells[-1] AS raw FROM import_row WHERE import = ${view.id} ORDER BY arrival`,
    );
    expect(kept[0]).toEqual({ line: 1, raw: rows[0] });
  });

  it("that came before change nothing", async () => {
    const content = '{"id":20,"name":"x"}\n';
    const first = await world.import("users", content);
    expect(await world.import("users", content)).toMatchObject({ state: "unchanged", repeats: first.id });
  });

  it("of something else are refused as a whole", async () => {
    expect(await world.import("users", '{"sku":"A"}\n')).toMatchObject({
      state: "refused",
      error: { code: "fileDoesNotFit", detail: expect.stringContaining("A row has `sku`.") },
    });
  });

  it("come out the same after a rebuild", async () => {
    const before = await world.store.operations.snapshot();
    const rebuild = new RebuildService({
      store: world.store,
      engine: world.engine,
      clock: world.clock,
      instance: "test",
      derive: deriveAgain,
      together: areDerivedTogether,
      log: { error: () => {} },
      retryMs: 20,
    });
    rebuild.start();
    expect(await rebuild.settled()).toMatchObject({ state: "done", error: null, result: { imports: 4 } });
    const after = await world.store.operations.snapshot();
    expect(after.generation).not.toBe(before.generation);
    expect(await compareGenerations(world.engine, before, after, [])).toEqual([]);
  });
});
