import type { Exchange, OutgoingMessage } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { Tokens } from "./tokens.ts";

const GRANT = {
  url: "https://id.example/token",
  clientId: "an id",
  clientSecret: "a+secret",
  authentication: "basic",
  scope: "cdp",
} as const;

function answer(status: number, body: unknown): Exchange {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { kind: "answer", status, headers: {}, body: text, truncated: false };
}

/** A token's address that gives out `t1`, `t2`, …; and the time. */
function desk(lifetime?: number) {
  const clock = { at: 0, now: () => clock.at };
  const asked: OutgoingMessage[] = [];
  const ask = async (message: OutgoingMessage) => {
    asked.push(message);
    return answer(200, { access_token: `t${asked.length}`, token_type: "bearer", expires_in: lifetime });
  };
  return { clock, asked, ask, tokens: new Tokens(clock) };
}

describe("a bearer token", () => {
  it("is asked for as RFC 6749 has it, by Basic or in the form", async () => {
    const { tokens, ask, asked } = desk();
    await tokens.get(GRANT, ask);
    await tokens.get({ ...GRANT, authentication: "body", scope: undefined }, ask);
    expect(asked[0]?.headers["authorization"]).toBe(`Basic ${btoa("an%20id:a%2Bsecret")}`);
    expect(asked.map(({ body }) => body)).toEqual([
      "grant_type=client_credentials&scope=cdp",
      "grant_type=client_credentials&client_id=an+id&client_secret=a%2Bsecret",
    ]);
  });

  it("is kept until shortly before its end, and fetched once however many wait", async () => {
    const { tokens, ask, asked, clock } = desk(600);
    const both = await Promise.all([tokens.get(GRANT, ask), tokens.get(GRANT, ask)]);
    expect(both).toEqual([
      { kind: "token", token: "t1" },
      { kind: "token", token: "t1" },
    ]);
    clock.at = 569_000;
    expect(await tokens.get(GRANT, ask)).toMatchObject({ token: "t1" });
    clock.at = 571_000;
    expect(await tokens.get(GRANT, ask)).toMatchObject({ token: "t2" });
    expect(asked.length).toBe(2);
  });

  it("is renewed when the destination refused it, once for all who were refused with it", async () => {
    const { tokens, ask, asked } = desk(600);
    await tokens.get(GRANT, ask);
    expect(await tokens.get(GRANT, ask, "t1")).toMatchObject({ token: "t2" });
    expect(await tokens.get(GRANT, ask, "t1")).toMatchObject({ token: "t2" });
    expect(asked.length).toBe(2);
  });

  it.each<[string, Exchange, string, RegExp]>([
    [
      "refused",
      answer(401, { error: "invalid_client" }),
      "tokenRefused",
      /id\.example answered 401 .*invalid_client/,
    ],
    ["not allowed", answer(400, { error: "invalid_scope" }), "tokenRefused", /invalid_scope/],
    ["busy", answer(429, ""), "tokenUnreachable", /429/],
    ["failing", answer(503, "<html>"), "tokenUnreachable", /503/],
    ["another address", answer(404, "<html>"), "tokenAnswer", /404/],
    ["a web page", answer(200, "<html>"), "tokenAnswer", /no JSON object/],
    [
      "another kind of token",
      answer(200, { access_token: "hush", token_type: "mac" }),
      "tokenAnswer",
      /access_token/,
    ],
    [
      "unreachable",
      { kind: "failed", cause: "hostUnknown", reason: "id.example can't be reached." },
      "tokenUnreachable",
      /No token: id\.example/,
    ],
    [
      "behind a locked proxy",
      { kind: "failed", cause: "proxyCredentials", reason: "r" },
      "proxyCredentials",
      /r/,
    ],
  ])("that isn't given out says why: %s", async (_name, exchange, cause, reason) => {
    const { tokens } = desk();
    const granted = await tokens.get(GRANT, async () => exchange);
    expect(granted).toMatchObject({ kind: "failed", cause, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(granted)).not.toMatch(/hush|a\+secret/);
  });

  it("is asked for again after a failure", async () => {
    const { tokens, ask } = desk();
    await tokens.get(GRANT, async () => answer(500, ""));
    expect(await tokens.get(GRANT, ask)).toMatchObject({ token: "t1" });
  });
});
