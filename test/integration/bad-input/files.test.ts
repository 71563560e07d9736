import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CUSTOMERS, customers, HEADER, type Installation, startInstallation } from "./installation.ts";

let shop: Installation;
beforeAll(async () => {
  shop = await startInstallation();
  await shop.define(...CUSTOMERS);
  await file("good.csv", HEADER + customers(20));
  expect(await shop.run("import", "customers", "good.csv")).toMatchObject({ exit: 0 });
});
afterAll(() => shop?.close());

async function file(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(shop.folder, name), content);
  return name;
}

const WHOLE = HEADER + customers(40, 1_000);
const PNG = Buffer.concat([
  Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0", "latin1"),
  deflateSync(Buffer.from([0, 1, 2, 3])),
]);
const ZIP = Buffer.from("PK\x03\x04\x14\0\0\0\x08\0customers.csv\x01\x02\xff", "latin1");
const damaged = () => {
  const packed = gzipSync(WHOLE);
  packed.fill(0x55, 40, 60);
  return packed;
};

describe("a file that cannot be taken in changes nothing and says why", () => {
  it.each([
    ["empty", "", "fileEmpty", [/the file is empty/i, /header line/]],
    ["only blank lines", "\n\n\n", "fileEmpty", [/the file is empty/i]],
    ["a header without rows", HEADER, "fileEmpty", [/a header and no rows/]],
    ["cut off in a row", WHOLE.slice(0, -25), "fileCutOff", [/in line 41: 2 of 4 cells/, /send it whole/]],
    [
      "cut off inside quotes",
      `${HEADER}1,"p1@exam`,
      "fileCutOff",
      [/quote that opens in line 2, column email/, /send it whole/],
    ],
    ["a gzip that is cut off", gzipSync(WHOLE).subarray(0, 120), "fileCutOff", [/cut off/, /send it whole/]],
    ["a gzip of two bytes", gzipSync(WHOLE).subarray(0, 2), "fileCutOff", [/cut off/]],
    ["a damaged gzip", damaged(), "fileCutOff", [/damaged/, /copy the file anew/]],
    ["a picture", PNG, "fileNotCsv", [/is a picture/, /comma-separated text in UTF-8/]],
    ["a zip archive", ZIP, "fileNotCsv", [/ZIP archive or an Excel workbook/, /save the sheet as CSV/]],
    ["a web page", "<!DOCTYPE html>\n<html>\n", "fileNotCsv", [/a web page or XML/]],
    ["JSON of something else", '[{"ID":1}]\n', "fileDoesNotFit", [/No row has any member/, /has `ID`/]],
    [
      "half a character",
      Buffer.from(`\uFEFF${WHOLE}`, "utf16le").subarray(0, -1),
      "fileCutOff",
      [/of UTF-16/],
    ],
    ["zero bytes", Buffer.from(`${HEADER}1,a\0b,UK,3\n`), "fileNotCsv", [/Line 2 holds a zero byte/]],
    ["a header in no encoding", Buffer.from("id,gr\x81\n1,2\n", "latin1"), "fileNotCsv", [/not UTF-8/]],
    ["a column named twice", "id,email,id,age\n1,a,2,3\n", "fileHeaderInvalid", [/`id` more than once/]],
    [
      "a column gone",
      WHOLE.replace("country", "land"),
      "fileDoesNotFit",
      [
        /other columns than the dataflow `customers` reads/,
        /\/map\/country: .*no column `country`/,
        /Its columns are `id`, `email`, `land`/,
      ],
    ],
    [
      "other signs between the cells",
      WHOLE.replaceAll(",", "#"),
      "fileDoesNotFit",
      [
        /It lacks `id`, `email`, `country`, `age`/,
        /\/map\/userid/,
        /\/map\/email/,
        /\/map\/country/,
        /\/map\/age/,
      ],
    ],
  ])("%s", async (name, content, code, words) => {
    const before = await shop.standing();
    const path = await file(`${name.replaceAll(" ", "-")}.csv`, content);
    const failure = await shop.refused("import", "customers", path);
    expect(failure).toMatchObject({ exit: 65, code });
    expect(failure.error).toMatch(/^\S+\.csv: .*Nothing of it was published\.$/);
    for (const word of words) expect(failure.text).toMatch(word);
    expect(await shop.standing()).toEqual(before);
  });

  it.each([
    [
      "a column too few in every row",
      HEADER + "1,a@x.org,UK\n".repeat(20),
      /has 3 cells where the header has 4/,
    ],
    ["broken UTF-8 in every row", Buffer.from(HEADER + "1,\x81,UK,3\n".repeat(20), "latin1"), /is not UTF-8/],
    ["a wrong value in every row", HEADER + "1,a@x.org,UK,old\n".repeat(20), /""old"" is not a number/],
  ])("%s: more rows are broken than the dataflow allows", async (name, content, reason) => {
    const before = await shop.standing();
    const path = await file(`${name.replaceAll(" ", "-")}.csv`, content);
    const failure = await shop.refused("import", "customers", path);
    expect(failure).toMatchObject({ exit: 65, code: "tooManyRefused" });
    expect(failure.text).toMatch(/20 of 20 rows \(100 %\) are broken; `customers` allows 10 %/);
    const [, id = ""] = /peregrine import refused (\d+)/.exec(failure.text) ?? [];
    const rows = (await shop.run("import", "refused", id)).stdout.trim().split("\n");
    expect(rows).toHaveLength(21);
    expect(rows[1]).toMatch(/^2,/);
    expect(rows[1]).toMatch(reason);
    expect(await shop.standing()).toEqual(before);
  });

  it("missing, or a folder: it is never sent", async () => {
    const before = await shop.standing();
    expect(await shop.refused("import", "customers", "absent.csv")).toMatchObject({
      exit: 66,
      error: "absent.csv can't be read: there is no such file.",
    });
    expect(await shop.refused("import", "customers", ".")).toMatchObject({
      exit: 66,
      error: ". is not a file.",
    });
    expect(await shop.standing()).toEqual(before);
  });

  it("sent to a dataflow that is not there", async () => {
    const failure = await shop.refused("import", "costumers", "good.csv");
    expect(failure).toMatchObject({ exit: 66, code: "notFound", error: "There is no dataflow `costumers`." });
  });
});

