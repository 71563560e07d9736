import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../harness/stores.ts";
import { until } from "../harness/wait.ts";
import { IBEXA_USERS, StreamWorld } from "./stream-world.ts";

const GIVEN = "00000000-11111111-22222222-33333333";

describe.each(BACKENDS)("a stream, on $name", (backend) => {
  let world: StreamWorld;
  /** What the control plane has no part in is shown once. */
  const once = backend.name === "SQLite" ? it : it.skip;
  /** Of the dataflow `users`. */
  let users: string;

  beforeAll(async () => {
    await backend.start();
    const { databaseUrl } = await backend.place();
    world = new StreamWorld({
      PEREGRINE_ACCOUNT_ID: "shop",
      PEREGRINE_STREAM_BODY: "1MiB",
      PEREGRINE_STREAM_WAITING: "8MiB",
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    });
    await world.start();
    await world.define(...IBEXA_USERS);
    users = await world.streamId("users");
  });
  afterAll(async () => {
    await world?.close();
    await backend.clean();
    await backend.stop();
  });

  it("takes what Ibexa's export of users sends, and the person has it", async () => {
    const sent = await world.stream(users, [
      { id: 14, login: "jo", email: "jo@example.org", name: "Jo", companies: [{ name: "A" }, { name: "B" }] },
      { id: 15, login: "al", email: "al@example.org", name: "Al", companies: null },
    ]);
    expect(sent).toMatchObject({ status: 200, body: { rows: 2, draft: false, repeated: false } });
    const [only] = await world.settled("users", 2);
    expect(only).toMatchObject({ source: "stream", state: "published", counts: { personRows: 2 } });
    expect(await world.person("userid:14")).toMatchObject({ name: "Jo", companies: ["A", "B"] });
  });

  it("clears by null and leaves what is absent; the later row counts, also of one body", async () => {
    await world.stream(users, [
      { id: 14, email: "jo@example.org", name: null },
      { id: 15, name: "Alan" },
      { id: 15, name: "Albert", score: 12345678.5 },
    ]);
    await world.settled("users", 5);
    expect(await world.person("userid:14")).toEqual({
      userid: "14",
      email: "jo@example.org",
      name: null,
      companies: ["A", "B"],
    });
    expect(await world.person("userid:15")).toMatchObject({ name: "Albert", email: "al@example.org" });
  });

  once("takes gzip, a byte order mark, line breaks and an empty array", async () => {
    const flow = await world.fresh("users");
    const text = '\ufeff[\r\n {"id": 16,\n "name": "Line\\nbreak"}\n]\n';
    const sent = await world.stream(flow.streamId, text, { gzip: true });
    expect(sent).toMatchObject({ status: 200, body: { rows: 1 } });
    expect(await world.stream(flow.streamId, "[]")).toMatchObject({ status: 200, body: { rows: 0 } });
    await world.settled(flow.id, 1);
    expect(await world.person("userid:16")).toMatchObject({ name: "Line\nbreak" });
  });

  once("lets a broken row stop no other", async () => {
    const flow = await world.fresh("users");
    await world.stream(flow.streamId, [
      { id: 17, score: "many" },
      { id: 18, score: 1 },
    ]);
    expect(await world.settled(flow.id, 2)).toMatchObject([
      { state: "published", counts: { read: 2, personRows: 1, refused: 1 } },
    ]);
    expect(await world.person("userid:18")).toMatchObject({ score: "1" });
  });

  it("refuses who has no stream id, another's or a revoked one, before it reads the body", async () => {
    const row = [{ id: 99 }];
    expect(await world.stream(undefined, row)).toMatchObject({
      status: 401,
      body: { code: "streamIdUnknown" },
    });
    expect(await world.stream("pgs_unknown", row)).toMatchObject({
      status: 401,
      body: { code: "streamIdUnknown", actor: "user" },
    });
    const revoked = await world.streamId("users");
    const { body } = await world.api<{ items: { id: string; lastUsedAt: unknown }[] }>(
      "GET",
      "/stream-ids?dataflow=users",
    );
    const mine = body.items.find(({ lastUsedAt }) => lastUsedAt === null);
    expect(JSON.stringify(body)).not.toContain(revoked);
    expect((await world.api("DELETE", `/stream-ids/${mine?.id}`)).status).toBe(204);
    expect(await world.stream(revoked, row)).toMatchObject({ status: 401 });
    expect((await world.api("DELETE", `/stream-ids/${mine?.id}`)).status).toBe(404);
    const other = await fetch(`${world.url}/stream/another`, {
      method: "POST",
      headers: { "x-streamid": users, "Content-Type": "application/json" },
      body: "[]",
    });
    expect(other.status).toBe(404);
    expect(await other.json()).toMatchObject({ code: "notFound" });
    expect(await world.person("userid:99")).toBeUndefined();
  });

  once.each([
    ["an object", { id: 1 }, "an object"],
    ["a text", '"rows"', "a string"],
    ["nothing", "", "is empty"],
    ["what is no JSON", "id;name", "does not begin with ["],
    ["an array that is cut off", '[{"id":20},{"id":21', "Row 2"],
    ["an array without its end", '[{"id":20}', "not closed"],
    ["a row that is no object", [{ id: 20 }, 21], "Row 2 is not an object"],
    ["a null among rows", [{ id: 20 }, { id: 21 }, null], "Row 3 is not an object"],
    ["a zero character", '[{"id":20},{"id":"a\\u0000"}]', "Row 2 holds the character U+0000"],
    ["no UTF-8", Buffer.from([91, 123, 34, 0xff, 34, 58, 49, 125, 93]), "not UTF-8"],
  ])("refuses %s and keeps nothing of it", async (_, body, reason) => {
    const answer = await world.stream(users, body);
    expect(answer).toMatchObject({ status: 400, body: { code: "rowsInvalid" } });
    expect(answer.body["detail"]).toContain(reason);
    expect(await world.person("userid:20")).toBeUndefined();
  });

  once("refuses other types, other packings and what is neither draft nor not", async () => {
    const typed = (type: string) => world.stream(users, "[]", { "Content-Type": type });
    expect((await typed("text/csv")).status).toBe(415);
    expect((await typed("application/json; charset=utf-16")).status).toBe(415);
    expect((await typed("application/json; charset=UTF-8")).status).toBe(200);
    expect((await world.stream(users, "[]", { "Content-Encoding": "br" })).status).toBe(415);
    expect((await world.stream(users, "[]", { "x-isdraft": "maybe" })).status).toBe(400);
    expect((await world.stream(users, "[]", { "Content-Encoding": "gzip" })).status).toBe(400);
  });

  once("refuses what is too large, also when it only unpacks to that", async () => {
    const large = JSON.stringify([{ id: 30, name: "x".repeat(1024 * 1024) }]);
    expect(await world.stream(users, large)).toMatchObject({ status: 413, body: { code: "bodyTooLarge" } });
    expect((await world.stream(users, large, { gzip: true })).status).toBe(413);
    expect(await world.person("userid:30")).toBeUndefined();
  });

  it("keeps rows of a draft apart, and refuses those that are to count while the dataflow is one", async () => {
    await world.define({ ...IBEXA_USERS[3], id: "setup", state: "draft" });
    const setup = await world.streamId("setup");
    expect(await world.stream(setup, [{ id: 40 }])).toMatchObject({
      status: 409,
      body: { code: "streamNotActive" },
    });
    await world.stream(setup, [{ id: 40, score: "none" }], { "x-isdraft": "true" });
    await world.stream(users, [{ id: 41, name: "Draft" }], { "x-isdraft": "true" });
    expect(await world.settled("setup", 1)).toMatchObject([
      { source: "draft", state: "refused", counts: { refused: 1 } },
    ]);
    await until(
      async () =>
        (await world.imports("&source=draft&dataflow=users")).some(({ state }) => state === "validated"),
      "the draft is validated",
    );
    expect(await world.person("userid:40")).toBeUndefined();
    expect(await world.person("userid:41")).toBeUndefined();
  });

  it("stores a delivery once under its idempotency key, at once, later, and after a restart", async () => {
    const key = { "Idempotency-Key": "2026-01-01/1" };
    const { id, streamId: orders } = await world.fresh("orders");
    const row = [
      { user: 14, sku: "A", order: "1" },
      { user: 15, sku: "B" },
    ];
    const answers = await Promise.all([1, 2, 3].map(() => world.stream(orders, row, key)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.filter(({ body }) => body["repeated"] === false)).toHaveLength(1);
    expect((await world.settled(id, 2)).map(({ counts }) => counts?.["read"])).toEqual([2]);
    await world.stop();
    await world.start();
    expect((await world.stream(orders, row, key)).body).toEqual({ rows: 2, draft: false, repeated: true });
    expect(await world.stream(orders, [{ user: 16, sku: "C" }], key)).toMatchObject({
      status: 422,
      body: { code: "repeatDiffers" },
    });
    const draft = await world.stream(orders, row, { ...key, "x-isdraft": "true" });
    expect(draft.body).toEqual({ rows: 2, draft: true, repeated: false });
  });

  once("takes up what was acknowledged before a stop, and its order", async () => {
    const { id, streamId } = await world.fresh("users");
    await world.stream(streamId, [{ id: 50, name: "first" }]);
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => world.stream(streamId, [{ id: 60 + at, name: `person ${at}` }])),
    );
    await world.stream(streamId, [{ id: 50, name: "last" }]);
    await world.stop();
    await world.start();
    await world.settled(id, 22);
    expect(await world.person("userid:50")).toMatchObject({ name: "last" });
  });

  it("takes an overwriting dataflow's rows only as a complete snapshot", async () => {
    const { id: flow, streamId: staff } = await world.fresh("users", { write: "overwrite" });
    expect(await world.stream(staff, [{ id: 70 }])).toMatchObject({
      status: 409,
      body: { code: "snapshotNeeded" },
    });
    const open = async () =>
      (await world.stream<{ snapshot: string }>(staff, undefined, { path: "/snapshots" })).body.snapshot;
    const complete = (id: string, rows?: number) =>
      world.stream(staff, rows === undefined ? undefined : { rows }, { path: `/snapshots/${id}/complete` });

    const first = await open();
    expect(await complete(first)).toMatchObject({ status: 409, body: { code: "snapshotIncomplete" } });
    await world.stream(staff, [{ id: 114, name: "One" }], { "x-snapshot": first });
    await world.stop();
    await world.start();
    await world.stream(staff, [{ id: 115, name: "Two" }], { "x-snapshot": first });
    expect(await complete(first, 3)).toMatchObject({ status: 409, body: { code: "snapshotIncomplete" } });
    expect((await complete(first, 2)).body).toEqual({ snapshot: first, rows: 2 });
    await world.settled(flow, 2);
    expect((await complete(first)).body).toEqual({ snapshot: first, rows: null });
    expect(await world.stream(staff, [{ id: 116 }], { "x-snapshot": first })).toMatchObject({ status: 404 });

    const dropped = await open();
    await world.stream(staff, [{ id: 117, name: "Nobody" }], { "x-snapshot": dropped });
    const away = { path: `/snapshots/${dropped}`, method: "DELETE" };
    expect((await world.stream(staff, undefined, away)).status).toBe(204);
    expect((await complete(dropped)).status).toBe(404);

    const second = await open();
    const still = await world.stream(staff, [{ id: 115, name: "Still" }], { "x-snapshot": second });
    expect(still.status).toBe(200);
    expect((await complete(second)).body).toEqual({ snapshot: second, rows: 1 });
    expect(await world.settled(flow, 3)).toMatchObject([
      { source: "snapshot", state: "published" },
      { source: "snapshot", state: "published" },
    ]);
    expect(await world.person("userid:115")).toMatchObject({ name: "Still" });
    expect((await world.person("userid:114"))?.["name"]).toBeUndefined();
    expect(await world.person("userid:117")).toBeUndefined();
  });

  it("is opened by an id that another system made, which nobody sees again", async () => {
    const flow = { ...IBEXA_USERS[3], id: "taken-over" };
    await world.define({ ...flow, streamId: GIVEN });
    expect((await world.stream(GIVEN, [{ id: 80, name: "Given" }])).status).toBe(200);
    await world.settled("taken-over", 1);
    const twice = await world.api<{ code: string }>("POST", "/apply", {
      documents: [{ ...flow, id: "another", streamId: GIVEN }],
    });
    expect(twice).toMatchObject({ status: 409, body: { code: "streamIdTaken" } });
    await world.define({ ...flow, streamId: "another-stream-id" });
    expect((await world.stream(GIVEN, [])).status).toBe(401);
    expect((await world.stream("another-stream-id", [])).status).toBe(200);
    const { body } = await world.api("GET", "/definitions?limit=200");
    expect(JSON.stringify(body)).not.toContain("another-stream-id");
  });

  it("closes with its dataflow", async () => {
    const { id, streamId: short } = await world.fresh("users");
    expect((await world.stream(short, [])).status).toBe(200);
    expect((await world.api("DELETE", `/definitions/dataflow/${id}`)).status).toBe(200);
    expect((await world.stream(short, [])).status).toBe(401);
  });

  once("says 429 and when to come again while too much waits, and takes the rows then", async () => {
    const { streamId: bulk } = await world.fresh("users", { write: "overwrite" });
    const { body } = await world.stream<{ snapshot: string }>(bulk, undefined, { path: "/snapshots" });
    const rows = [{ id: 90, name: "x".repeat(900 * 1024) }];
    const answers = [];
    do answers.push(await world.stream(bulk, rows, { "x-snapshot": body.snapshot }));
    while (answers.at(-1)?.status === 200 && answers.length < 20);
    expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: "streamBusy" } });
    expect(answers.at(-1)?.headers.get("retry-after")).toBe("10");
    expect(answers.length).toBe(9 + 1);
    await world.stream(bulk, undefined, { path: `/snapshots/${body.snapshot}`, method: "DELETE" });
    expect((await world.stream(users, rows)).status).toBe(200);
  });

  once("keeps nothing of a body that was cut off", async () => {
    const { id, streamId } = await world.fresh("users");
    await new Promise<void>((resolve) => {
      const sending = request(`${world.url}/stream/shop`, {
        method: "POST",
        headers: { "x-streamid": streamId, "Content-Type": "application/json", "Content-Length": "1000" },
      });
      sending.once("error", () => resolve());
      sending.write('[{"id":95},', () => sending.destroy());
    });
    expect((await world.stream(streamId, [{ id: 96, name: "whole" }])).status).toBe(200);
    await world.settled(id, 1);
    expect(await world.person("userid:96")).toBeDefined();
    expect(await world.person("userid:95")).toBeUndefined();
  });

  it("leaves no segment of what is published, and no secret in logs and files", async () => {
    const streams = join(world.folder, "data", "streams");
    await until(
      () => readdirSync(streams).every((name) => name.endsWith(".kept")),
      "only the drafts are left in the folder",
    );
    for (const name of readdirSync(streams))
      expect(readFileSync(join(streams, name), "utf8")).not.toContain(users);
    const logged = world.logged.join("");
    for (const secret of [users, GIVEN, "another-stream-id"]) expect(logged).not.toContain(secret);
  });

  it("after a day forgets a key, and drops a snapshot that nobody touched", async () => {
    const { id, streamId } = await world.fresh("users");
    const key = { "Idempotency-Key": "1" };
    await world.stream(streamId, [{ id: 97 }], key);
    await world.settled(id, 1);
    const { body } = await world.stream<{ snapshot: string }>(streamId, undefined, { path: "/snapshots" });
    const path = `/snapshots/${body.snapshot}/complete`;
    expect((await world.stream(streamId, undefined, { path })).status).toBe(409);
    await world.stop();
    world.later += 25 * 60 * 60 * 1000;
    await world.start();
    expect((await world.stream(streamId, undefined, { path })).status).toBe(404);
    expect((await world.stream(streamId, [{ id: 97 }], key)).body["repeated"]).toBe(false);
    expect(world.logged.join("")).toContain("nobody touched for a day");
  });
});
