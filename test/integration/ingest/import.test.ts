import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { current, eventTable, views } from "../../../packages/server/src/engine/index.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { addsUp, createWorld, type IngestWorld, SHOP } from "./world.ts";

let host: TestEngine;
let world: IngestWorld;

beforeAll(async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(...SHOP);
});

afterAll(async () => {
  await world?.close();
  await host?.close();
});

/** What a reader sees of a dataflow's events now. */
async function events(dataflow: string, columns: readonly string[] = []): Promise<Record<string, unknown>[]> {
  const { definitions, operations } = world.store;
  const flow = await definitions.get("dataflow", dataflow);
  const schema = await definitions.get("schema", flow?.body.schema ?? "");
  if (flow === undefined || schema === undefined) throw new Error(`${dataflow} is not defined`);
  const numbers = new Map((await definitions.columns(schema.id)).map(({ name, number }) => [name, number]));
  const seen = current(await operations.snapshot());
  return world.engine.query(
    `SELECT type, time, profile ${columns.map((name) => `, c${numbers.get(name)} AS \`${name}\``).join("")}
    FROM ${eventTable(schema.number)} WHERE dataflow = ${flow.number} AND ${seen.sql} ORDER BY arrival`,
    seen.parameters,
  );
}

/** What the profiles show of an attribute: the latest value by profile. */
async function attribute(name: string): Promise<Record<string, string | null>> {
  const column = (await world.store.definitions.columns("people")).find(
    (candidate) => candidate.name === name,
  );
  const number = column?.number ?? 0;
  const view = views(await world.store.operations.snapshot(), { attributes: [number] });
  const rows = await world.engine.query<{ profile: number; value: string | null }>(
    `${view.sql} SELECT profile, argMax((if(is_null, NULL, concat(text, if(number != 0, toString(number), '')))), (time, tie, arrival)) AS value
    FROM (SELECT profile, time, tie, arrival, is_null, text, number FROM attribute_view WHERE attribute = ${number})
    GROUP BY profile ORDER BY profile`,
    view.parameters,
  );
  return Object.fromEntries(rows.map(({ profile, value }) => [profile, value]));
}

const ORDERS = `id,sku,quantity,price,at
1,A,2,9.99,2025-01-01
2,B,-1,5,2025-01-02 10:00:00
,C,1,1,2025-01-03
1,TEST,1,1,2025-01-03
1,D,many,1,2025-01-03
1,E,1,1
`;

describe("an import", () => {
  it("carries each row to its place, and its counts add up", async () => {
    const view = await world.import("orders", ORDERS);
    expect(view).toMatchObject({
      state: "published",
      error: null,
      counts: { read: 6, events: 2, personRows: 0, leftOut: 1, noIdentifier: 1, refused: 2, newProfiles: 2 },
    });
    expect(addsUp(view)).toBe(true);
    expect(await world.refused(view.id)).toEqual([
      {
        line: 6,
        column: "quantity",
        reason: '"many" is not a number (such as -12.50)',
        raw: "1,D,many,1,2025-01-03",
      },
      { line: 7, column: "at", reason: "has 4 cells where the header has 5", raw: "1,E,1,1" },
    ]);
    expect(await events("orders", ["sku", "price"])).toEqual([
      { type: "buy", time: "2025-01-01T00:00:00.000Z", profile: 1, sku: "A", price: "9.99" },
      { type: "return", time: "2025-01-02T10:00:00.000Z", profile: 2, sku: "B", price: "5" },
    ]);
  });

  it("keeps every row as it came, with its arrival", async () => {
    const view = await world.import("orders", `id,sku,quantity,price,at\n1," ""x""\n\\N",1,1,2025-01-01\n`);
    const [row] = await world.engine.query(
      `SELECT arrival, line, cells FROM import_row WHERE import = ${view.id}`,
    );
    expect(row).toEqual({
      arrival: view.arrivalFrom,
      line: 2,
      cells: ["1", ' "x"\n\\N', "1", "1", "2025-01-01"],
    });
    expect((view.arrivalTo ?? 0) - (view.arrivalFrom ?? 0)).toBe(1);
  });

  it("of a gzip file is the same as of the file", async () => {
    const content = "id,sku,quantity,price,at\n7,Z,1,1,2025-02-01\n";
    expect(await world.import("orders", gzipSync(content))).toMatchObject({
      state: "published",
      counts: { events: 1 },
    });
  });

  it("of the same file changes nothing and names the import that brought it", async () => {
    const before = await events("orders");
    const first = (await world.service.list({ limit: 50 })).items.find((item) => item.counts?.read === 6);
    const again = await world.import("orders", ORDERS);
    expect(again).toMatchObject({ state: "unchanged", repeats: first?.id, error: null });
    expect(await events("orders")).toEqual(before);
  });

  it("refuses rows whose identifiers contradict one another", async () => {
    await world.define({
      kind: "schema",
      id: "two",
      parent: "Interaction",
      personIdentifier: "userid",
      columns: [
        { name: "first", type: "text", identifier: "userid" },
        { name: "second", type: "text", identifier: "userid" },
      ],
    });
    await world.define({
      kind: "dataflow",
      id: "two",
      schema: "two",
      map: { first: "a", second: "b" },
      event: '"x"',
      refuseAbove: 1,
    });
    const view = await world.import("two", "a,b\n51,51\n51,52\n,\n0,\n53,\n");
    expect(view.counts).toMatchObject({ read: 5, events: 2, refused: 1, noIdentifier: 2 });
    expect(addsUp(view)).toBe(true);
    expect(await world.refused(view.id)).toMatchObject([{ line: 3, raw: "51,52" }]);
  });
});

describe("a file that is wrong as a whole", () => {
  it.each([
    ["header alone", "id,sku,quantity,price,at\n", "fileEmpty"],
    ["cut off in a row", "id,sku,quantity,price,at\n1,A,1,1,2025-01-01\n2,B", "fileCutOff"],
    ["cut off in quotes", 'id,sku,quantity,price,at\n1,"A,1,1,2025-01-01\n2,B', "fileCutOff"],
    ["binary", Buffer.from([0, 1, 2, 3, 0, 10, 0, 255]), "fileNotCsv"],
    [
      "a damaged gzip",
      Buffer.concat([gzipSync("x".repeat(1000)).subarray(0, 15), Buffer.alloc(20, 7)]),
      "fileCutOff",
    ],
    ["a gzip cut off", gzipSync(ORDERS.repeat(500)).subarray(0, 100), "fileCutOff"],
    ["another file", "id,product,amount\n1,A,1\n", "fileDoesNotFit"],
  ])("is refused: %s", async (_, content, code) => {
    const before = await world.store.counters.get("arrival");
    const view = await world.import("orders", content);
    expect(view).toMatchObject({ state: "refused", error: { code } });
    expect(await world.store.counters.get("arrival")).toBe(before);
    expect(
      await world.engine.query(
        "SELECT name FROM system.tables WHERE match(name, '_[0-9]+$') AND database = currentDatabase() AND name NOT LIKE 'event%'",
      ),
    ).toEqual([]);
  });

  it("that is empty is refused at once", async () => {
    await expect(world.import("orders", "")).rejects.toMatchObject({ code: "fileEmpty" });
  });

  it("names each column that the mapping asks for and the file lacks", async () => {
    const view = await world.import("orders", "id,SKU,quantity,cost,at\n1,A,1,1,2025-01-01\n");
    expect(view.error?.detail).toBe(
      "The file has other columns than the dataflow `orders` reads. It lacks `sku` (is it `SKU`?), `price`. Its columns are `id`, `SKU`, `quantity`, `cost`, `at`.",
    );
    expect(view.error?.faults).toEqual([
      {
        path: "/map/sku",
        message: "at character 1: the file has no column `sku`",
        remedy: "did you mean `SKU`?",
      },
      { path: "/map/price", message: "at character 8: the file has no column `price`" },
      {
        path: "/leaveOut",
        message: "at character 1: the file has no column `sku`",
        remedy: "did you mean `SKU`?",
      },
    ]);
  });

  it("for a dataflow that is not there is not taken", async () => {
    await expect(world.import("nobody", "a\n1\n")).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("too many broken rows", () => {
  it("publish nothing, and can be fetched all the same", async () => {
    const before = await events("orders");
    const profiles = await world.store.counters.get("profile");
    const rows = [
      "91,A,1,1,2025-01-01",
      "92,A,x,1,2025-01-01",
      "93,A,1",
      Buffer.from("94,\xff,1,1,2025-01-01", "latin1"),
    ];
    const content = Buffer.concat(
      ["id,sku,quantity,price,at", ...rows].map((row) =>
        Buffer.concat([Buffer.from(row), Buffer.from("\n")]),
      ),
    );
    const view = await world.import("orders", content);
    expect(view).toMatchObject({
      state: "refused",
      error: { code: "tooManyRefused" },
      counts: { read: 4, refused: 3 },
    });
    expect(view.error?.detail).toContain("3 of 4 rows (75 %)");
    expect(addsUp(view)).toBe(true);
    expect((await world.refused(view.id)).map(({ line, column }) => [line, column])).toEqual([
      [3, "quantity"],
      [4, "price"],
      [5, "sku"],
    ]);
    expect(await events("orders")).toEqual(before);
    expect(await world.store.counters.get("profile")).toBe(profiles);
  });
});

describe("attributes", () => {
  it("show the latest by time, then tie-break, then arrival; absent leaves, null clears, empty is a value", async () => {
    await world.define({
      kind: "dataflow",
      id: "people-ties",
      schema: "people",
      map: {
        userid: "id",
        country: 'if(country = "-", null, if(country = "e", "", country))',
        points: "number(points)",
      },
      time: "time(changed)",
      tieBreak: "tie",
      refuseAbove: 0,
    });
    const view = await world.import(
      "people-ties",
      [
        "id,country,points,changed,tie",
        "201,UK,1,2025-01-02,",
        "201,FR,2,2025-01-01,",
        "201,,,2025-01-03,",
        "202,UK,1,2025-01-01,a",
        "202,FR,2,2025-01-01,b",
        "202,NO,3,2025-01-01,a",
        "203,UK,1,2025-01-01,",
        "203,FR,2,2025-01-01,",
        "204,UK,1,2025-01-01,",
        "204,-,,2025-01-02,",
        "205,UK,1,2025-01-01,",
        "205,e,,2025-01-02,",
        "",
      ].join("\n"),
    );
    expect(view).toMatchObject({ state: "published", counts: { personRows: 12, newProfiles: 5 } });
    const first = (await world.store.counters.get("profile")) - 4;
    const country = await attribute("country");
    const shown = [0, 1, 2, 3, 4].map((index) => country[String(first + index)]);
    expect(shown).toEqual(["UK", "FR", "FR", null, ""]);
    const points = await attribute("points");
    expect([0, 1, 2, 3, 4].map((index) => points[String(first + index)])).toEqual(["1", "2", "2", "1", "1"]);
  });

  it("of a profile that two rows unite are the latest of both", async () => {
    await world.import(
      "people",
      "id,mail,country,points,changed\n301,,UK,1,2025-01-05\n,a@b.c,FR,2,2025-01-06\n",
    );
    const view = await world.import("people", "id,mail,country,points,changed\n301,A@b.c,,,2025-01-01\n");
    expect(view).toMatchObject({ state: "published", counts: { merges: 1, newProfiles: 0 } });
    const last = await world.store.counters.get("profile");
    const country = await attribute("country");
    expect(country[String(last - 1)]).toBe("FR");
    expect(country[String(last)]).toBeUndefined();
  });
});

describe("an overwriting dataflow", () => {
  it("replaces its data by each snapshot, and the same snapshot twice changes nothing", async () => {
    await world.define({
      kind: "dataflow",
      id: "snapshot",
      schema: "orders",
      write: "overwrite",
      map: { userid: "id", sku: "sku" },
      event: '"own"',
      key: "sku",
    });
    const skus = async () => (await events("snapshot", ["sku"])).map((event) => event["sku"]);
    const one = "id,sku\n401,A\n402,B\n";
    expect(await world.import("snapshot", one)).toMatchObject({
      state: "published",
      counts: { repeatedEvents: 0 },
    });
    expect(await skus()).toEqual(["A", "B"]);
    expect(await world.import("snapshot", one)).toMatchObject({ state: "unchanged" });
    expect(await world.import("snapshot", "id,sku\n402,B\n403,C\n403,C\n")).toMatchObject({
      state: "published",
      counts: { events: 3, repeatedEvents: 1 },
    });
    expect(await skus()).toEqual(["B", "C"]);
    expect(await world.import("snapshot", one)).toMatchObject({ state: "published" });
    expect(await skus()).toEqual(["A", "B"]);
    expect(await world.import("snapshot", "id,sku\n")).toMatchObject({ state: "refused" });
    expect(await skus()).toEqual(["A", "B"]);
  });
});

describe("an event's key", () => {
  it("lets an event in once, the first of them, whichever file brings it", async () => {
    await world.define({
      kind: "dataflow",
      id: "keyed",
      schema: "orders",
      map: { userid: "id", sku: "sku" },
      event: '"buy"',
      key: "number(order)",
    });
    const first = await world.import("keyed", "id,order,sku\n501,1,A\n501,2,B\n502,1.0,C\n,3,D\n501,3,E\n");
    expect(first.counts).toMatchObject({ read: 5, events: 4, repeatedEvents: 1, noIdentifier: 1 });
    const second = await world.import("keyed", "id,order,sku\n501,2,X\n501,4,F\n503,4,G\n");
    expect(second.counts).toMatchObject({ events: 3, repeatedEvents: 2 });
    expect(addsUp(second)).toBe(true);
    expect((await events("keyed", ["sku"])).map((event) => event["sku"])).toEqual(["A", "B", "E", "F"]);
  });
});

describe("a draft", () => {
  it("is validated and shown, and never enters profiles", async () => {
    await world.define({
      kind: "dataflow",
      id: "draft",
      schema: "orders",
      state: "draft",
      map: { userid: "id", sku: "sku" },
      event: '"buy"',
      time: "time(at)",
      refuseAbove: 0.5,
    });
    const profiles = await world.store.counters.get("profile");
    const view = await world.import("draft", "id,sku,at\n601,A,2025-01-01\n,B,2025-01-01\n602,C,soon\n");
    expect(view).toMatchObject({
      state: "validated",
      counts: { read: 3, events: 1, noIdentifier: 1, refused: 1, newProfiles: 1 },
    });
    expect(addsUp(view)).toBe(true);
    expect(await world.refused(view.id)).toMatchObject([{ line: 4, column: "at" }]);
    expect(await events("draft")).toEqual([]);
    expect(await world.store.counters.get("profile")).toBe(profiles);
  });
});