it("a file sent to a server that takes none in is refused, and does not wait there for ever", async () => {
  const web = await startInstallation({ PEREGRINE_ROLES: "web,worker" });
  try {
    await web.define(...CUSTOMERS);
    await writeFile(join(web.folder, "good.csv"), HEADER + customers(20));
    const failure = await web.refused("import", "customers", "good.csv");
    expect(failure).toMatchObject({ exit: 78, code: "uploadElsewhere" });
    expect(failure.text).toMatch(/runs with the role `ingest` \(PEREGRINE_ROLES\)/);
  } finally {
    await web.close();
  }
});

describe("a file with a few broken rows is taken in without them", () => {
  it("and each of them can be fetched with its line, column and reason", async () => {
    const broken = [
      Buffer.from("2000,a@x.org,UK\n"),
      Buffer.from("2001,b\x81@x.org,UK,3\n", "latin1"),
      Buffer.from("2002,c@x.org,UK,young\n"),
      Buffer.from('2003,"d" e,UK,3\n'),
    ];
    const path = await file(
      "few.csv",
      Buffer.concat([Buffer.from(HEADER + customers(60, 3_000)), ...broken]),
    );
    const { exit, stdout, stderr } = await shop.run("import", "customers", path);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(stdout).toContain(
      "64 rows = 60 about people + 0 events + 0 left out + 0 without identifier + 4 refused",
    );
    const [, id = ""] = /peregrine import refused (\d+)/.exec(stdout) ?? [];
    expect((await shop.run("import", "refused", id)).stdout.split(/\r?\n/)).toEqual([
      "line,column,reason,raw",
      '62,age,has 3 cells where the header has 4,"2000,a@x.org,UK"',
      '63,email,is not UTF-8,"2001,b\uFFFD@x.org,UK,3"',
      expect.stringMatching(/^64,age,"""young"" is not a number/),
      expect.stringMatching(/^65,,.*a quote inside quotes is written twice/),
      "",
    ]);
  });

  it("the same file again changes nothing and says so", async () => {
    const before = await shop.standing();
    const { exit, stdout } = await shop.run("import", "customers", "few.csv");
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^few\.csv: import \d+ brought the same file already; nothing changed\n$/);
    expect(await shop.standing()).toEqual(before);
  });
});
