import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import type { FaultSpec, Sandbox } from "@peregrine/ibexa-sandbox";
import type { DeliveryPolicy } from "@peregrine/server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { MortalProcess } from "./mortal-process.ts";
import { activate, CREDENTIALS, openSandbox, openWorld, QUICK, type World } from "./world.ts";

let world: World;
const closing: (() => Promise<void> | void)[] = [];
let names = 0;

beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know(Array.from({ length: 50 }, (_, at) => [at + 1, `u${at + 1}`]));
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

afterAll(async () => {
  await world.close();
});

async function sandboxOf(config: Parameters<typeof openSandbox>[0] = {}): Promise<Sandbox> {
  const sandbox = await openSandbox(config);
  closing.push(() => sandbox.close());
  return sandbox;
}

/** An activation of three people to this address. */
async function carry(
  baseUrl: string,
  settings: Record<string, unknown> = {},
  advanced: Record<string, unknown> = {},
  policy: Partial<DeliveryPolicy> = {},
) {
  names += 1;
  const id = `activation-${names}`;
  const audience = `f${String(names).padStart(7, "0")}`;
  const service = world.service({ policy });
  await activate(world, service, { id, baseUrl, audiences: [audience], settings, advanced });
  world.audiences.set(audience, [1, 2, 3]);
  return { run: () => service.run(id, "manual"), status: () => service.status(id), audience, id, service };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/cdp/webhook`;
}

describe("a Base URL that doesn't work", () => {
  it("is named when nobody listens there, and nobody becomes unknown", async () => {
    const probe = createSocketServer();
    await new Promise<void>((resolve) => {
      probe.listen(0, "127.0.0.1", resolve);
    });
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const { run, status } = await carry(`http://127.0.0.1:${port}/cdp/webhook`);

    expect(await run()).toMatchObject({
      state: "failed",
      error: { code: "destinationRefusesConnection", detail: expect.stringContaining(`127.0.0.1:${port}`) },
    });
    expect((await status()).segments[0]).toMatchObject({ status: "failed", numbers: { waiting: 3 } });
  });

  it("is named when its name isn't known", async () => {
    const { run } = await carry("http://no-such-host.invalid/cdp/webhook");
    expect(await run()).toMatchObject({ state: "failed", error: { code: "destinationHostUnknown" } });
  });

  it("is given up when it is too slow", async () => {
    const sandbox = await sandboxOf();
    sandbox.addFault({ kind: "hang" });
    const { run } = await carry(sandbox.webhookUrl, {}, { timeoutSeconds: 0.1 });
    expect(await run()).toMatchObject({
      state: "failed",
      error: { code: "destinationTimeout", detail: expect.stringContaining("0.1 s") },
    });
  });

  it("is reported with the address to use instead when it redirects", async () => {
    const server = createServer((_request, response) => {
      response.writeHead(301, { Location: "https://shop.example/cdp/webhook" }).end();
    });
    const { run } = await carry(await listening(server));
    expect(await run()).toMatchObject({
      state: "failed",
      error: {
        code: "destinationRedirects",
        detail: expect.stringContaining("https://shop.example/cdp/webhook"),
      },
    });
  });

  it("is named when it is another page of the site", async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>Welcome</title>");
    });
    const { run, status } = await carry(await listening(server));
    expect(await run()).toMatchObject({
      state: "failed",
      error: { code: "destinationWebPage", detail: expect.stringContaining("Welcome") },
    });
    expect((await status()).segments[0]).toMatchObject({ numbers: { accepted: 0, waiting: 3 } });
  });
});

