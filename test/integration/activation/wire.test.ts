import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startProxy } from "../harness/proxy.ts";
import { AUTHORITY, SERVER_TLS } from "../harness/tls.ts";
import { PROFILES } from "./profiles.ts";
import { activate, CREDENTIALS, openSandbox, openWorld, type World } from "./world.ts";

let world: World;
const closing: (() => Promise<unknown>)[] = [];
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

/** An activation of these profiles to this address. */
async function carry(
  baseUrl: string,
  advanced: Record<string, unknown>,
  settings: Record<string, unknown> = {},
  members: readonly number[] = [1, 2, 3],
) {
  names += 1;
  const id = `wire-${names}`;
  const audience = `a${String(names).padStart(7, "0")}`;
  const service = world.service();
  await activate(world, service, { id, baseUrl, audiences: [audience], advanced, settings });
  world.audiences.set(audience, members);
  return { id, audience, service, run: () => service.run(id, "manual") };
}

async function proxyOf(allowed?: string) {
  const proxy = await startProxy(allowed);
  closing.push(proxy.close);
  return proxy;
}

describe.each(PROFILES)("the profile $name", ({ wire, advanced }) => {
  it("brings people in and out, names the segment and lets it go, as the receiver wants it", async () => {
    const sandbox = await sandboxOf({ wire, onDetach: "delete" });
    const { id, audience, service, run } = await carry(sandbox.webhookUrl, advanced(sandbox.url));
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    world.audiences.set(audience, [2, 3, 4]);
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 2 } });
    expect(sandbox.people(audience)).toEqual(new Set(["u2", "u3", "u4"]));
    expect(sandbox.segment(audience)).toMatchObject({ name: `Audience ${audience}` });

    const { definition } = await service.get(id);
    await service.save({ ...definition, audiences: [] }, { by: "tests", origin: "api" });
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    expect(sandbox.segment(audience)).toBeUndefined();
    expect(sandbox.requests().every(({ work }) => work === "done")).toBe(true);
  });

  it("is refused where another one is wanted, and the run says so", async () => {
    const other = PROFILES[(PROFILES.findIndex((one) => one.wire === wire) + 1) % PROFILES.length];
    const sandbox = await sandboxOf({ wire: other?.wire ?? {} });
    const { audience, run } = await carry(sandbox.webhookUrl, advanced(sandbox.url));
    expect(await run()).toMatchObject({ state: "failed", error: { code: expect.any(String) } });
    expect(sandbox.people(audience).size).toBe(0);
  });

  it("finds out who is refused", async () => {
    const sandbox = await sandboxOf({ wire, users: { list: ["u1", "u3"] } });
    const { audience, run } = await carry(sandbox.webhookUrl, advanced(sandbox.url));
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 2, refused: 1 } });
    expect(sandbox.people(audience)).toEqual(new Set(["u1", "u3"]));
  });
});

describe("credentials in fields of the body", () => {
  it("open the door, and are found wrong", async () => {
    const credentials = { in: "body", idName: "user", secretName: "pass" } as const;
    const sandbox = await sandboxOf({ wire: { credentials } });
    const { run } = await carry(sandbox.webhookUrl, { credentials });
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    const wrong = await carry(sandbox.webhookUrl, { credentials }, { clientSecret: "another-secret" });
    expect(await wrong.run()).toMatchObject({ state: "failed", error: { code: "destinationCredentials" } });
  });
});

