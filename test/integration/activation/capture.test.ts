import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import {
  type ActivationService,
  type Capture,
  createOutgoing,
  deriveWireProfile,
  type RunningCapture,
  replayCapture,
  startCapture,
} from "@peregrine/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROFILES } from "./profiles.ts";
import { activate, CREDENTIALS, openSandbox, openWorld, type World } from "./world.ts";

const { clientId, clientSecret, group } = CREDENTIALS;
const KNOWN = { clientId, clientSecret, segmentGroupIdentifier: group };

let world: World;
let service: ActivationService;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await openWorld();
  service = world.service();
  await world.audiences.know(Array.from({ length: 60 }, (_, at) => [at + 1, `user-${at + 1}`]));
});
afterAll(async () => {
  for (const close of closing) await close();
  await world.close();
});

async function sandboxOf(config: Parameters<typeof openSandbox>[0]): Promise<Sandbox> {
  const sandbox = await openSandbox(config);
  closing.push(() => sandbox.close());
  return sandbox;
}

async function captureOf(to: string, tokenTo?: string): Promise<RunningCapture> {
  const running = await startCapture({
    to,
    tokenTo,
    host: "127.0.0.1",
    port: 0,
    known: KNOWN,
    keepsPeople: false,
    clock: world.clock,
    onMessage: () => {},
  });
  closing.push(() => running.close());
  return running;
}

const people = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

/** A whole life of an activation: tried, filled, changed, let go. */
async function live(id: string, audience: string, baseUrl: string, advanced: Record<string, unknown>) {
  world.audiences.set(audience, people(50));
  await activate(world, service, { id, baseUrl, audiences: [audience], advanced });
  expect((await service.tests.connection(id, {})).failure).toBeUndefined();
  expect(await service.run(id, "manual")).toMatchObject({ state: "done", counts: { accepted: 50 } });
  world.audiences.set(audience, people(47));
  expect(await service.run(id, "manual")).toMatchObject({ state: "done", counts: { accepted: 3 } });
}

async function letGo(id: string) {
  const { definition } = await service.get(id);
  await service.save({ ...definition, audiences: [] }, { by: "tests", origin: "api" });
  expect(await service.run(id, "manual")).toMatchObject({ state: "done", counts: { accepted: 47 } });
}

/** One that nobody has thought of, beside the three. */
const ODD: (typeof PROFILES)[number] = {
  name: "odd",
  wire: {
    method: "PATCH",
    contentType: "application/vnd.shop+json",
    credentials: { in: "body", idName: "tenant", secretName: "pass phrase" },
    keySpelling: "PascalCase",
    updateTypes: {
      create: "seg.new",
      membershipChanges: "seg/±",
      metadata: "m",
      detach: "bye",
      heartbeat: "?",
    },
    segmentGroup: { in: "header", name: "Shop-Group" },
    paths: { membershipChanges: "/v2/bulk" },
    personIdType: "ez-user",
  },
  advanced: () => ({
    method: "PATCH",
    contentType: "application/vnd.shop+json",
    credentials: { in: "body", idName: "tenant", secretName: "pass phrase" },
    keySpelling: "PascalCase",
    updateTypes: {
      create: "seg.new",
      membershipChanges: "seg/±",
      metadata: "m",
      detach: "bye",
      heartbeat: "?",
    },
    segmentGroup: { in: "header", name: "Shop-Group" },
    paths: { membershipChanges: "/v2/bulk" },
    personIdType: "ez-user",
  }),
};
const ALL = [...PROFILES, ODD];

