import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type DataflowSource, dataflow, PeregrineError } from "@peregrine/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isNested, openFile, type RowsFile } from "../../../packages/server/src/ingest/file/index.ts";
import { CUSTOMERS, customers, HEADER } from "../bad-input/installation.ts";
import { SERVER_URL, startEngine, type TestEngine } from "../harness/engine.ts";
import { shareOf } from "../harness/share.ts";
import { mutateBytes, pick, type Random, randomOf } from "./mutate.ts";

/**
 * Whatever bytes come as a file are read or refused in words: rows with as many cells as there are columns, refused
 * records with their place and reason, or one error about the file. Nothing is thrown besides, nothing hangs, and no
 * file, descriptor or memory is kept.
 */
const SEED = 20_260_106;
/** So many files of each kind. The engine reads Parquet alone. */
const FILES = {
  csv: shareOf(8_000),
  "JSON lines": shareOf(6_000),
  "JSON array": shareOf(6_000),
  gzip: shareOf(3_000),
  zstd: shareOf(3_000),
  Parquet: shareOf(100),
};
/** Rows of the valid file that each is made of. */
const ROWS = 12;

const { map } = CUSTOMERS[3];
const PATHS = Object.values(map).map((expression) => [expression.replace(/^number\((.*)\)$/, "$1")]);

let host: TestEngine;
let folder: string;
let path: string;
beforeAll(async () => {
  host = await startEngine();
  folder = mkdtempSync(join(tmpdir(), "peregrine-fuzz-"));
  path = join(folder, "file");
});
afterAll(async () => {
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

const CSV = `${HEADER}${customers(ROWS)}`;
const PEOPLE = customers(ROWS)
  .trimEnd()
  .split("\n")
  .map((line) => {
    const [id, email, country, age] = line.split(",");
    return {
      id,
      email,
      country,
      age: Number(age),
      address: { street: 'Ågade "1"\n', tags: ["a", null, {}] },
    };
  });
const LINES = PEOPLE.map((person) => `${JSON.stringify(person)}\n`).join("");

const TABLES: readonly Buffer[] = [
  Buffer.from(CSV),
  Buffer.from(CSV.replaceAll(",", ";").replaceAll("\n", "\r\n")),
  Buffer.from(CSV.replace(/^(\d+),(\S+?),/gm, '"$1","a ""quoted""\nvalue, of two lines",')),
  Buffer.from(customers(ROWS)),
  Buffer.from(`\ufeff${CSV}`),
  Buffer.from(`\ufeff${CSV}`, "utf16le"),
  Buffer.from(`\ufeff${CSV}`, "utf16le").swap16(),
  Buffer.from(CSV.replaceAll("Germany", "Österreich"), "latin1"),
];
const ARRAYS = [JSON.stringify(PEOPLE), JSON.stringify(PEOPLE, null, 2), "[]", "[[1], 2, {}]"].map((text) =>
  Buffer.from(text),
);

const SOURCES: readonly DataflowSource[] = [
  {},
  {},
  {},
  { header: false },
  { columns: ["id", "email", "country", "age"] },
  { delimiter: ";" },
  { encoding: "windows-1252" },
  { encoding: "utf-16be" },
  { format: "csv" },
  { format: "jsonLines" },
  { format: "jsonArray" },
].map((source) => dataflow.parse({ ...CUSTOMERS[3], source }).source);

/** A zstd frame that holds bytes as they are: none of them is hidden from a change. */
function framed(bytes: Buffer): Buffer {
  const size = Math.min(bytes.length, 255);
  const block = (size << 3) | 1;
  const head = [0x28, 0xb5, 0x2f, 0xfd, 0x20, size, block & 0xff, (block >> 8) & 0xff, 0];
  return Buffer.concat([Buffer.from(head), bytes.subarray(0, size)]);
}

const anyFile = (random: Random) => pick([...TABLES, Buffer.from(LINES), ...ARRAYS], random);

/** A bent file of each kind. What is packed is bent before or after: few changes of a gzip file leave one. */
const BENT: Readonly<Record<Exclude<keyof typeof FILES, "Parquet">, (random: Random) => Buffer>> = {
  csv: (random) => mutateBytes(pick(TABLES, random), random),
  "JSON lines": (random) => mutateBytes(Buffer.from(LINES), random),
  "JSON array": (random) => mutateBytes(pick(ARRAYS, random), random),
  gzip: (random) =>
    random(2) === 0
      ? mutateBytes(gzipSync(anyFile(random)), random)
      : gzipSync(mutateBytes(anyFile(random), random)),
  zstd: (random) =>
    random(2) === 0
      ? mutateBytes(framed(anyFile(random)), random)
      : framed(mutateBytes(anyFile(random), random)),
};

/** Rows that were read and records that were refused; fails where they are not what they have to be. */
async function readAll(file: RowsFile): Promise<{ rows: number; refused: number }> {
  const tally = { rows: 0, refused: 0 };
  const cells = 2 + file.columns.length + (isNested(file.reading) ? 1 : 0);
  for await (const { bytes, rows, refused } of file.blocks()) {
    const lines = bytes.toString("utf8").split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.length).toBe(rows);
    for (const line of lines)
      if (line.split("\t").length !== cells) expect(line.split("\t")).toHaveLength(cells);
    for (const { line, reason } of refused)
      if (line < 1 || reason === "") expect({ line, reason }).toBeUndefined();
    tally.rows += rows;
    tally.refused += refused.length;
  }
  return tally;
}

/** What became of a file: "read", or the code of the error that refused it. */
async function outcomeOf(bytes: Buffer, source: DataflowSource): Promise<string> {
  writeFileSync(path, bytes);
  try {
    const file = await openFile(path, { source, paths: PATHS, engine: host.engine });
    try {
      const { rows, refused } = await readAll(file);
      return rows === 0 ? "all refused" : refused === 0 ? "read" : "some refused";
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof PeregrineError) || error.status >= 500 || error.detail === "") throw error;
    return error.code;
  }
}

