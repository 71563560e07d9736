import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { FaultSpec, Sandbox } from "@peregrine/ibexa-sandbox";
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

interface Case {
  readonly name: string;
  readonly code: string;
  /** The states of the four ticks. */
  readonly ticks: string;
  readonly fault?: FaultSpec;
  readonly settings?: () => Promise<Record<string, unknown>>;
}

const status = (code: number): FaultSpec => ({ kind: "status", status: code });
const TLS = async () => {
  const secure = await openSandbox({ tls: SERVER_TLS });
  closing.push(() => secure.close());
  return { baseUrl: secure.webhookUrl };
};

/** Every fault of the sandbox, and every way in which the network fails. */
const CASES: readonly Case[] = [
  {
    name: "latency",
    code: "destinationSlow",
    ticks: "yes yes yes unknown",
    fault: { kind: "latency", ms: 250 },
  },
  {
    name: "hanging",
    code: "destinationTimeout",
    ticks: "no unknown unknown unknown",
    fault: { kind: "hang" },
  },
  { name: "400", code: "destinationRefused", ticks: "yes yes yes no", fault: status(400) },
  { name: "401", code: "destinationCredentials", ticks: "yes unknown no unknown", fault: status(401) },
  { name: "403", code: "destinationForbidden", ticks: "yes unknown no unknown", fault: status(403) },
  { name: "404", code: "destinationNotFound", ticks: "yes no unknown unknown", fault: status(404) },
  { name: "405", code: "destinationConfiguration", ticks: "yes no unknown unknown", fault: status(405) },
  { name: "413", code: "destinationTooLarge", ticks: "yes yes yes no", fault: status(413) },
  { name: "429", code: "destinationBusy", ticks: "yes no unknown unknown", fault: status(429) },
  { name: "500", code: "destinationFailing", ticks: "yes no unknown unknown", fault: status(500) },
  { name: "502", code: "destinationGateway", ticks: "yes no unknown unknown", fault: status(502) },
  { name: "503", code: "destinationUnavailable", ticks: "yes no unknown unknown", fault: status(503) },
  {
    name: "a page",
    code: "destinationWebPage",
    ticks: "yes no unknown unknown",
    fault: { kind: "loginPage" },
  },
  {
    name: "a redirect",
    code: "destinationRedirects",
    ticks: "yes no unknown unknown",
    fault: { kind: "redirect", location: "/cdp/webhook/" },
  },
  {
    name: "a reset",
    code: "destinationReset",
    ticks: "no unknown unknown unknown",
    fault: { kind: "reset" },
  },
  {
    name: "a cut answer",
    code: "destinationAnswerBroken",
    ticks: "no unknown unknown unknown",
    fault: { kind: "cut" },
  },
  {
    name: "a certificate of nobody's",
    code: "destinationCertificate",
    ticks: "no unknown unknown unknown",
    settings: TLS,
  },
  {
    name: "no such host",
    code: "destinationHostUnknown",
    ticks: "no unknown unknown unknown",
    settings: async () => ({ baseUrl: "http://ibexa.invalid/cdp/webhook" }),
  },
  {
    name: "a closed port",
    code: "destinationRefusesConnection",
    ticks: "no unknown unknown unknown",
    settings: async () => ({ baseUrl: await closedPort() }),
  },
  {
    name: "a proxy that isn't there",
    code: "proxyUnreachable",
    ticks: "no unknown unknown unknown",
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

/** What the sandbox can do wrong, all of it: a new fault without a code does not compile. */
const CODE_OF = {
  latency: "destinationSlow",
  hang: "destinationTimeout",
  status: "destinationFailing",
  loginPage: "destinationWebPage",
  redirect: "destinationRedirects",
  reset: "destinationReset",
  cut: "destinationAnswerBroken",
  refusePeople: "destinationRefusesPerson",
} as const satisfies Record<FaultSpec["kind"], string>;

describe("a test of the connection", () => {
  it.each(CASES)("$name is $code, with a page", async ({ code, ticks, fault, settings }) => {
    sandbox.clearFaults();
    if (fault !== undefined) sandbox.addFault(fault);
    const found = await test("shop", settingsWith(await settings?.()));
    expect(found.ticks.map(({ state }) => state).join(" ")).toBe(ticks);
    const advice = found.failure ?? found.notices[0];
    expect(advice).toMatchObject({ code });
    for (const part of ["reason", "meaning", "look", "remedy"] as const) {
      expect(advice?.[part].length, part).toBeGreaterThan(20);
    }
    expect(existsSync(join(PAGES, `${code}.md`))).toBe(true);
    expect(JSON.stringify(found)).not.toContain(CREDENTIALS.clientSecret);
    sandbox.clearFaults();
  });

  it("tells every one of them apart, and none of the sandbox's faults is left out", async () => {
    const codes = CASES.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    sandbox.addFault({ kind: "refusePeople", people: ["9001"] });
    const refused = await service.tests.person("shop", { membership: true, personId: "9001" });
    sandbox.clearFaults();
    await service.tests.person("shop", { membership: false });
    const all = new Set([...codes, refused.failure?.code, "destinationQueues"]);
    expect(all.size).toBe(codes.length + 2);
    for (const code of Object.values(CODE_OF)) expect(all).toContain(code);
    for (const code of all) expect(existsSync(join(PAGES, `${code}.md`)), code).toBe(true);
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
