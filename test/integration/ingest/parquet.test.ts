import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { DefinitionInput } from "@peregrine/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProfileService } from "../../../packages/server/src/identity/index.ts";
import { SERVER_URL, startEngine, type TestEngine } from "../harness/engine.ts";
import { addsUp, createWorld, type IngestWorld } from "./world.ts";

const DEFINITIONS: DefinitionInput[] = [
  { kind: "identifier", id: "userid", priority: 100, limit: "one" },
  {
    kind: "schema",
    id: "users",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "points", type: "number" },
      { name: "since", type: "time" },
      { name: "companies", type: "list" },
    ],
  },
  {
    kind: "dataflow",
    id: "users",
    schema: "users",
    map: { userid: "id", points: "number(points)", since: "time(since)", companies: "list(companies.name)" },
    refuseAbove: 0.9,
  },
];

let host: TestEngine;
let world: IngestWorld;

beforeAll(async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(...DEFINITIONS);
});

afterAll(async () => {
  await world?.close();
  await host?.close();
});

/** A Parquet file as the engine writes it. */
function parquet(rows: number): Promise<Buffer> {
  return parquetOf(`toUInt64(9007199254740993 + number) AS id,
      if(number % 1000 = 7, nan, number / 4) AS points,
      toDateTime64('2024-05-31 14:00:00.25', 3, 'UTC') + number AS since,
      [('Acme', 1), (if(number = 0, NULL, 'Ibex'), 2)]::Array(Tuple(name Nullable(String), id UInt8)) AS companies
    FROM numbers(${rows})`);
}

async function parquetOf(select: string): Promise<Buffer> {
  const path = join(world.folder, "made.parquet");
  await world.engine.command(
    `INSERT INTO FUNCTION file('${path}', 'Parquet') SELECT ${select}`,
    {},
    { settings: { engine_file_truncate_on_insert: 1, output_format_parquet_row_group_size: 3000 } },
  );
  return readFileSync(path);
}

// A server has a disk of its own and does not see the file.
describe.skipIf(SERVER_URL !== undefined)("a Parquet file", () => {
  it("becomes rows in their order, each with its number; null clears and what is absent stays", async () => {
    const content = await parquet(10_000);
    const view = await world.import("users", content);
    expect(view).toMatchObject({
      state: "published",
      error: null,
      reading: { format: "parquet", compression: "none", delimiter: null },
      counts: { read: 10_000, personRows: 9_990, refused: 10 },
    });
    expect(addsUp(view)).toBe(true);
    expect((await world.refused(view.id)).map(({ line, column }) => [line, column])).toEqual(
      Array.from({ length: 10 }, (_, index) => [index * 1000 + 8, "points"]),
    );
    const profiles = new ProfileService({ store: world.store, engine: world.engine });
    const { attributes } = await profiles.byIdentifier("userid:9007199254740994");
    expect(Object.fromEntries(attributes.map(({ name, value }) => [name, value]))).toEqual({
      userid: "9007199254740994",
      points: "0.25",
      since: "2024-05-31T14:00:01.250Z",
      companies: ["Acme", "Ibex"],
    });
    expect(await world.import("users", content)).toMatchObject({ state: "unchanged", repeats: view.id });
    expect(
      await world.import("users", await parquetOf("9007199254740994 AS id, NULL::Nullable(Int32) AS points")),
    ).toMatchObject({
      state: "published",
    });
    const after = await profiles.byIdentifier("userid:9007199254740994");
    expect(Object.fromEntries(after.attributes.map(({ name, value }) => [name, value]))).toEqual({
      userid: "9007199254740994",
      points: null,
      since: "2024-05-31T14:00:01.250Z",
      companies: ["Acme", "Ibex"],
    });
    expect(readdirSync(join(world.folder, "uploads"))).toEqual([]);
  });

  it("that is broken is refused as a whole", async () => {
    const content = await parquet(100);
    const damaged = Buffer.from(content);
    damaged.fill(0x55, 8, 60);
    for (const broken of [
      content.subarray(0, content.length / 2),
      damaged,
      Buffer.from("PAR1"),
      gzipSync(content),
    ]) {
      expect(await world.import("users", broken)).toMatchObject({
        state: "refused",
        error: { code: "fileNotParquet" },
      });
    }
    // The files stay for some days, so that they can be run again; what was made of them doesn't.
    const left = readdirSync(join(world.folder, "uploads")).filter((name) => !/^import-\d+$/.test(name));
    expect(left).toEqual([]);
  });
});