describe("a bearer token", () => {
  const snake = PROFILES.find(({ name }) => name === "snake") ?? PROFILES[0];
  const credentials = (url: string, more: object = {}) => ({
    ...snake?.advanced(url),
    credentials: { in: "oauth", tokenUrl: `${url}/oauth/token`, ...more },
  });

  it("is fetched once, renewed after its end, and once when it isn't taken any more", async () => {
    const sandbox = await sandboxOf({ wire: snake?.wire ?? {} });
    const { audience, run } = await carry(sandbox.webhookUrl, credentials(sandbox.url), {}, [1]);
    await run();
    world.audiences.set(audience, [1, 2]);
    await run();
    expect(sandbox.tokens.issued()).toBe(1);
    world.clock.advance(3_700_000);
    world.audiences.set(audience, [1]);
    expect(await run()).toMatchObject({ state: "done" });
    expect(sandbox.tokens.issued()).toBe(2);
    sandbox.tokens.revoke();
    world.audiences.set(audience, [1, 3]);
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 1 } });
    expect(sandbox.tokens.issued()).toBe(3);
  });

  it("is asked for with its own id and secret, in the form where that is wanted", async () => {
    const { clientId, clientSecret, group } = CREDENTIALS;
    const sandbox = await sandboxOf({
      wire: snake?.wire ?? {},
      activations: [{ clientId: "token-id", clientSecret: "token-secret", segmentGroupIdentifier: group }],
    });
    const advanced = credentials(sandbox.url, { clientId: "token-id", authentication: "body" });
    const { run } = await carry(sandbox.webhookUrl, advanced, {
      tokenClientSecret: "token-secret",
      clientId,
      clientSecret,
    });
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
  });

  it("that is refused stops the run at once, and one that can't be fetched doesn't make people unknown", async () => {
    const sandbox = await sandboxOf({ wire: snake?.wire ?? {} });
    const wrong = await carry(sandbox.webhookUrl, credentials(sandbox.url), { clientSecret: "wrong-secret" });
    const stopped = await wrong.run();
    expect(stopped).toMatchObject({ state: "failed", error: { code: "tokenRefused" } });
    expect(JSON.stringify(stopped)).not.toContain("wrong-secret");
    expect(sandbox.requests()).toEqual([]);

    const lost = await carry(sandbox.webhookUrl, credentials("http://tokens.invalid"));
    expect(await lost.run()).toMatchObject({ state: "failed", error: { code: "tokenUnreachable" } });
    const status = await lost.service.status(lost.id);
    expect(status.segments[0]).toMatchObject({ numbers: { waiting: 3 } });

    const page = await carry(sandbox.webhookUrl, credentials(`${sandbox.url}/nothing`));
    expect(await page.run()).toMatchObject({ state: "failed", error: { code: "tokenAnswerUnexpected" } });
  });
});

describe("what a destination echoes", () => {
  it("is kept without secrets, whatever carried them", async () => {
    const server = createServer((request, response) => {
      const { authorization = "" } = request.headers;
      if (request.url === "/token") {
        response.writeHead(200, { "Content-Type": "application/json" });
        response.end('{"access_token":"token-that-is-secret","token_type":"Bearer","expires_in":60}');
        return;
      }
      const reason = `You sent ${authorization}, ${request.headers["x-stage"]}, ${request.headers["x-client-secret"]}.`;
      response.writeHead(422, { "Content-Type": "application/json", "X-Echo": authorization });
      response.end(JSON.stringify({ reason }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const credentials of [
      { in: "headers" },
      { in: "basic" },
      { in: "oauth", tokenUrl: `${url}/token` },
    ]) {
      const extraHeaders = "X-Stage: stage-that-is-secret";
      const { id, run, service } = await carry(`${url}/cdp/webhook`, { credentials }, { extraHeaders });
      const ended = await run();
      expect(ended).toMatchObject({ state: "failed", error: { code: "destinationRefusesSegment" } });
      const kept = JSON.stringify([
        ended,
        await world.engine.query("SELECT * FROM delivery_request WHERE run = {run:UInt64}", {
          run: ended.id,
        }),
        await service.tests.connection(id, {}),
        await service.status(id).then(({ segments }) => segments),
      ]);
      expect(kept).toContain("***");
      const basic = Buffer.from(`${CREDENTIALS.clientId}:${CREDENTIALS.clientSecret}`).toString("base64");
      for (const secret of [
        "token-that-is-secret",
        "stage-that-is-secret",
        CREDENTIALS.clientSecret,
        basic,
      ]) {
        expect(kept).not.toContain(secret);
      }
    }
  });
});

describe("messages a second", () => {
  it("are held over parallel messages and repetitions", async () => {
    const sandbox = await sandboxOf();
    const members = Array.from({ length: 24 }, (_, at) => at + 1);
    const advanced = { batchSize: 2, requestsAtOnce: 4, requestsPerSecond: 40 };
    const { run } = await carry(sandbox.webhookUrl, advanced, {}, members);
    sandbox.addFault({ kind: "status", status: 500, times: 3, match: { action: "membershipChanges" } });
    const began = performance.now();
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 24 } });
    const requests = sandbox.requests().length;
    expect(requests).toBeGreaterThanOrEqual(1 + 12 + 3 + 1);
    // Timers may fire a millisecond early.
    expect(performance.now() - began).toBeGreaterThan(((requests - 1) * 1000) / 40 - requests);
  });
});

