import type { ErrorCode, Exchange } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { readAnswer } from "./answer.ts";
import { ibexaSettings } from "./settings.ts";

const settingsWith = (advanced: object = {}) =>
  ibexaSettings.parse({
    clientSecret: "secret",
    clientId: "id",
    baseUrl: "https://shop.example/cdp/webhook",
    segmentGroupIdentifier: "group",
    advanced,
  });
const settings = settingsWith();

function answer(status: number, body = "", headers: Record<string, string> = {}): Exchange {
  return { kind: "answer", status, headers, body, truncated: false };
}

function read(exchange: Exchange, action: Parameters<typeof readAnswer>[1] = "membershipChanges") {
  const verdict = readAnswer(settings, action, exchange);
  return { kind: verdict.kind, ...(verdict.kind === "accepted" ? {} : verdict.failure) };
}

describe("what Ibexa's answer means", () => {
  it.each([
    [200, ""],
    [200, '{"status":"done"}'],
    [200, "[]"],
    [202, '{"status":"queued"}'],
    [204, " \n"],
  ])("%i with %j is accepted", (status, body) => {
    expect(read(answer(status, body)).kind).toBe("accepted");
  });

  it.each<[string, Exchange, string, ErrorCode]>([
    ["a web page", answer(200, "<!doctype html><title>Log in</title>"), "stop", "destinationWebPage"],
    [
      "a page by its type",
      answer(200, "Log in", { "content-type": "text/html; charset=utf-8" }),
      "stop",
      "destinationWebPage",
    ],
    ["some text", answer(200, "OK"), "stop", "destinationAnswerUnexpected"],
    ["JSON that breaks off", answer(200, '{"status":"do'), "lost", "destinationAnswerBroken"],
    [
      "JSON without an end",
      { ...answer(200, "[1"), truncated: true } as Exchange,
      "lost",
      "destinationAnswerBroken",
    ],
    ["400", answer(400), "refused", "destinationRefused"],
    ["401", answer(401), "stop", "destinationCredentials"],
    ["403", answer(403), "stop", "destinationForbidden"],
    ["404", answer(404), "missing", "destinationNotFound"],
    ["405", answer(405), "stop", "destinationConfiguration"],
    ["408", answer(408), "lost", "destinationTimeout"],
    ["409", answer(409), "stop", "destinationConfiguration"],
    ["410", answer(410), "stop", "destinationNotFound"],
    ["413", answer(413), "refused", "destinationTooLarge"],
    ["415", answer(415), "stop", "destinationConfiguration"],
    ["418", answer(418), "stop", "destinationConfiguration"],
    ["422", answer(422), "refused", "destinationRefused"],
    ["425", answer(425), "lost", "destinationBusy"],
    ["429", answer(429), "lost", "destinationBusy"],
    ["500", answer(500), "lost", "destinationFailing"],
    ["501", answer(501), "stop", "destinationConfiguration"],
    ["502", answer(502), "lost", "destinationGateway"],
    ["503", answer(503), "lost", "destinationUnavailable"],
    ["504", answer(504), "lost", "destinationGateway"],
    ["100", answer(100), "stop", "destinationAnswerUnexpected"],
    ["nobody there", { kind: "failed", cause: "unreachable", reason: "r" }, "lost", "destinationUnreachable"],
    ["silence", { kind: "failed", cause: "timeout", reason: "r" }, "lost", "destinationTimeout"],
    ["a reset", { kind: "failed", cause: "reset", reason: "r" }, "lost", "destinationReset"],
    ["a break", { kind: "failed", cause: "broken", reason: "r" }, "lost", "destinationAnswerBroken"],
    ["no such host", { kind: "failed", cause: "hostUnknown", reason: "r" }, "lost", "destinationHostUnknown"],
    ["a refused token", { kind: "failed", cause: "tokenRefused", reason: "r" }, "stop", "tokenRefused"],
    [
      "a locked proxy",
      { kind: "failed", cause: "proxyCredentials", reason: "r" },
      "stop",
      "proxyCredentials",
    ],
  ])("%s", (_name, exchange, kind, code) => {
    expect(read(exchange)).toMatchObject({ kind, code });
  });

  it("takes 409 on Create and 404 on Detach for done, and nowhere else", () => {
    expect(read(answer(409), "create").kind).toBe("accepted");
    expect(read(answer(404), "detach").kind).toBe("accepted");
    expect(read(answer(404), "create")).toMatchObject({ kind: "stop", code: "destinationNotFound" });
    expect(read(answer(409), "detach")).toMatchObject({ kind: "stop" });
  });

  it("does not follow a redirect and says the address to use instead", () => {
    const redirect = read(answer(301, "", { location: "/de/cdp/webhook" }));
    expect(redirect).toMatchObject({ kind: "stop", code: "destinationRedirects" });
    expect(redirect.reason).toContain("https://shop.example/de/cdp/webhook");
  });

  it.each([
    ["membershipChanges", "destinationRefused"],
    ["create", "destinationRefusesSegment"],
    ["heartbeat", "destinationRefusesHeartbeat"],
    ["detach", "destinationRefused"],
  ] as const)("tells a refused %s by what it was about", (action, code) => {
    for (const status of [400, 422])
      expect(read(answer(status), action)).toMatchObject({ kind: "refused", code });
    expect(read(answer(413), action)).toMatchObject({ code: "destinationTooLarge" });
  });

  it("hands on what Retry-After says", () => {
    expect(readAnswer(settings, "create", answer(429, "", { "retry-after": "7" }))).toMatchObject({
      retryAfter: "7",
    });
  });

  it.each([
    [200, 99, false],
    [200, 100, true],
    [202, 1, true],
  ])(
    "calls a batch at the threshold handed to the queue, and every 202: %i with %i changes",
    (status, changes, queued) => {
      expect(readAnswer(settings, "membershipChanges", answer(status), changes)).toEqual({
        kind: "accepted",
        queued,
      });
    },
  );

  it("says in its words what Ibexa said", () => {
    expect(read(answer(422, '{"status":"refused","reason":"No user 9001."}')).reason).toBe(
      "Ibexa answered 422: No user 9001.",
    );
    expect(read(answer(500, "<html><title>Oops</title></html>")).reason).toContain('a page named "Oops"');
  });
});

