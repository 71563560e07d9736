import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { Pool } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyRule } from "../audience/random-rules.ts";
import {
  CUSTOMERS,
  customers,
  HEADER,
  type Installation,
  startInstallation,
} from "../bad-input/installation.ts";
import { shareOf } from "../harness/share.ts";
import { fromSchema, type JsonSchema, type Known } from "./from-schema.ts";
import { anything, mutateBytes, mutateText, mutateValue, pick, type Random, randomOf } from "./mutate.ts";

/**
 * Every operation of the API's own document gets what fits and what does not, over real sockets. Nothing is answered
 * with a failure of the server, nothing hangs, nothing is left open, and what was there stays right.
 */
const REQUESTS = shareOf(8_000);
const CONNECTIONS = 12;
const RAW_CONNECTIONS = 200;
const SEED = 20_260_105;
/** An answer that takes longer counts as hung; a small machine evaluates and rebuilds meanwhile. */
const HANG_MS = 30_000;
/** Dear ones, so many times at most: all people are read, or written anew. */
const SELDOM: Readonly<Record<string, number>> = {
  "post /api/v1/rebuild": 3,
  "post /api/v1/activations/{id}/runs": 40,
  "post /api/v1/audiences/{id}/check": 40,
  "post /api/v1/audiences/{id}/refresh": 100,
  "post /api/v1/rules/preview": 300,
  "get /api/v1/audiences/{id}/preview": 300,
  "post /api/v1/dataflows/{id}/imports": 150,
};

const AUDIENCE = "5d822e81";
const PEOPLE = 200;
const DOCUMENTS = [
  ...CUSTOMERS,
  { kind: "audience", id: AUDIENCE, name: "British", rule: { have: { attribute: "country", is: "UK" } } },
] as const;
/** Nobody listens there. */
const NOWHERE = { baseUrl: "http://127.0.0.1:9/cdp/webhook", clientId: "fuzz", clientSecret: "fuzz-secret" };

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema?: JsonSchema;
  }[];
  readonly bodies: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

let shop: Installation;
let pool: Pool;
let operations: readonly Operation[];
let schemas: Readonly<Record<string, JsonSchema>>;
let rules: readonly unknown[];
let granted = 0;

