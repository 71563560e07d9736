import type { ErrorCode, Exchange } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { readAnswer } from "./answer.ts";
import { ibexaSettings } from "./settings.ts";

const settings = ibexaSettings.parse({
  clientSecret: "secret",
  clientId: "id",
  baseUrl: "https://shop.example/cdp/webhook",
  segmentGroupIdentifier: "group",
});

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
    ["403", answer(403), "stop", "destinationCredentials"],
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
    ["502", answer(502), "lost", "destinationFailing"],
    ["503", answer(503), "lost", "destinationBusy"],
    ["504", answer(504), "lost", "destinationTimeout"],
    ["100", answer(100), "stop", "destinationAnswerUnexpected"],
    ["nobody there", { kind: "failed", cause: "unreachable", reason: "r" }, "lost", "destinationUnreachable"],
    ["silence", { kind: "failed", cause: "timeout", reason: "r" }, "lost", "destinationTimeout"],
    ["a reset", { kind: "failed", cause: "broken", reason: "r" }, "lost", "destinationAnswerBroken"],
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

  it("hands on what Retry-After says", () => {
    expect(readAnswer(settings, "create", answer(429, "", { "retry-after": "7" }))).toMatchObject({
      retryAfter: "7",
    });
  });

  it("calls a batch at the threshold handed to the queue", () => {
    expect(readAnswer(settings, "membershipChanges", answer(202), 99)).toEqual({
      kind: "accepted",
      queued: false,
    });
    expect(readAnswer(settings, "membershipChanges", answer(202), 100)).toEqual({
      kind: "accepted",
      queued: true,
    });
  });

  it("says in its words what Ibexa said", () => {
    expect(read(answer(422, '{"status":"refused","reason":"No user 9001."}')).reason).toBe(
      "Ibexa answered 422: No user 9001.",
    );
    expect(read(answer(500, "<html><title>Oops</title></html>")).reason).toContain('a page named "Oops"');
  });
});