describe("wrong settings", () => {
  it("stop the run at the first message when the credentials are wrong", async () => {
    const sandbox = await sandboxOf();
    const { run, status } = await carry(sandbox.webhookUrl, { clientSecret: "not-the-right-one" });
    expect(await run()).toMatchObject({ state: "failed", error: { code: "destinationCredentials" } });
    expect(sandbox.requests().length).toBe(1);
    expect((await status()).segments[0]).toMatchObject({ status: "failed", numbers: { waiting: 3 } });
  });

  it("stop the run with Ibexa's words when the segment group isn't known", async () => {
    const sandbox = await sandboxOf();
    const { run } = await carry(sandbox.webhookUrl, { segmentGroupIdentifier: "no_such_group" });
    const ended = await run();
    expect(ended).toMatchObject({ state: "failed", error: { code: "destinationRefusesSegment" } });
    expect(ended.error?.detail).toContain("400");
    expect(sandbox.requests().length).toBe(1);
  });

  it("stop the run in the middle when they become wrong there, and it goes on when they are right", async () => {
    const sandbox = await sandboxOf();
    const { run, audience } = await carry(sandbox.webhookUrl);
    sandbox.addFault({ kind: "status", status: 401, match: { action: "membershipChanges" } });
    expect(await run()).toMatchObject({ state: "failed", error: { code: "destinationCredentials" } });
    sandbox.clearFaults();
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    expect(sandbox.people(audience).size).toBe(3);
  });
});

describe("a destination that fails for a while", () => {
  it.each<[string, FaultSpec]>([
    ["503 with seconds", { kind: "status", status: 503, retryAfterSeconds: 1 }],
    ["429 with a date", { kind: "status", status: 429, retryAfterSeconds: 1, retryAfterForm: "date" }],
  ])("is left alone for as long as it asks: %s", async (_name, fault) => {
    const sandbox = await sandboxOf();
    const { run } = await carry(sandbox.webhookUrl);
    sandbox.addFault({ ...fault, times: 1, match: { action: "membershipChanges" } });
    const began = performance.now();
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    // An HTTP date has whole seconds, so that one of up to a second is nearly nothing.
    expect(performance.now() - began).toBeGreaterThan(
      fault.kind === "status" && fault.status === 503 ? 990 : 0,
    );
  });

  it("is not asked before the time it names when that is far away", async () => {
    const sandbox = await sandboxOf();
    const { run, service, id } = await carry(sandbox.webhookUrl);
    sandbox.addFault({
      kind: "status",
      status: 503,
      retryAfterSeconds: 3_600,
      match: { action: "membershipChanges" },
    });
    expect(await run()).toMatchObject({ state: "failed", error: { code: "destinationUnavailable" } });
    const now = world.clock.now();
    expect(await service.due(now)).not.toContain(id);
    expect(await service.due(now + 3_601_000)).toContain(id);
  });

  it.each<[string, FaultSpec]>([
    ["500", { kind: "status", status: 500, times: 2 }],
    ["408", { kind: "status", status: 408, times: 1 }],
    ["425", { kind: "status", status: 425, times: 1 }],
    ["a reset before", { kind: "reset", times: 2 }],
    ["a reset after", { kind: "reset", at: "after", times: 2 }],
    ["an answer that breaks off", { kind: "cut", at: "after", times: 2 }],
  ])("is sent the same again: %s", async (_name, fault) => {
    const sandbox = await sandboxOf();
    const { run, audience } = await carry(sandbox.webhookUrl);
    sandbox.addFault({ ...fault, match: { action: "membershipChanges" } });
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3, unknown: 0 } });
    expect([...sandbox.people(audience)].sort()).toEqual(["u1", "u2", "u3"]);
  });

  it("is probed by heartbeat after failures in a row, and the run goes on when it is back", async () => {
    const sandbox = await sandboxOf();
    // Two of the seven answers may be on their way when the first good one is read: five are known by then, in
    // whatever order they arrive. One message may have had them all, and has an attempt left.
    const retry = { ...QUICK.retry, attempts: 8 };
    const { run, audience } = await carry(
      sandbox.webhookUrl,
      {},
      { batchSize: 1, requestsAtOnce: QUICK.breaker.failures - 2 },
      { retry },
    );
    sandbox.addFault({
      kind: "status",
      status: 500,
      times: retry.attempts - 1,
      match: { action: "membershipChanges" },
    });
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    expect(sandbox.people(audience).size).toBe(3);
    expect(sandbox.requests().some(({ action }) => action === "heartbeat")).toBe(true);
  });

  it("is given up when heartbeats and messages keep failing, and nothing is sent for what wasn't begun", async () => {
    const sandbox = await sandboxOf();
    const { run, audience } = await carry(sandbox.webhookUrl, {}, { batchSize: 1, requestsAtOnce: 1 });
    world.audiences.set(
      audience,
      Array.from({ length: 40 }, (_, at) => at + 1),
    );
    sandbox.addFault({ kind: "status", status: 500, match: { action: ["membershipChanges", "heartbeat"] } });
    const ended = await run();
    expect(ended).toMatchObject({ state: "failed", error: { code: "destinationFailing" } });
    expect(ended.counts?.["unsent"]).toBeGreaterThan(30);
    expect(sandbox.requests().length).toBeLessThan(20);
    sandbox.clearFaults();
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 40 } });
  });
});

