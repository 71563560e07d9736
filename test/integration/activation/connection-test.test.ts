import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Advice } from "@peregrine/core";
import { FAULT_KINDS, type FaultSpec, type Sandbox } from "@peregrine/ibexa-sandbox";
import type { ActivationService } from "@peregrine/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVER_TLS } from "../harness/tls.ts";
import { activate, CREDENTIALS, openSandbox, openWorld, type World } from "./world.ts";

const PAGES = join(import.meta.dirname, "../../../docs/errors");

let world: World;
let service: ActivationService;
let sandbox: Sandbox;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await openWorld();
  service = world.service();
  sandbox = await openSandbox();
  closing.push(() => sandbox.close());
  await activate(world, service, { id: "shop", baseUrl: sandbox.webhookUrl, audiences: ["5d822e81"] });
  await world.audiences.know([[1, "u1"]]);
});
afterAll(async () => {
  for (const close of closing) await close();
  await world.close();
});

const settingsWith = (more: Record<string, unknown> = {}) => ({
  clientId: CREDENTIALS.clientId,
  clientSecret: CREDENTIALS.clientSecret,
  baseUrl: sandbox.webhookUrl,
  segmentGroupIdentifier: CREDENTIALS.group,
  ...more,
  advanced: { timeoutSeconds: 0.4, ...(more["advanced"] as object | undefined) },
});

const test = (id: string, settings?: Record<string, unknown>) =>
  service.tests.connection(id, settings === undefined ? {} : { type: "ibexa", settings });

