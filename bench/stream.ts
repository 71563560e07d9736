// Rows per second that a stream takes durably, against plain inserts of the same rows; and at a steady pace the time
// from a row to its acceptance at the destination. npm run bench -- stream [seconds of the steady pace]
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startSandbox } from "@peregrine/ibexa-sandbox";
import { openEngine } from "@peregrine/server";
import { Pool } from "undici";
import { commit, machine } from "./lib-report.ts";

const SECONDS = 300;
const PER_SECOND = 1_000;
/** Rows in a body, bodies, and how many are on their way at once. */
const BATCHES = [
  { size: 1, bodies: 4_000, atOnce: 32 },
  { size: 100, bodies: 2_000, atOnce: 16 },
  { size: 10_000, bodies: 60, atOnce: 4 },
] as const;
const CODE = "set-up-code-of-the-bench";
const CLIENT = { clientId: "bench-id", clientSecret: "bench-secret" };
const GROUP = "bench";
/** How long what is still under way at the end may take, in ms. */
const PATIENCE_MS = 120_000;

const DEFINITIONS = [
  { kind: "identifier", id: "userid", priority: 100, limit: "one" },
  {
    kind: "schema",
    id: "users",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "name", type: "text" },
      { name: "country", type: "text" },
    ],
  },
  ...["users", "paced"].map((id) => ({
    kind: "dataflow",
    id,
    schema: "users",
    map: { userid: "id", name: "name", country: "country" },
  })),
  { kind: "audience", id: "5d822e81", name: "Paced", rule: { have: { attribute: "country", is: "DK" } } },
] as const;

/** A user as Ibexa exports one. */
function user(id: number, country: string): string {
  return `{"id":${id},"login":"user${id}","email":"user${id}@example.org","name":"User ${id}","country":"${country}"}`;
}

function body(from: number, size: number, country: string): string {
  return `[${Array.from({ length: size }, (_, at) => user(from + at, country)).join(",")}]`;
}

