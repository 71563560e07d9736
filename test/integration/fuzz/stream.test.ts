import { gzipSync } from "node:zlib";
import { Pool } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { shareOf } from "../harness/share.ts";
import { IBEXA_USERS, StreamWorld } from "../ingest/stream-world.ts";
import { anything, mutateBytes, mutateText, mutateValue, pick, type Random, randomOf } from "./mutate.ts";

/**
 * Whatever is sent to a stream is taken or refused, and never answered with a failure of the server; what was taken is
 * imported, all of it.
 */
const REQUESTS = shareOf(20_000);
const CONNECTIONS = 4;
const SEED = 20_261_125;
/** An answer that takes longer counts as hung. */
const HANG_MS = 30_000;
/** What was sent is one of these. */
const EXPECTED = new Set([200, 201, 204, 400, 401, 404, 409, 413, 415, 422, 429]);

let world: StreamWorld;
let pool: Pool;
let streamId: string;
let rows = 0;
let drafted = 0;
let taken = 0;

beforeAll(async () => {
  world = new StreamWorld({ PEREGRINE_STREAM_BODY: "1MiB" });
  await world.start();
  await world.define(...IBEXA_USERS);
  streamId = await world.streamId("users");
  pool = new Pool(world.url, {
    connections: CONNECTIONS,
    headersTimeout: HANG_MS,
    bodyTimeout: HANG_MS,
  });
});
afterAll(async () => {
  await pool?.close();
  await world?.close();
});

/** What Ibexa sends. */
function users(random: Random): object[] {
  return Array.from({ length: 1 + random(3) }, () => ({
    id: 1 + random(200),
    login: "jo",
    email: random(3) === 0 ? null : `user${random(200)}@example.org`,
    name: pick(["Jo", "Ærø", "", null], random),
    companies: pick([[], null, [{ name: "A" }], [{ name: "A" }, { name: null }, { id: 3 }]], random),
    score: random(1_000) / 8,
  }));
}

function bodyOf(random: Random): string | Buffer {
  const text = JSON.stringify(users(random));
  switch (random(8)) {
    case 0:
      return text;
    case 1:
    case 2:
      return mutateText(text, random);
    case 3:
    case 4:
      return mutateBytes(Buffer.from(text), random);
    case 5:
      return JSON.stringify(anything(random));
    case 6:
      return `${"[".repeat(random(2_000))}${"]".repeat(random(2_000))}`;
    default:
      return JSON.stringify(mutateValue(users(random), random));
  }
}

/** Header values go over the wire as Latin-1 without control characters; Node's client refuses others itself. */
function headerText(random: Random): string {
  const made = anything(random);
  const text = (typeof made === "string" ? made : JSON.stringify(made)).replace(/[^\x20-\x7e]/g, "?");
  return text.slice(0, 300);
}

function headersOf(random: Random): Record<string, string> {
  const headers: Record<string, string> = {
    "x-streamid": random(30) === 0 ? headerText(random) : streamId,
    "content-type": random(30) === 0 ? headerText(random) : "application/json",
  };
  if (random(6) === 0) headers["x-isdraft"] = pick(["true", "false", "1", headerText(random)], random);
  if (random(8) === 0) headers["idempotency-key"] = pick([`key ${random(50)}`, headerText(random)], random);
  if (random(20) === 0) headers["x-snapshot"] = headerText(random);
  if (random(10) === 0)
    headers["content-encoding"] = pick(["gzip", "identity", "br", headerText(random)], random);
  return headers;
}

const PATHS = [
  "/snapshots",
  "/snapshots/x/complete",
  "/snapshots/00000000-0000-4000-8000-000000000000/complete",
];

/** All 20,000 take two minutes on two cores that have nothing else to do. */
const PATIENCE_MS = 600_000;

it(`${REQUESTS} bent deliveries are taken or refused, and all that is taken is imported`, {
  timeout: PATIENCE_MS,
}, async () => {
  const wrong: string[] = [];
  let next = 0;
  const send = async () => {
    for (let at = next++; at < REQUESTS && wrong.length < 10; at = next++) {
      const random = randomOf(SEED + at);
      const headers = headersOf(random);
      const plain = bodyOf(random);
      const body = headers["content-encoding"] === "gzip" && random(3) > 0 ? gzipSync(plain) : plain;
      const path = `/stream/shop${random(100) === 0 ? pick(PATHS, random) : ""}`;
      try {
        const answer = await pool.request({ method: "POST", path, headers, body });
        const text = await answer.body.text();
        const told = `${at}: ${answer.statusCode} ${text.slice(0, 300)}`;
        if (!EXPECTED.has(answer.statusCode) || text.includes(streamId)) wrong.push(told);
        if (answer.statusCode !== 200 || !text.includes('"draft":')) continue;
        const delivered = JSON.parse(text) as { rows: number; repeated: boolean; draft: boolean };
        taken++;
        if (delivered.repeated) continue;
        if (delivered.draft) drafted += delivered.rows;
        else rows += delivered.rows;
      } catch (error) {
        wrong.push(`${at}: no answer: ${String(error)} to ${String(plain).slice(0, 300)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, send));
  expect(wrong).toEqual([]);
  // Both happen: else this would be about something else than it says.
  expect(taken).toBeGreaterThan(REQUESTS / 20);
  expect(taken).toBeLessThan(REQUESTS / 2);
  const imports = await world.settled("users", rows + drafted);
  const read = imports
    .filter(({ source }) => source === "stream")
    .reduce((sum, { counts }) => sum + (counts?.["read"] ?? 0), 0);
  const refused = imports.filter(({ state, source }) => source === "stream" && state !== "published");
  expect(refused).toEqual([]);
  expect(read).toBe(rows);
  expect(world.logged.join("")).not.toContain('"code":"internal"');
});