describe("a destination that went away", () => {
  it("fails the run whose people could not be sent, though no message can have arrived", async () => {
    const sandbox = await openSandbox();
    const { run, status, audience } = await carry(sandbox.webhookUrl);
    // Nobody knows 99 by an identifier.
    world.audiences.set(audience, [1, 2, 99]);
    await run();
    const before = (await status()).segments[0]?.lastSynchronizedAt;
    await sandbox.close();
    // As many members as before: nothing is to be told but one person, and one message's attempts open no breaker.
    world.audiences.set(audience, [1, 2, 3]);

    expect(await run()).toMatchObject({
      state: "failed",
      error: { code: "destinationRefusesConnection" },
      counts: { accepted: 0, unknown: 0, unsent: 1 },
    });
    expect((await status()).segments[0]).toMatchObject({ status: "failed", lastSynchronizedAt: before });
  });

  it("stays the activation's last failure while it is tried again, until a run has ended well", async () => {
    const sandbox = await sandboxOf();
    const { run, status, id } = await carry(sandbox.webhookUrl);
    sandbox.addFault({ kind: "status", status: 503, match: { action: "membershipChanges" } });
    const failed = await run();
    expect(await status()).toMatchObject({ run: { id: failed.id }, lastFailure: { id: failed.id } });
    sandbox.clearFaults();

    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let trying: Promise<unknown> = Promise.resolve();
    await new Promise<void>((isSending) => {
      const { service } = new MortalProcess(world, () => {
        isSending();
        return gate;
      });
      trying = service.run(id, "schedule");
    });
    expect(await status()).toMatchObject({
      run: { state: "delivering", error: null },
      lastFailure: { id: failed.id, error: { code: "destinationUnavailable" } },
      segments: [{ status: "synchronizing" }],
    });
    letGo();
    expect(await trying).toMatchObject({ state: "done" });
    expect(await status()).toMatchObject({ lastFailure: null, segments: [{ status: "upToDate" }] });
  });
});

describe("the request log", () => {
  it("keeps every request with answer and code, and no secret", async () => {
    const server = createServer((request, response) => {
      response.writeHead(422, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ reason: `you sent ${request.headers["x-client-secret"]}` }));
    });
    const { run, id } = await carry(await listening(server));
    const ended = await run();
    expect(ended.error?.detail).toContain("***");
    const rows = await world.engine.query<{ status: number; answer: string; code: string }>(
      "SELECT status, answer, code FROM delivery_request WHERE run = {run:UInt64}",
      { run: ended.id },
    );
    expect(rows.length).toBe(ended.counts?.["requests"]);
    expect(rows[0]).toMatchObject({ status: 422, code: "destinationRefusesSegment" });
    const kept = JSON.stringify([
      rows,
      ended,
      await world.store.definitions.get("activation", id),
      await world.store.db.selectFrom("secret").selectAll().execute(),
    ]);
    expect(kept).not.toContain(CREDENTIALS.clientSecret);
  });
});