interface Product {
  readonly url: string;
  readonly pid: number;
  api(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

/** The product as a process of its own, as it is in life. */
async function startProduct(folder: string): Promise<Product> {
  const program = join(process.cwd(), "packages/cli/bin/peregrine.js");
  const child = spawn(process.execPath, [program, "serve"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      PEREGRINE_DATA: join(folder, "data"),
      PEREGRINE_PORT: "0",
      PEREGRINE_SETUP_CODE: CODE,
      PEREGRINE_LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await listening(child);
  const send = async (method: string, path: string, given: unknown, token?: string) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(given === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(given === undefined ? {} : { body: JSON.stringify(given) }),
    });
    const answer = (await response.json()) as Readonly<Record<string, unknown>>;
    if (!response.ok) throw new Error(`${method} ${path} answered ${JSON.stringify(answer)}`);
    return answer;
  };
  const { token } = await send("POST", "/setup", { code: CODE, name: "bench" });
  return {
    url,
    pid: child.pid ?? 0,
    api: (method, path, given) => send(method, path, given, String(token)),
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function listening(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the server's output is not a pipe");
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /listens on (http:\/\/\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error("the server ended before it listened");
}

interface Taken {
  readonly rowsPerSecond: number;
  readonly p99Ms: number;
}

/** Sends bodies that were made before, so many at once; each is answered when its rows are on the disk. */
async function deliver(
  { url }: Product,
  streamId: string,
  { size, bodies, atOnce }: (typeof BATCHES)[number],
): Promise<Taken> {
  const pool = new Pool(url, { connections: atOnce });
  const made = Array.from({ length: bodies }, (_, at) => body(1 + at * size, size, "UK"));
  const times: number[] = [];
  let next = 0;
  const send = async () => {
    for (let text = made[next++]; text !== undefined; text = made[next++]) {
      const sent = performance.now();
      await post(pool, streamId, text);
      times.push(performance.now() - sent);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, send));
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  return { rowsPerSecond: Math.round((bodies * size) / seconds), p99Ms: percentile(times, 0.99) };
}

async function post(pool: Pool, streamId: string, text: string): Promise<void> {
  const headers = { "content-type": "application/json", "x-streamid": streamId };
  const answer = await pool.request({ method: "POST", path: "/stream/bench", headers, body: text });
  const told = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`the stream answered ${answer.statusCode}: ${told}`);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
}

/** Waits until nothing that came is under way. */
async function settled(product: Product): Promise<void> {
  for (;;) {
    const { items } = (await product.api("GET", "/imports?limit=50")) as { items: { state: string }[] };
    if (items.every(({ state }) => state === "published")) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The same rows, 10,000 in each insert, into a table with the same columns. */
async function plainInserts(folder: string): Promise<number> {
  const { size, bodies, atOnce } = BATCHES[2];
  const log = { info: () => {}, warn: () => {} };
  const engine = await openEngine({ folder: join(folder, "plain"), log });
  try {
    const columns = ["id", "login", "email", "name", "country"];
    await engine.command(
      "CREATE TABLE plain (id UInt64, login String, email String, name String, country String) ENGINE = MergeTree ORDER BY id",
    );
    const made = Array.from({ length: bodies }, (_, at) =>
      Buffer.from(
        Array.from({ length: size }, (_, row) => {
          const id = 1 + at * size + row;
          return `${id}\tuser${id}\tuser${id}@example.org\tUser ${id}\tUK\n`;
        }).join(""),
      ),
    );
    let next = 0;
    const insert = async () => {
      for (let bytes = made[next++]; bytes !== undefined; bytes = made[next++]) {
        const piece = bytes;
        await engine.insertStream(
          "plain",
          columns,
          "TabSeparated",
          (async function* () {
            yield piece;
          })(),
        );
      }
    };
    const began = performance.now();
    await Promise.all(Array.from({ length: atOnce }, insert));
    return Math.round((bodies * size) / ((performance.now() - began) / 1000));
  } finally {
    await engine.close();
  }
}

/** Stands in front of the sandbox and notes when it accepted whom. */
async function openDestination() {
  const sandbox = await startSandbox({
    activations: [{ ...CLIENT, segmentGroupIdentifier: GROUP }],
    segmentGroups: [{ identifier: GROUP }],
    users: "any",
  });
  const acceptedAt = new Map<string, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const text = await textOf(request);
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(
          ([name]) => name.startsWith("x-") || name === "content-type" || name === "accept",
        ),
      ) as Record<string, string>;
      const answer = await fetch(sandbox.webhookUrl, { method: "POST", headers, body: text });
      const told = await answer.text();
      response.writeHead(answer.status, {
        "content-type": answer.headers.get("content-type") ?? "text/plain",
      });
      response.end(told);
      if (!answer.ok) return;
      const at = performance.now();
      for (const [, id] of text.matchAll(/"personId":"([^"]+)"/g)) {
        if (id !== undefined && !acceptedAt.has(id)) acceptedAt.set(id, at);
      }
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/cdp/webhook`,
    acceptedAt,
    async close() {
      server.closeAllConnections();
      server.close();
      await sandbox.close();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}

/** New people at a steady pace, all of whom belong into the segment: how long it takes until they are accepted there. */
async function paced(
  product: Product,
  seconds: number,
): Promise<{ readonly p95: number; readonly p50: number }> {
  const destination = await openDestination();
  const settings = { ...CLIENT, baseUrl: destination.url, segmentGroupIdentifier: GROUP };
  const activation = {
    kind: "activation",
    id: "bench",
    name: "Bench",
    type: "ibexa",
    personIdentifier: "userid",
    settings,
    audiences: ["5d822e81"],
  };
  await product.api("POST", "/apply", { documents: [activation] });
  const { streamId } = await product.api("POST", "/dataflows/paced/stream-ids", {});
  const pool = new Pool(product.url, { connections: 4 });
  const sentAt = new Map<string, number>();
  const size = PER_SECOND / 10;
  const sending: Promise<void>[] = [];
  const began = performance.now();
  for (let batch = 0; batch < seconds * 10; batch++) {
    const due = began + batch * 100;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const from = 10_000_000 + batch * size;
    const now = performance.now();
    for (let at = 0; at < size; at++) sentAt.set(String(from + at), now);
    sending.push(post(pool, String(streamId), body(from, size, "DK")));
  }
  await Promise.all(sending);
  const deadline = performance.now() + PATIENCE_MS;
  while (destination.acceptedAt.size < sentAt.size && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await pool.close();
  await destination.close();
  const missing = sentAt.size - destination.acceptedAt.size;
  if (missing > 0) throw new Error(`${missing} of ${sentAt.size} people were not accepted in time`);
  const times = Array.from(sentAt, ([id, at]) => (destination.acceptedAt.get(id) ?? 0) - at);
  return { p95: Math.round(percentile(times, 0.95)), p50: Math.round(percentile(times, 0.5)) };
}

/** The most memory that a process ever had, in MB. */
function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}

async function run(seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "peregrine-bench-"));
  try {
    const plain = await plainInserts(folder);
    console.log(`plain inserts of 10,000 rows: ${plain} rows/s`);
    const product = await startProduct(folder);
    try {
      await product.api("POST", "/apply", { documents: DEFINITIONS });
      const { streamId } = await product.api("POST", "/dataflows/users/stream-ids", {});
      const taken: Taken[] = [];
      for (const batch of BATCHES) {
        const measured = await deliver(product, String(streamId), batch);
        console.log(`bodies of ${batch.size}: ${measured.rowsPerSecond} rows/s, p99 ${measured.p99Ms} ms`);
        taken.push(measured);
        await settled(product);
      }
      const { p95, p50 } = await paced(product, seconds);
      console.log(`${PER_SECOND} rows/s for ${seconds} s: accepted after ${p50} ms (p50), ${p95} ms (p95)`);
      const { imports } = {
        imports: (await product.api("GET", "/imports?limit=200&dataflow=paced"))["items"],
      };
      const [one, hundred, many] = taken;
      console.log(
        JSON.stringify({
          bench: "stream",
          ratio: Number(((many?.rowsPerSecond ?? 0) / plain).toFixed(2)),
          rowsPerSecond: { 1: one?.rowsPerSecond, 100: hundred?.rowsPerSecond, 10000: many?.rowsPerSecond },
          p99Ms: { 1: one?.p99Ms, 100: hundred?.p99Ms, 10000: many?.p99Ms },
          plainRowsPerSecond: plain,
          toAcceptanceP50Ms: p50,
          toAcceptanceP95Ms: p95,
          pacedSeconds: seconds,
          pacedImports: Array.isArray(imports) ? imports.length : null,
          peakMemoryMb: peakMemory(product.pid),
          machine: machine(),
          commit: commit(),
        }),
      );
    } finally {
      await product.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run(Number(process.argv[2] ?? SECONDS));
}