async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/cdp/webhook`;
}

interface Met {
  readonly code: string;
  /** The states of the four ticks; of a fault that only a change of members meets, none. */
  readonly ticks?: string;
  readonly fault: FaultSpec;
  readonly timeoutSeconds?: number;
}

const SILENCE = "no unknown unknown unknown";
const NOT_THE_WEBHOOK = "yes no unknown unknown";
const NO_CREDENTIALS = "yes unknown no unknown";
const NOT_THIS_MESSAGE = "yes yes yes no";
const status = (code: number): FaultSpec => ({ kind: "status", status: code });

/** How each fault of the sandbox is met: each row has a code that no other row has. */
const FAULTS: { readonly [Kind in FaultSpec["kind"]]: readonly Met[] } = {
  latency: [
    {
      code: "destinationSlow",
      ticks: "yes yes yes unknown",
      fault: { kind: "latency", ms: 1_600 },
      timeoutSeconds: 3,
    },
  ],
  hang: [{ code: "destinationTimeout", ticks: SILENCE, fault: { kind: "hang" } }],
  status: [
    { code: "destinationRefusesHeartbeat", ticks: NOT_THIS_MESSAGE, fault: status(400) },
    { code: "destinationCredentials", ticks: NO_CREDENTIALS, fault: status(401) },
    { code: "destinationForbidden", ticks: NO_CREDENTIALS, fault: status(403) },
    { code: "destinationNotFound", ticks: NOT_THE_WEBHOOK, fault: status(404) },
    { code: "destinationConfiguration", ticks: NOT_THE_WEBHOOK, fault: status(405) },
    { code: "destinationTooLarge", ticks: NOT_THIS_MESSAGE, fault: status(413) },
    { code: "destinationBusy", ticks: NOT_THE_WEBHOOK, fault: status(429) },
    { code: "destinationFailing", ticks: NOT_THE_WEBHOOK, fault: status(500) },
    { code: "destinationGateway", ticks: NOT_THE_WEBHOOK, fault: status(502) },
    { code: "destinationUnavailable", ticks: NOT_THE_WEBHOOK, fault: status(503) },
  ],
  loginPage: [{ code: "destinationWebPage", ticks: NOT_THE_WEBHOOK, fault: { kind: "loginPage" } }],
  text: [{ code: "destinationAnswerUnexpected", ticks: NOT_THE_WEBHOOK, fault: { kind: "text" } }],
  redirect: [
    {
      code: "destinationRedirects",
      ticks: NOT_THE_WEBHOOK,
      fault: { kind: "redirect", location: "/cdp/webhook/" },
    },
  ],
  reset: [{ code: "destinationReset", ticks: SILENCE, fault: { kind: "reset" } }],
  cut: [{ code: "destinationAnswerBroken", ticks: SILENCE, fault: { kind: "cut" } }],
  refusePeople: [{ code: "destinationRefusesPerson", fault: { kind: "refusePeople", people: ["9001"] } }],
};

const TLS = async () => {
  const secure = await openSandbox({ tls: SERVER_TLS });
  closing.push(() => secure.close());
  return { baseUrl: secure.webhookUrl };
};

interface Case {
  readonly name: string;
  readonly code: string;
  readonly ticks: string;
  readonly settings: () => Promise<Record<string, unknown>>;
}

/** Every way in which the network fails before anything reaches the sandbox. */
const NETWORK: readonly Case[] = [
  {
    name: "a certificate of nobody's",
    code: "destinationCertificate",
    ticks: SILENCE,
    settings: TLS,
  },
  {
    name: "no such host",
    code: "destinationHostUnknown",
    ticks: SILENCE,
    settings: async () => ({ baseUrl: "http://ibexa.invalid/cdp/webhook" }),
  },
  {
    name: "a closed port",
    code: "destinationRefusesConnection",
    ticks: SILENCE,
    settings: async () => ({ baseUrl: await closedPort() }),
  },
  {
    name: "a proxy that isn't there",
    code: "proxyUnreachable",
    ticks: SILENCE,
    settings: async () => ({ advanced: { proxy: "http://proxy.invalid:3128" } }),
  },
  {
    name: "no token",
    code: "tokenUnreachable",
    ticks: "unknown unknown no unknown",
    settings: async () => ({
      advanced: { credentials: { in: "oauth", tokenUrl: "http://id.invalid/token" } },
    }),
  },
];

/** What a person who meets a code is told, and its page. */
function expectAdvice(advice: Advice | undefined, code: string, what: string) {
  expect(advice, what).toMatchObject({ code });
  for (const part of ["reason", "meaning", "look", "remedy"] as const) {
    expect(advice?.[part].length, `${what}: ${part}`).toBeGreaterThan(20);
  }
  const page = readFileSync(join(PAGES, `${code}.md`), "utf8");
  for (const heading of ["## What it means", "## Where to look", "## How to mend it"]) {
    expect(page, `${what}: ${code}.md`).toContain(heading);
  }
}

describe("a test of the connection", () => {
  it("has an error code of its own for every fault of the sandbox, with a page", async () => {
    const codes: string[] = [];
    for (const kind of FAULT_KINDS) {
      const rows = FAULTS[kind];
      expect(rows?.length, `a code for the fault ${kind}`).toBeGreaterThan(0);
      for (const { code, ticks, fault, timeoutSeconds } of rows) {
        expect(fault.kind).toBe(kind);
        sandbox.clearFaults();
        sandbox.addFault(fault);
        const what = JSON.stringify(fault);
        if (ticks === undefined) {
          const tried = await service.tests.person("shop", { membership: true, personId: "9001" });
          expectAdvice(tried.failure, code, what);
          sandbox.clearFaults();
          await service.tests.person("shop", { membership: false });
        } else {
          const advanced = timeoutSeconds === undefined ? {} : { timeoutSeconds };
          const found = await test("shop", settingsWith({ advanced }));
          expect(found.ticks.map(({ state }) => state).join(" "), what).toBe(ticks);
          expectAdvice(found.failure ?? found.notices[0], code, what);
          expect(JSON.stringify(found)).not.toContain(CREDENTIALS.clientSecret);
        }
        codes.push(code);
      }
    }
    sandbox.clearFaults();
    expect(new Set(codes).size).toBe(codes.length);
  });

  it("has a code with a page for every status that can be answered, unless it is a success", async () => {
    for (let code = 200; code <= 599; code += 1) {
      sandbox.clearFaults();
      sandbox.addFault(status(code));
      const { failure } = await test("shop", settingsWith());
      if (code < 300) expect(failure, String(code)).toBeUndefined();
      else expectAdvice(failure, failure?.code ?? "", String(code));
    }
    sandbox.clearFaults();
  });

  it.each(NETWORK)("$name is $code, with a page", async ({ code, ticks, settings }) => {
    const found = await test("shop", settingsWith(await settings()));
    expect(found.ticks.map(({ state }) => state).join(" ")).toBe(ticks);
    expectAdvice(found.failure, code, code);
    expect(JSON.stringify(found)).not.toContain(CREDENTIALS.clientSecret);
  });

  it("claims the message's format only once a change of members was accepted with these very settings", async () => {
    const verified = async () => (await test("shop")).ticks.find(({ name }) => name === "message");
    expect(await verified()).toMatchObject({
      state: "unknown",
      text: expect.stringContaining("Not verified"),
    });
    world.audiences.set("5d822e81", [1]);
    expect(await service.run("shop", "manual")).toMatchObject({ state: "done", counts: { accepted: 1 } });
    expect(await verified()).toMatchObject({ state: "yes" });
    expect((await test("shop", settingsWith())).ticks.at(-1)).toMatchObject({ state: "unknown" });

    const { definition } = await service.get("shop");
    await service.save({ ...definition, name: "Renamed" }, { by: "tests", origin: "api" });
    expect(await verified()).toMatchObject({ state: "yes" });
    const settings = { ...definition.settings, advanced: { batchSize: 5 } };
    await service.save({ ...definition, settings }, { by: "tests", origin: "api" });
    expect(await verified()).toMatchObject({ state: "unknown" });
  });

  it("says of a segment group that isn't there what to do about the group", async () => {
    const { failure } = await test("shop", settingsWith({ segmentGroupIdentifier: "nogroup" }));
    expect(failure).toMatchObject({ code: "destinationRefusesHeartbeat" });
    expect(failure?.reason).toContain("nogroup");
    expect(failure?.remedy).toContain("create it there or correct Segment Group Identifier");
    expect(`${failure?.meaning} ${failure?.remedy}`).not.toMatch(/person|batch|again/);
  });

  it("works before anything is saved", async () => {
    expect((await test("nothing-yet", settingsWith())).failure).toBeUndefined();
    await expect(test("nothing-yet")).rejects.toMatchObject({ code: "notFound" });
    await expect(service.tests.connection("nothing-yet", { settings: settingsWith() })).rejects.toMatchObject(
      {
        code: "activationInvalid",
      },
    );
    await expect(test("nothing-yet", settingsWith({ baseUrl: "shop" }))).rejects.toMatchObject({
      code: "activationInvalid",
      faults: [{ path: "/settings/baseUrl" }],
    });
  });

  it("takes a stored secret that isn't typed again, and sends it to nobody else", async () => {
    const { clientSecret: _, ...typed } = settingsWith({ advanced: { requestsAtOnce: 2 } });
    expect((await test("shop", typed)).failure).toBeUndefined();
    const elsewhere = { ...typed, baseUrl: "http://127.0.0.1:9/cdp/webhook" };
    await expect(test("shop", elsewhere)).rejects.toMatchObject({
      code: "activationInvalid",
      faults: [{ path: "/settings/clientSecret" }],
    });
    const asked = sandbox.totals().requests;
    const tokenUrl = "http://127.0.0.1:9/token";
    const byToken = { ...typed, advanced: { credentials: { in: "oauth", tokenUrl } } };
    await expect(test("shop", byToken)).rejects.toMatchObject({ code: "activationInvalid" });
    expect(sandbox.totals().requests).toBe(asked);
  });
});