describe("a profile that reads answers otherwise", () => {
  const readWith = (
    advanced: object,
    exchange: Exchange,
    action: Parameters<typeof readAnswer>[1] = "membershipChanges",
  ) => {
    const verdict = readAnswer(settingsWith(advanced), action, exchange);
    return [verdict.kind, verdict.kind === "accepted" ? "" : verdict.failure.code];
  };

  it("wants JSON, or takes any text, and never a web page", () => {
    const json = { success: { body: "json" } };
    expect(readWith(json, answer(200, "{}"))).toEqual(["accepted", ""]);
    expect(readWith(json, answer(204))).toEqual(["stop", "destinationAnswerUnexpected"]);
    const any = { success: { body: "notWebPage" } };
    expect(readWith(any, answer(200, "OK"))).toEqual(["accepted", ""]);
    expect(readWith(any, answer(200, "<p>OK</p>"))).toEqual(["stop", "destinationWebPage"]);
  });

  it("believes a field: other values are a refusal, and its absence is no success", () => {
    const field = { success: { field: "/result/0/ok~1done", equals: [true, "yes"] } };
    const said = (ok: unknown) => answer(200, JSON.stringify({ result: [{ "ok/done": ok }] }));
    expect(readWith(field, said(true))).toEqual(["accepted", ""]);
    expect(readWith(field, said("yes"))).toEqual(["accepted", ""]);
    expect(readWith(field, said(false))).toEqual(["refused", "destinationSaysNo"]);
    expect(readWith(field, said(null))).toEqual(["refused", "destinationSaysNo"]);
    expect(readWith(field, answer(200, "{}"))).toEqual(["stop", "destinationAnswerUnexpected"]);
    expect(readWith(field, answer(200))).toEqual(["stop", "destinationAnswerUnexpected"]);
  });

  it("has its own statuses for what exists or is gone already", () => {
    expect(readWith({ alreadyThere: [400, 422] }, answer(422), "create")).toEqual(["accepted", ""]);
    expect(readWith({ alreadyThere: [] }, answer(409), "create")).toEqual([
      "stop",
      "destinationConfiguration",
    ]);
    expect(readWith({ alreadyGone: [410] }, answer(410), "detach")).toEqual(["accepted", ""]);
    expect(readWith({ alreadyGone: [410] }, answer(404), "detach")).toEqual(["stop", "destinationNotFound"]);
  });

  it("says which statuses are sent again, are a refusal, or stop the run", () => {
    const statuses = { 409: "retried", 500: "refused", 503: "stops", 404: "refused" };
    expect(readWith({ statuses }, answer(409))).toEqual(["lost", "destinationFailing"]);
    expect(readWith({ statuses }, answer(500))).toEqual(["refused", "destinationRefused"]);
    expect(readWith({ statuses }, answer(503))).toEqual(["stop", "destinationConfiguration"]);
    expect(readWith({ statuses }, answer(404))).toEqual(["refused", "destinationRefused"]);
    expect(readWith({ statuses: { 429: "retried" } }, answer(429))).toEqual(["lost", "destinationBusy"]);
  });

  it("has its own threshold of the queue", () => {
    expect(readAnswer(settingsWith({ bulkAsyncThreshold: 5 }), "membershipChanges", answer(200), 5)).toEqual({
      kind: "accepted",
      queued: true,
    });
  });
});