beforeAll(async () => {
  shop = await startInstallation();
  await shop.define(...DOCUMENTS);
  pool = new Pool(shop.server.url, {
    connections: CONNECTIONS,
    headersTimeout: HANG_MS,
    bodyTimeout: HANG_MS,
  });
  const { body } = await shop.server.call<{
    paths: Record<
      string,
      Record<string, { parameters?: Operation["parameters"]; requestBody?: { content: Operation["bodies"] } }>
    >;
    components: { schemas: Record<string, JsonSchema> };
  }>("GET", "/openapi.json");
  schemas = body.components.schemas;
  operations = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      name: `${method} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters,
      bodies: requestBody?.content ?? {},
    })),
  );
  rules = fc.sample(anyRule([AUDIENCE]), { numRuns: 200, seed: SEED });
});
afterAll(async () => {
  await pool?.close();
  await shop?.close();
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | undefined;
}

function parameter(name: string, schema: JsonSchema, known: Known, random: Random): string {
  if (random(6) === 0) return asText(anything(random));
  const listed = known[name];
  return asText(
    listed !== undefined && random(4) > 0
      ? pick(listed, random)
      : fromSchema(schema, { schemas, known }, random),
  );
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function bodyOf(operation: Operation, known: Known, random: Random): Pick<Sent, "headers" | "body"> {
  const [type = "application/json", { schema = {} } = {}] =
    Object.entries(operation.bodies)[random(Math.max(1, Object.keys(operation.bodies).length))] ?? [];
  const headers = {
    "content-type":
      random(30) === 0 ? String(pick(["text/plain", "application/xml", "a/b; c=d", "\u00ff"], random)) : type,
  };
  if (!type.includes("json")) {
    const csv = Buffer.from(`${HEADER}${customers(3, 1 + random(PEOPLE))}`);
    return { headers, body: random(4) === 0 ? csv : mutateBytes(csv, random) };
  }
  const fitting = fromSchema(schema, { schemas, known }, random);
  switch (random(10)) {
    case 0:
      return { headers, body: mutateText(JSON.stringify(fitting) ?? "", random) };
    case 1:
      return { headers, body: mutateBytes(Buffer.from(JSON.stringify(fitting) ?? ""), random) };
    case 2:
      return { headers, body: JSON.stringify(anything(random)) };
    case 3:
    case 4:
      return { headers, body: JSON.stringify(fitting) };
    default:
      return { headers, body: JSON.stringify(mutateValue(fitting, random)) };
  }
}

function anyRequest(operation: Operation, known: Known, random: Random): Sent {
  const query = new URLSearchParams();
  let path = operation.path;
  for (const { name, in: place, schema } of operation.parameters) {
    const value = parameter(name, schema ?? {}, known, random);
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(wellFormed(value)));
    // Node refuses a head of more than 16 KB by itself, before any route sees it.
    else if (random(3) > 0) query.append(name, value.slice(0, 400));
  }
  if (random(20) === 0)
    query.append(pick(["__proto__", "limit", "x"], random), wellFormed(asText(anything(random))));
  const asked = query.size === 0 ? path : `${path}?${query}`;
  const sent = Object.keys(operation.bodies).length > 0 || (operation.method !== "GET" && random(10) === 0);
  const { headers, body } = sent ? bodyOf(operation, known, random) : { headers: {}, body: undefined };
  const token =
    random(40) === 0
      ? pick(["", "Bearer", "Bearer x", `Basic ${shop.server.token}`], random)
      : `Bearer ${shop.server.token}`;
  return { method: operation.method, path: asked, headers: { ...headers, authorization: token }, body };
}

/** Half a surrogate pair can't be written into an address. */
function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8").slice(0, 1_000);
}

/** What is wrong with an answer; undefined where nothing is. Counts the answers that grant what was asked. */
async function wrongWith({ method, path, headers, body }: Sent): Promise<string | undefined> {
  const answer = await pool.request({ method: method as "GET", path, headers, body: body ?? null });
  if (String(answer.headers["content-type"]).startsWith("text/event-stream")) {
    // It goes on until somebody leaves.
    answer.body.destroy();
    granted++;
    return undefined;
  }
  const text = await answer.body.text();
  if (answer.statusCode < 300) granted++;
  if (text.includes(shop.server.token)) return "the token stands in the answer";
  if (answer.statusCode < 400) return undefined;
  const type = String(answer.headers["content-type"]);
  if (!type.startsWith("application/problem+json"))
    return `${answer.statusCode} as ${type}: ${text.slice(0, 300)}`;
  const problem: { code?: string; actor?: string; remedy?: string; detail?: string } = JSON.parse(text);
  if (!problem.code || !problem.remedy || !problem.detail)
    return `a problem without words: ${text.slice(0, 300)}`;
  if (answer.statusCode >= 500) return `${answer.statusCode}: ${text.slice(0, 500)}`;
  return undefined;
}

async function openFiles(): Promise<number> {
  return (await readdir(`/proc/${shop.server.pid}/fd`)).length;
}

/** Resident memory in MB. */
async function memory(): Promise<number> {
  const status = await readFile(`/proc/${shop.server.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

describe("requests", () => {
  it(`${REQUESTS} to all operations of the API are answered, and none by a failure`, async () => {
    const known: Known = {
      id: ["customers", "userid", "email", AUDIENCE, "1", "2", "shop"],
      kind: ["identifier", "schema", "dataflow", "audience", "activation"],
      schema: ["customers"],
      personIdentifier: ["userid", "email"],
      identifier: ["userid:1", "userid", "email"],
      audiences: [[AUDIENCE], []],
      audience: [AUDIENCE],
      attribute: ["country", "age"],
      event: ["buy"],
      rule: rules,
      type: ["ibexa", "text", "number"],
      settings: [NOWHERE],
      number: ["1", "2", "4294967296"],
      version: ["1", "2"],
      asOf: ["2026-01-31T12:00:00Z"],
      documents: [DOCUMENTS, [DOCUMENTS[0]]],
      fileName: ["customers.csv", "people.json"],
    };
    const left = new Map(Object.entries(SELDOM));
    const wrong: { at: number; operation: string; sent: string; problem: string }[] = [];
    const asked = new Map<string, number>();
    let next = 0;
    let early: number | undefined;
    const ask = async () => {
      for (let at = next++; at < REQUESTS && wrong.length < 20; at = next++) {
        if (at === REQUESTS / 4) early = await memory();
        const random = randomOf(SEED + at);
        const operation = pick(operations, random);
        const budget = left.get(operation.name);
        if (budget === 0) continue;
        if (budget !== undefined) left.set(operation.name, budget - 1);
        const sent = anyRequest(operation, known, random);
        asked.set(operation.name, (asked.get(operation.name) ?? 0) + 1);
        const problem = await wrongWith(sent).catch((error: unknown) => `no answer: ${String(error)}`);
        if (problem === undefined) continue;
        wrong.push({
          at,
          operation: operation.name,
          sent: `${sent.path.slice(0, 200)} ${String(sent.body).slice(0, 500)}`,
          problem,
        });
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, ask));
    expect(wrong).toEqual([]);
    expect(asked.size).toBe(operations.length);
    // Enough goes through the door to meet what is behind it, and enough is turned away.
    expect(granted).toBeGreaterThan(REQUESTS / 10);
    expect(granted).toBeLessThan((REQUESTS * 9) / 10);
    expect(shop.server.stderr()).not.toContain('"code":"internal"');
    // Grown by caches and by what was made, not by what was asked.
    expect(await memory()).toBeLessThan(2 * (early ?? 0) + 100);
  });

  it(`${RAW_CONNECTIONS} connections that speak no proper HTTP harm nobody`, async () => {
    const before = await openFiles();
    const valid = `POST /api/v1/apply HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"documents":[]}`;
    for (let at = 0; at < RAW_CONNECTIONS; at++) {
      const random = randomOf(SEED - at);
      const bytes = mutateBytes(Buffer.from(mutateText(valid, random)), random);
      await new Promise<void>((resolve, reject) => {
        const socket = connect(Number(new URL(shop.server.url).port), "127.0.0.1");
        socket.setTimeout(HANG_MS, () =>
          reject(new Error(`hangs: ${JSON.stringify(bytes.toString("latin1"))}`)),
        );
        socket.on("error", () => {});
        socket.on("close", () => resolve());
        socket.resume();
        socket.end(bytes);
      });
    }
    expect((await fetch(`${shop.server.url}/health`)).status).toBe(200);
    await expect.poll(openFiles, { timeout: HANG_MS }).toBeLessThanOrEqual(before + 2);
  });

  it("leave an installation that works and has nothing lying about", async () => {
    await shop.define(...DOCUMENTS.map((document) => ({ ...document })));
    const file = `${HEADER}${customers(PEOPLE)}`;
    const response = await fetch(`${shop.server.url}/api/v1/dataflows/customers/imports?fileName=last.csv`, {
      method: "POST",
      headers: { Authorization: `Bearer ${shop.server.token}`, "Content-Type": "text/csv" },
      body: file,
    });
    expect(response.ok, await response.clone().text()).toBe(true);
    const { id } = (await response.json()) as { id: number };
    await expect
      .poll(async () => (await shop.server.call<{ state: string }>("GET", `/imports/${id}`)).body.state, {
        timeout: 60_000,
      })
      .toBe("published");
    const { body } = await shop.server.call<{ size: number }>("POST", "/rules/preview", {
      rule: { have: { attribute: "country", is: "UK" } },
    });
    expect(body.size).toBeGreaterThanOrEqual(PEOPLE / 2);
    // Imports that are under way have their files, and so have those that came to nothing and can be run again.
    const uploads = () => readdir(join(shop.folder, "data", "uploads"));
    await expect
      .poll(async () => (await uploads()).filter((name) => !/^import-[0-9]+$/.test(name)), {
        timeout: 60_000,
      })
      .toEqual([]);
  });
});
