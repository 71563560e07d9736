import { describe, expect, onTestFinished, test } from "vitest";
import { create, GROUP, sandboxes, send } from "./client.test-support.ts";
import { ConfigError, readConfig, type SandboxConfig } from "./config.ts";
import type { WireConfig } from "./wire.ts";

const sandboxWith = sandboxes(onTestFinished);
const basic = `Basic ${btoa("shop:a long secret")}`;

const PASCAL: WireConfig = {
  method: "PUT",
  credentials: { in: "basic" },
  keySpelling: "PascalCase",
  updateTypes: { create: "AudienceCreated" },
  segmentGroup: { in: "header", name: "X-Group" },
  paths: { create: "/segments" },
};
const HEADERS = { "content-type": "application/json", authorization: basic, "x-group": GROUP };
const CREATED = { UpdateType: "AudienceCreated", Data: { AudienceId: "a1", AudienceName: "A" } };

async function ask(path: string, body: object, change: Record<string, string> = {}, method = "PUT") {
  const sandbox = await sandboxWith({ wire: PASCAL });
  const response = await fetch(sandbox.webhookUrl + path, {
    method,
    headers: { ...HEADERS, ...change },
    body: JSON.stringify(body),
  });
  const { code = "done" } = JSON.parse(await response.text());
  return [response.status, code];
}

describe("another wire profile", () => {
  test("is the form that is taken", async () => {
    expect(await ask("/segments", CREATED)).toEqual([200, "done"]);
  });

  test.each<[string, Parameters<typeof ask>, [number, string]]>([
    ["another method", ["/segments", CREATED, {}, "POST"], [405, "methodNotAllowed"]],
    ["another path", ["", CREATED], [404, "wrongAddress"]],
    ["a path of nothing", ["/elsewhere", CREATED], [404, "wrongAddress"]],
    ["other credentials", ["/segments", CREATED, { authorization: "Basic eA==" }], [401, "wrongCredentials"]],
    ["another group", ["/segments", CREATED, { "x-group": "other" }], [400, "unknownSegmentGroup"]],
    ["a group in the body", ["/segments", { ...CREATED, SegmentGroupIdentifier: GROUP }], [400, "malformed"]],
    [
      "another spelling of a key",
      ["/segments", { ...CREATED, Data: { audienceId: "a1", AudienceName: "A" } }],
      [400, "malformed"],
    ],
    ["the default's update type", ["", { ...CREATED, UpdateType: "create" }], [400, "malformed"]],
  ])("is strict: %s is refused", async (_name, request, answer) => {
    expect(await ask(...request)).toEqual(answer);
  });

  test("may want credentials in the body, and a personIdType", async () => {
    const credentials = { in: "body", idName: "user", secretName: "pass" } as const;
    const sandbox = await sandboxWith({ wire: { credentials, personIdType: "user-id" } });
    const say = (message: object) =>
      send(
        sandbox,
        { user: "shop", pass: "a long secret", ...message },
        { headers: { "content-type": "application/json" } },
      );
    expect((await say(create("a1"))).status).toBe(200);
    expect((await say({ ...create("a2"), pass: "another" })).status).toBe(401);
    const change = { audienceId: "a1", personId: "7", membership: true };
    const changes = (one: object) => ({
      updateType: "membershipChanges",
      segmentGroupIdentifier: GROUP,
      data: { changes: [one] },
    });
    expect((await say(changes({ ...change, personIdType: "user-id" }))).status).toBe(200);
    expect((await say(changes(change))).status).toBe(400);
    expect(sandbox.requests().at(-1)?.clientId).toBe("shop");
  });

  test("may say no by the body alone, but for what a web server says", async () => {
    const sandbox = await sandboxWith({ wire: { refusals: "body" } });
    await send(sandbox, create("a1"));
    expect(await send(sandbox, create("a1"))).toMatchObject({ status: 200, json: { status: "refused" } });
    expect((await send(sandbox, create("a1"), { method: "PUT" })).status).toBe(405);
  });

  test("may want a header before anything else", async () => {
    const sandbox = await sandboxWith({ wire: { headers: { "X-Stage": "open" } } });
    const { headers, status } = await send(sandbox, create("a1"));
    expect([status, headers.get("content-type")]).toEqual([401, "text/html"]);
  });

  test("may give out tokens, which end and can be revoked", async () => {
    let now = 1_000;
    const config: SandboxConfig = {
      activations: [{ clientId: "shop", clientSecret: "a long secret", segmentGroupIdentifier: GROUP }],
      segmentGroups: [{ identifier: GROUP }],
      users: "any",
      wire: { credentials: { in: "oauth", lifetimeSeconds: 60 } },
    };
    const { startSandbox } = await import("./sandbox.ts");
    const sandbox = await startSandbox(config, { now: () => now });
    onTestFinished(() => sandbox.close());
    const fetchToken = async (authorization: string, body = "grant_type=client_credentials") => {
      const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
      const response = await fetch(`${sandbox.url}/oauth/token`, { method: "POST", headers, body });
      return { status: response.status, body: JSON.parse(await response.text()) };
    };
    expect((await fetchToken("Basic eDp5")).body).toMatchObject({ error: "invalid_client" });
    expect((await fetchToken(basic, "grant_type=password")).status).toBe(400);
    const { body } = await fetchToken(basic);
    const say = async (token: string) =>
      (
        await send(sandbox, create("a1"), {
          headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        })
      ).status;
    expect(await say(body.access_token)).toBe(200);
    expect(await say("made-up")).toBe(401);
    now += 60_000;
    expect(await say(body.access_token)).toBe(401);
    const second = (await fetchToken(basic)).body.access_token;
    sandbox.tokens.revoke();
    expect(await say(second)).toBe(401);
    expect(sandbox.tokens.issued()).toBe(2);
  });
});

test("what is wrong with a wire profile is told, all of it", () => {
  const read = () =>
    readConfig({
      activations: [],
      segmentGroups: [],
      users: "any",
      wire: {
        method: "GET",
        credentials: { in: "cookie" },
        updateTypes: { create: "detach" },
        paths: { create: "segments" },
        segmentGroup: { in: "header" },
        colour: "red",
      },
    });
  expect(read).toThrow(ConfigError);
  for (const path of [
    "method",
    "credentials.in",
    "updateTypes",
    "paths.create",
    "segmentGroup.name",
    "colour",
  ]) {
    expect(read).toThrow(`wire.${path} `);
  }
});