describe.each(ALL)("a sender that speaks the profile $name", ({ name, wire, advanced }) => {
  const id = name.toLowerCase();
  let sandbox: Sandbox;
  let captured: Capture;

  it("is captured on its way, and what it says arrives as if nobody stood between", async () => {
    sandbox = await sandboxOf({ wire });
    const running = await captureOf(sandbox.webhookUrl, `${sandbox.url}/oauth/token`);
    const theirs = advanced(running.url.replace(/\/cdp\/webhook$/, ""));
    const credentials = theirs["credentials"];
    const isOauth = typeof credentials === "object" && JSON.stringify(credentials).includes("oauth");
    const spoken = {
      ...theirs,
      batchSize: 20,
      ...(isOauth ? { credentials: { in: "oauth", tokenUrl: running.tokenUrl } } : {}),
    };
    await live(`raptor-${id}`, `1${id.padEnd(7, "0")}`, running.url, spoken);
    await letGo(`raptor-${id}`);
    captured = running.captured();
    expect(sandbox.requests().every(({ work }) => work === "done")).toBe(true);
    expect(captured.messages.length).toBe(sandbox.totals().requests);
    const kept = JSON.stringify(captured);
    expect(kept).not.toContain(clientSecret);
    expect(kept).not.toContain(Buffer.from(`${clientId}:${clientSecret}`).toString("base64"));
    expect(kept).not.toContain("user-1");
  });

  it("gives a profile with which another activation delivers right at the first try", async () => {
    const { profile, faults, segmentGroupIdentifier } = deriveWireProfile(captured);
    expect({ faults, segmentGroupIdentifier }).toEqual({ faults: [], segmentGroupIdentifier: group });
    expect(profile).toMatchObject({ batchSize: 20 });
    const before = sandbox.totals().requests;
    const audience = `2${id.padEnd(7, "0")}`;
    await live(`ours-${id}`, audience, sandbox.webhookUrl, { ...profile });
    const ours = sandbox.requests().slice(before);
    expect(ours.length).toBeGreaterThan(4);
    expect(ours.filter(({ work }) => work !== "done")).toEqual([]);
    expect(sandbox.people(audience)).toEqual(new Set(people(47).map((one) => `user-${one}`)));
  });

  it("can be said again by anybody who has the secrets", async () => {
    const outgoing = createOutgoing(world.clock);
    closing.push(() => outgoing.close());
    const say = async (to: Sandbox) =>
      replayCapture(captured, {
        to: to.webhookUrl,
        tokenTo: `${to.url}/oauth/token`,
        values: { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret },
        send: async (message) => (await outgoing.send(message, { timeoutMs: 2_000, secrets: [] })).exchange,
      });
    const again = await say(await sandboxOf({ wire }));
    expect(again.filter(({ isSame }) => !isSame)).toEqual([]);
    expect(again.length).toBe(captured.messages.length);
    const other = ALL[(ALL.findIndex((one) => one.name === name) + 1) % ALL.length];
    const stranger = await sandboxOf({ wire: other?.wire ?? {} });
    const refused = await say(stranger).catch((error: unknown) => String(error));
    if (typeof refused === "string") expect(refused).toMatch(/No token was given/);
    else expect(refused.filter(({ isSame }) => !isSame).length).toBeGreaterThan(refused.length / 2);
    await expect(
      replayCapture(captured, {
        to: sandbox.webhookUrl,
        tokenTo: sandbox.url,
        values: {},
        send: async () => {
          throw new Error("nothing may be sent");
        },
      }),
    ).rejects.toThrow(/CLIENT_SECRET|CLIENT_BASIC/);
  });
});