describe("the way to a destination", () => {
  it("opens a staging server by extra headers, which stand in no log", async () => {
    const sandbox = await sandboxOf({ wire: { headers: { authorization: "Basic c3RhZ2luZzpvcGVu" } } });
    const shut = await carry(sandbox.webhookUrl, {});
    expect(await shut.run()).toMatchObject({ state: "failed", error: { code: "destinationCredentials" } });
    const extraHeaders = "Authorization: Basic c3RhZ2luZzpvcGVu";
    const { id, run, service } = await carry(sandbox.webhookUrl, {}, { extraHeaders });
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    const shown = await service.get(id);
    expect(shown.secrets).toContain("extraHeaders");
    expect(JSON.stringify(shown)).not.toContain("c3RhZ2luZzpvcGVu");
  });

  it("leads through a proxy, with its credentials", async () => {
    const sandbox = await sandboxOf();
    const proxy = await proxyOf("user:pass-word");
    const { run } = await carry(
      sandbox.webhookUrl,
      { proxy: proxy.url },
      { proxyCredentials: "user:pass-word" },
    );
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    expect(new Set(proxy.tunnels)).toEqual(new Set([`127.0.0.1:${sandbox.port}`]));

    const shut = await carry(sandbox.webhookUrl, { proxy: proxy.url });
    expect(await shut.run()).toMatchObject({ state: "failed", error: { code: "proxyCredentials" } });
    const refused = await carry("http://127.0.0.1:9/cdp/webhook", { proxy: (await proxyOf()).url });
    expect(await refused.run()).toMatchObject({
      state: "failed",
      error: { code: "proxyUnreachable", detail: expect.stringContaining("502") },
    });
    const gone = await carry(sandbox.webhookUrl, { proxy: "http://proxy.invalid:3128" });
    expect(await gone.run()).toMatchObject({ state: "failed", error: { code: "proxyUnreachable" } });
  });

  it("trusts an authority of one's own, directly and through a proxy, and nobody else", async () => {
    const sandbox = await sandboxOf({ tls: SERVER_TLS });
    const stranger = await carry(sandbox.webhookUrl, {});
    expect(await stranger.run()).toMatchObject({
      state: "failed",
      error: { code: "destinationCertificate", detail: expect.stringContaining("isn't trusted") },
    });
    const { run } = await carry(sandbox.webhookUrl, { certificateAuthority: AUTHORITY });
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    const proxy = (await proxyOf()).url;
    const through = await carry(sandbox.webhookUrl, { certificateAuthority: AUTHORITY, proxy });
    expect(await through.run()).toMatchObject({ state: "done", counts: { accepted: 3 } });
    const plain = await sandboxOf();
    const noTls = await carry(plain.webhookUrl.replace("http:", "https:"), {});
    expect(await noTls.run()).toMatchObject({ state: "failed", error: { code: "destinationCertificate" } });
  });
});
