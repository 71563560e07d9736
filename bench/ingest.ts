// Rows per second through a whole import (upload to publication), against the engine's own plain load of the same file.
// Both take turns, so that a neighbour on the machine slows both, and the medians are compared. Beside them stand the
// seconds of processor time that this process and the engine took, which neighbours change less.
// npm run bench -- ingest [rows]

import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DefinitionInput, definition } from "@peregrine/core";
import {
  type ImportView,
  IngestService,
  type OpenEngine,
  openEngine,
  openStore,
  type Store,
} from "@peregrine/server";
import { commit, machine, median, processorSeconds, rounded, watchMemory } from "./lib-report.ts";

const ROWS = 1_000_000;
const PEOPLE = 5000;
const ROUNDS = 3;
const clock = { now: () => Date.now() };
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const DEFINITIONS: readonly DefinitionInput[] = [
  { kind: "identifier", id: "userid", limit: "one" },
  {
    kind: "schema",
    id: "orders",
    parent: "Interaction",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "order", type: "text" },
      { name: "sku", type: "text" },
      { name: "description", type: "text" },
      { name: "quantity", type: "number" },
      { name: "price", type: "number" },
      { name: "country", type: "text" },
    ],
  },
  {
    kind: "dataflow",
    id: "orders",
    schema: "orders",
    map: {
      userid: "text(number(customer))",
      order: "order_id",
      sku: "sku",
      description: "description",
      quantity: "number(quantity)",
      price: "number(price)",
      country: "country",
    },
    event: 'if(number(quantity) > 0, "buy", "return")',
    time: "time(ordered_at)",
  },
];

/** The same columns with the types that somebody would give them who loads the file by hand. */
const PLAIN = [
  ["order_id", "UInt64"],
  ["sku", "String"],
  ["description", "String"],
  ["quantity", "Decimal(18, 6)"],
  ["ordered_at", "DateTime64(3, 'UTC')"],
  ["price", "Decimal(18, 6)"],
  ["customer", "UInt32"],
  ["country", "String"],
] as const;