describe("what a capture passes on", () => {
  interface Got {
    readonly request: IncomingMessage;
    readonly body: Buffer;
  }

  async function target(answer: (got: Got, reply: import("node:http").ServerResponse) => void) {
    const got: Got[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const one = { request, body: Buffer.concat(chunks) };
        got.push(one);
        answer(one, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(
      () =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    );
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/de/cdp/webhook`, got };
  }

  function say(url: string, headers: readonly string[], body: Buffer, method = "POST") {
    return new Promise<{ answer: IncomingMessage; body: Buffer }>((resolve, reject) => {
      const { hostname, port, pathname, search } = new URL(url);
      const sent = httpRequest(
        { hostname, port, path: pathname + search, method, headers: [...headers], agent: false },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => resolve({ answer, body: Buffer.concat(chunks) }));
          answer.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  it("is every byte and every header but the connection's, there and back", async () => {
    const page = gzipSync('{"status":"done"}');
    const { url, got } = await target((_, reply) => {
      reply.sendDate = false;
      reply.writeHead(207, "Just So", [
        "Content-Type",
        "application/json",
        "Content-Encoding",
        "gzip",
        "Set-Cookie",
        "a=1",
        "Set-Cookie",
        "b=2",
        "X-ODD-Case",
        "Yes",
        "Content-Length",
        String(page.length),
      ]);
      reply.end(page);
    });
    const running = await captureOf(url);
    const body = gzipSync('{"updateType":"heartbeat","segmentGroupIdentifier":"g","data":{}}');
    const sent = [
      "Host",
      new URL(running.url).host,
      "x-cLIENT-id",
      clientId,
      "X-Client-Secret",
      clientSecret,
      "Content-Type",
      "application/json",
      "Content-Encoding",
      "gzip",
      "X-Twice",
      "1",
      "X-Twice",
      "2",
      "Connection",
      "close, X-Hop",
      "X-Hop",
      "not for you",
      "Content-Length",
      String(body.length),
    ];
    const { answer, body: answered } = await say(`${running.url}/x?tenant=1`, sent, body);
    const [first] = got;
    expect(first?.body.equals(body)).toBe(true);
    expect([first?.request.method, first?.request.url]).toEqual(["POST", "/de/cdp/webhook/x?tenant=1"]);
    const arrived = first?.request.rawHeaders ?? [];
    expect(arrived.join("\n")).toContain("x-cLIENT-id\n");
    expect(arrived.join("\n")).toContain("X-Twice\n1\nX-Twice\n2");
    expect(arrived).toContain(new URL(url).host);
    expect(arrived.join("\n")).not.toMatch(/x-hop/i);
    expect([answer.statusCode, answer.statusMessage]).toEqual([207, "Just So"]);
    expect(answered.equals(page)).toBe(true);
    const back = answer.rawHeaders.join("\n");
    expect(back).toContain("Set-Cookie\na=1\nSet-Cookie\nb=2\nX-ODD-Case\nYes");
    expect(back).not.toMatch(/^date$/im);

    const [kept] = running.captured().messages;
    expect(kept).toMatchObject({
      path: "/x?tenant=1",
      body: { updateType: "heartbeat" },
      answer: { status: 207, body: { status: "done" } },
    });
    expect(JSON.stringify(running.captured())).not.toContain(clientSecret);
  });

  it("are redirects, and connections that break", async () => {
    let number = 0;
    const { url } = await target(({ request }, reply) => {
      number += 1;
      if (number === 1) reply.writeHead(302, { location: "/login" }).end();
      else request.socket.destroy();
    });
    const running = await captureOf(url);
    const body = Buffer.from("{}");
    const { answer } = await say(running.url, ["Host", "capture", "Content-Length", "2"], body);
    expect([answer.statusCode, answer.headers.location]).toEqual([302, "/login"]);
    await expect(say(running.url, ["Host", "capture", "Content-Length", "2"], body)).rejects.toThrow(
      /hang up|ECONNRESET/,
    );
    expect(running.captured().messages.map(({ answer: one }) => one.status)).toEqual([302, 0]);
  });

  it("is nothing that isn't the webhook's", async () => {
    const { url, got } = await target((_, reply) => reply.end());
    const running = await captureOf(url);
    const elsewhere = running.url.replace("/de/cdp/webhook", "/de/cdp/webhooks");
    expect(
      (await say(elsewhere, ["Host", "capture", "Content-Length", "0"], Buffer.alloc(0))).answer.statusCode,
    ).toBe(404);
    expect(got).toEqual([]);
  });
});