function openFiles(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Resident memory of this process in MB. */
function memory(): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

async function fuzz(
  files: number,
  made: (random: Random) => { bytes: Buffer; source: DataflowSource },
): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  const open = openFiles();
  let early = 0;
  for (let at = 0; at < files; at++) {
    if (at === Math.floor(files / 4)) early = memory();
    const { bytes, source } = made(randomOf(SEED + at));
    const outcome = await outcomeOf(bytes, source).catch((error: unknown) => {
      throw new Error(`file ${at}: ${JSON.stringify(source)} ${bytes.toString("latin1").slice(0, 2_000)}`, {
        cause: error,
      });
    });
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect(readdirSync(folder)).toEqual(["file"]);
  expect(openFiles()).toBeLessThanOrEqual(open + 2);
  expect(memory()).toBeLessThan(2 * early + 100);
  return outcomes;
}

describe("files", () => {
  for (const [kind, bent] of Object.entries(BENT)) {
    const files = FILES[kind as keyof typeof BENT];
    it(`${files} bent ones of the kind ${kind} are read or refused in words`, async () => {
      const outcomes = await fuzz(files, (random) => ({
        bytes: bent(random),
        source: pick(SOURCES, random),
      }));
      // Both happen: else this would be about something else than it says.
      const read = (outcomes.get("read") ?? 0) + (outcomes.get("some refused") ?? 0);
      expect(read, JSON.stringify([...outcomes])).toBeGreaterThan(files / 50);
      const refused = [...outcomes.keys()].filter((outcome) => outcome.startsWith("file"));
      expect(refused.length, JSON.stringify([...outcomes])).toBeGreaterThan(1);
    });
  }

  it.skipIf(SERVER_URL !== undefined)(
    `${FILES.Parquet} bent ones of the kind Parquet are read or refused in words, and the engine lives on`,
    async () => {
      const made = join(folder, "made");
      await host.engine.command(
        `INSERT INTO FUNCTION file('${made}', 'Parquet')
        SELECT toString(number) AS id, number % 3 = 0 ? NULL : 'p@example.com' AS email, number / 4 AS age,
          [tuple(number, 'x')]::Array(Tuple(n UInt8, t String)) AS country FROM numbers(${ROWS})`,
      );
      const valid = readFileSync(made);
      rmSync(made);
      const engine = host.engine.process?.pid;
      const outcomes = await fuzz(FILES.Parquet, (random) => ({
        bytes: mutateBytes(valid, random),
        source: pick(SOURCES.slice(0, 3), random),
      }));
      expect(outcomes.get("fileNotParquet") ?? 0).toBeGreaterThan(FILES.Parquet / 10);
      expect(host.engine.process?.pid).toBe(engine);
    },
  );
});
