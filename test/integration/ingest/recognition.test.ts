import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileReading } from "../../../packages/server/src/store/index.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { addsUp, createWorld, type IngestWorld, SHOP } from "./world.ts";

let host: TestEngine;
let world: IngestWorld;

const PEOPLE = { kind: "dataflow", schema: "people", refuseAbove: 0.9 } as const;

beforeAll(async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(
    ...SHOP,
    { ...PEOPLE, id: "named", map: { userid: "id", country: "country" } },
    { ...PEOPLE, id: "bare", map: { userid: "column1", country: "column2" } },
    {
      ...PEOPLE,
      id: "said",
      map: { userid: "id", country: "country" },
      source: { format: "csv", encoding: "windows-1252", delimiter: "#", columns: ["id", "country"] },
    },
  );
});

afterAll(async () => {
  await world?.close();
  await host?.close();
});

async function cells(id: number): Promise<string[][]> {
  const rows = await world.engine.query<{ cells: string[] }>(
    `SELECT cells FROM import_row WHERE import = ${id} ORDER BY arrival`,
  );
  return rows.map((row) => row.cells);
}

const CSV: FileReading = {
  format: "csv",
  compression: "none",
  encoding: "utf-8",
  delimiter: ",",
  header: true,
};
const text = 'id;country\r\n1;Ærø\r\n2;"a;b"\r\n';

describe("a file is recognised, and says how it was read", () => {
  it.each([
    ["semicolons", Buffer.from(text), { delimiter: ";" }],
    ["tabs", Buffer.from(text.replaceAll(";", "\t")), { delimiter: "\t" }],
    ["bars", Buffer.from(text.replaceAll(";", "|")), { delimiter: "|" }],
    ["a byte order mark", Buffer.from(`\uFEFF${text}`), { delimiter: ";" }],
    ["UTF-16", Buffer.from(`\uFEFF${text}`, "utf16le"), { delimiter: ";", encoding: "utf-16le" }],
    [
      "UTF-16, big endian",
      Buffer.from(`\uFEFF${text}`, "utf16le").swap16(),
      { delimiter: ";", encoding: "utf-16be" },
    ],
    ["Windows-1252", Buffer.from(text, "latin1"), { delimiter: ";", encoding: "windows-1252" }],
  ] as const)("%s", async (_, bytes, reading) => {
    const view = await world.import("named", bytes);
    expect(view).toMatchObject({ state: "published", error: null, counts: { read: 2, personRows: 2 } });
    expect(view.reading).toEqual({ ...CSV, ...reading });
    const sign = reading.delimiter;
    expect(await cells(view.id)).toEqual([
      ["1", "Ærø"],
      ["2", `a${sign}b`],
    ]);
  });

  it("without a header its columns have numbers", async () => {
    const view = await world.import("bare", "1,UK\n2,DK\n");
    expect(view).toMatchObject({ state: "published", columns: ["column1", "column2"], counts: { read: 2 } });
    expect(view.reading).toEqual({ ...CSV, header: false });
  });

  it("and where the mapping asks for names, the error says what is missing", async () => {
    expect(await world.import("named", "1,UK\n2,DK\n")).toMatchObject({
      state: "refused",
      error: { code: "fileDoesNotFit", detail: expect.stringContaining("`source.columns` names them") },
    });
  });
});

describe("what the dataflow says is not recognised", () => {
  it("delimiter, encoding and the names of columns", async () => {
    const view = await world.import("said", Buffer.from("id#1,2\n7#K\xf6ln\n8\n", "latin1"));
    expect(view).toMatchObject({
      state: "published",
      columns: ["id", "country"],
      reading: { ...CSV, encoding: "windows-1252", delimiter: "#", header: false },
      counts: { read: 3, personRows: 2, refused: 1 },
    });
    expect(addsUp(view)).toBe(true);
    expect(await cells(view.id)).toEqual([
      ["id", "1,2"],
      ["7", "Köln"],
    ]);
    expect(await world.refused(view.id)).toMatchObject([{ line: 3, column: "country", raw: "8" }]);
  });

  it("the format: JSON is refused where CSV is said", async () => {
    expect(await world.import("said", '{"id":1}\n')).toMatchObject({
      state: "refused",
      error: { code: "fileNotCsv", detail: "The file is JSON." },
    });
  });

  it("a number of columns that is another is refused", async () => {
    expect(await world.import("said", "1#2#3\n")).toMatchObject({
      state: "refused",
      error: { code: "fileHeaderInvalid", detail: expect.stringContaining("3 cells") },
    });
  });
});

it("a row that is half a character of UTF-16 is refused, and no other", async () => {
  const view = await world.import(
    "named",
    Buffer.from("\uFEFFid,country\n1,\ud800\n2,DK\n3,UK\n", "utf16le"),
  );
  expect(view).toMatchObject({ state: "published", counts: { read: 3, personRows: 2, refused: 1 } });
  expect(await world.refused(view.id)).toMatchObject([
    { line: 2, column: "country", reason: "is not UTF-8" },
  ]);
});
