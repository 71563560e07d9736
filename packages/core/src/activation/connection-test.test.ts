import { describe, expect, it } from "vitest";
import type { Exchange } from "../activation-type/request.ts";
import type { Verdict } from "../activation-type/verdict.ts";
import type { ErrorCode } from "../error.ts";
import { readConnectionTest } from "./connection-test.ts";

const ANSWER: Exchange = { kind: "answer", status: 200, headers: {}, body: "{}", truncated: false };
const SILENCE: Exchange = { kind: "failed", cause: "timeout", reason: "r" };
const stop = (code: ErrorCode): Verdict => ({ kind: "stop", failure: { code, reason: "because" } });

function read(verdict: Verdict, exchange = ANSWER, more: { verifiedAt?: number; durationMs?: number } = {}) {
  return readConnectionTest({
    verdict,
    exchange,
    durationMs: more.durationMs ?? 20,
    timeoutMs: 1_000,
    verifiedAt: more.verifiedAt,
  });
}

const states = (test: ReturnType<typeof read>) => test.ticks.map(({ state }) => state).join(" ");

describe("a test of the connection", () => {
  it.each<[string, Verdict, Exchange, string]>([
    ["an accepted heartbeat", { kind: "accepted" }, ANSWER, "yes yes yes unknown"],
    ["silence", stop("destinationTimeout"), SILENCE, "no unknown unknown unknown"],
    ["a web page", stop("destinationWebPage"), ANSWER, "yes no unknown unknown"],
    [
      "a 401, which a gate before the webhook may answer too",
      stop("destinationCredentials"),
      ANSWER,
      "yes unknown no unknown",
    ],
    ["a refused message", stop("destinationRefused"), ANSWER, "yes yes yes no"],
    [
      "a refused token",
      stop("tokenRefused"),
      { ...SILENCE, cause: "tokenRefused" },
      "unknown unknown no unknown",
    ],
  ])("claims only what %s shows", (_name, verdict, exchange, expected) => {
    expect(states(read(verdict, exchange))).toBe(expected);
  });

  it("takes the message's format for verified once a change of members was accepted, and the connection stands", () => {
    expect(states(read({ kind: "accepted" }, ANSWER, { verifiedAt: 7 }))).toBe("yes yes yes yes");
    expect(states(read(stop("destinationFailing"), ANSWER, { verifiedAt: 7 }))).toBe(
      "yes no unknown unknown",
    );
  });

  it("says what failed, what that means, where to look and what to do", () => {
    expect(read(stop("destinationForbidden")).failure).toEqual({
      code: "destinationForbidden",
      reason: "because",
      meaning: expect.stringContaining("403"),
      look: expect.stringContaining("security.yaml"),
      remedy: expect.stringContaining("firewall"),
    });
  });

  it("notices an answer that took more than half of its time", () => {
    expect(read({ kind: "accepted" }, ANSWER, { durationMs: 501 }).notices).toMatchObject([
      { code: "destinationSlow" },
    ]);
    expect(read({ kind: "accepted" }, ANSWER, { durationMs: 499 }).notices).toEqual([]);
  });
});