/** A file of order lines, the same for the same number of rows. */
async function generate(path: string, rows: number): Promise<number> {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const two = (value: number) => String(value).padStart(2, "0");
  const things = [
    "WHITE METAL LANTERN",
    "RED WOOLLY HOTTIE",
    '"BAG, ""VINTAGE"" PAISLEY"',
    "ALARM CLOCK BAKELIKE GREEN",
  ];
  const countries = ["United Kingdom", "France", "Germany", "Norway"];
  const file = createWriteStream(path);
  file.write(`${PLAIN.map(([name]) => name).join(",")}\n`);
  for (let first = 0; first < rows; first += 10_000) {
    let block = "";
    for (let row = first; row < Math.min(rows, first + 10_000); row++) {
      const day = `2025-${two(1 + random(12))}-${two(1 + random(28))} ${two(random(24))}:${two(random(60))}:00`;
      const price = (random(10_000) / 100).toFixed(2);
      block += `${536365 + (row >> 2)},${10_000 + random(4000)},${things[random(4)]},${random(15) - 1},${day},${price},${1 + random(PEOPLE)},${countries[random(4)]}\n`;
    }
    if (!file.write(block)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
  return statSync(path).size;
}

async function define(store: Store): Promise<void> {
  for (const input of DEFINITIONS) {
    const body = definition.parse(input);
    await store.definitions.put(body, { origin: "api", by: "bench" });
    if (body.kind === "schema") await store.definitions.numberColumns(body.id, body.columns);
  }
}

/** Seconds from the first byte of the upload to the publication, into an installation that was empty. */
async function wholeImport(folder: string, engine: OpenEngine, path: string, rows: number): Promise<number> {
  const store = await openStore({ folder, clock });
  let ended: (id: number) => void = () => {};
  const end = new Promise<number>((resolve) => {
    ended = resolve;
  });
  const service = new IngestService({
    takesIn: true,
    engine,
    store,
    folder: join(folder, "uploads"),
    streamFolder: join(folder, "streams"),
    clock,
    holder: "bench",
    log: quiet,
    onEnded: ({ id }) => ended(id),
  });
  try {
    await define(store);
    await service.start();
    const began = performance.now();
    await service.upload("orders", "orders.csv", createReadStream(path, { highWaterMark: 64 * 1024 }));
    const view: ImportView = await service.get(await end);
    const seconds = (performance.now() - began) / 1000;
    if (view.state !== "published" || view.counts?.events !== rows) {
      throw new Error(
        `the import came to ${view.state}: ${JSON.stringify(view.counts)} ${view.error?.detail ?? ""}`,
      );
    }
    return seconds;
  } finally {
    await service.close();
    await store.close();
  }
}

/** Seconds for the engine's own reader into a table of typed columns, as durable as ours. */
async function plainLoad(engine: OpenEngine, path: string, rows: number): Promise<number> {
  await engine.command(
    `CREATE TABLE plain (${PLAIN.map(([name, type]) => `${name} ${type}`).join(", ")}) ENGINE = MergeTree
    ORDER BY (customer, ordered_at) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  );
  try {
    const header = PLAIN.map(([name]) => name).join(",").length + 1;
    const began = performance.now();
    await engine.insertStream(
      "plain",
      PLAIN.map(([name]) => name),
      "CSV",
      createReadStream(path, { start: header, highWaterMark: 1024 * 1024 }),
      { settings: { date_time_input_format: "basic" } },
    );
    const seconds = (performance.now() - began) / 1000;
    const [counted] = await engine.query<{ rows: number }>("SELECT count() AS rows FROM plain");
    if (counted?.rows !== rows) throw new Error(`${counted?.rows} of ${rows} rows were loaded`);
    return seconds;
  } finally {
    await engine.command("DROP TABLE plain SYNC");
  }
}

/** The highest resident memory of a process so far, in MB; 0 where the system does not say. */
function peakOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}

/** Seconds of processor time that this process and the engine have taken so far. */
function processor(engine: OpenEngine): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + processorSeconds(engine.process?.pid);
}

interface Timed {
  readonly seconds: number;
  readonly processor: number;
}

async function timed(engine: OpenEngine, work: () => Promise<number>): Promise<Timed> {
  const before = processor(engine);
  const seconds = await work();
  return { seconds, processor: processor(engine) - before };
}

export async function run(rows = ROWS): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "peregrine-bench-"));
  const ours: Timed[] = [];
  const plain: Timed[] = [];
  let engineMemoryMb = 0;
  const memory = watchMemory();
  try {
    const path = join(folder, "orders.csv");
    const bytes = await generate(path, rows);
    console.log(`${rows} rows, ${(bytes / 1e6).toFixed(0)} MB, ${PEOPLE} people`);
    for (let round = 0; round < ROUNDS; round++) {
      const place = mkdtempSync(join(folder, "data-"));
      const engine = await openEngine({ folder: join(place, "engine"), log: quiet });
      try {
        plain.push(await timed(engine, () => plainLoad(engine, path, rows)));
        ours.push(await timed(engine, () => wholeImport(place, engine, path, rows)));
        engineMemoryMb = Math.max(engineMemoryMb, peakOf(engine.process?.pid));
      } finally {
        await engine.close();
        rmSync(place, { recursive: true, force: true });
      }
      const said = (one?: Timed) => `${one?.seconds.toFixed(2)} s (processor ${one?.processor.toFixed(2)} s)`;
      console.log(`plain load ${said(plain.at(-1))}, whole import ${said(ours.at(-1))}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = median(ours.map((one) => one.seconds));
  const plainSeconds = median(plain.map((one) => one.seconds));
  const result = {
    bench: "ingest",
    ratio: rounded(plainSeconds / seconds),
    rowsPerSecond: Math.round(rows / seconds),
    plainRowsPerSecond: Math.round(rows / plainSeconds),
    cpuSecondsOurs: rounded(median(ours.map((one) => one.processor))),
    cpuSecondsPlain: rounded(median(plain.map((one) => one.processor))),
    peakMemoryMb: memory.end(),
    engineMemoryMb,
    machine: machine(),
    commit: commit(),
  };
  console.log(JSON.stringify(result));
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run(Number(process.argv[2] ?? ROWS));
}
