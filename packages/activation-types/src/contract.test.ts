import {
  type Exchange,
  type OutgoingMessage,
  outcomeOf,
  secretSettings,
  type Verdict,
} from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { ACTIVATION_TYPES } from "./index.ts";

/** Settings with which each type can be tried; a type without a row here fails. */
const EXAMPLES: Readonly<Record<string, Record<string, unknown>>> = {
  ibexa: {
    clientSecret: "SECRET-1",
    clientId: "someone",
    baseUrl: "https://shop.example/cdp/webhook",
    segmentGroupIdentifier: "group",
  },
};

const EXCHANGES: readonly Exchange[] = [
  { kind: "failed", cause: "unreachable", reason: "no route" },
  { kind: "failed", cause: "timeout", reason: "late" },
  { kind: "failed", cause: "broken", reason: "reset" },
  ...[200, 202, 204, 301, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 599].flatMap((status) =>
    ["", "{}", "null", "[", "<html>", "\u0000"].map(
      (body): Exchange => ({ kind: "answer", status, headers: {}, body, truncated: false }),
    ),
  ),
];

const CHANGES = Array.from({ length: 9 }, (_, at) => ({
  id: 1_000 + at * 7,
  audienceId: at % 2 === 0 ? "a1" : "a2",
  personId: `person ${at}`,
  membership: at % 3 === 0,
}));

describe.each(ACTIVATION_TYPES.map((type) => [type.id, type] as const))(
  "the activation type %s",
  (id, type) => {
    const settings = type.settings.parse(EXAMPLES[id]);
    const calls = (exchange: Exchange) => {
      const sent: OutgoingMessage[] = [];
      const request = async (message: OutgoingMessage) => {
        sent.push(message);
        return exchange;
      };
      return { sent, call: { settings, request } };
    };

    it("marks at least one setting as secret, and has sensible limits", () => {
      expect(secretSettings(type.settings).length).toBeGreaterThan(0);
      const { batchSize, requestsAtOnce, requestTimeoutMs } = type.limits(settings);
      expect(Math.min(batchSize, requestsAtOnce)).toBeGreaterThanOrEqual(1);
      expect(requestTimeoutMs).toBeGreaterThan(0);
    });

    it("answers for every change by its id, whatever the destination answers, with one message", async () => {
      for (const exchange of EXCHANGES) {
        const { sent, call } = calls(exchange);
        const delivery = await type.deliver(call, CHANGES);
        expect(sent.length).toBe(1);
        for (const { id: change } of CHANGES) {
          const outcome = outcomeOf(delivery, change).kind;
          if (delivery.verdict.kind === "accepted") expect(["accepted", "refused"]).toContain(outcome);
          else expect(outcome).not.toBe("accepted");
        }
      }
    });

    it("never accepts a message that got no usable answer", async () => {
      const isAnswer = ({ kind }: Verdict) => kind !== "lost";
      for (const exchange of EXCHANGES.filter(({ kind }) => kind === "failed")) {
        const { call } = calls(exchange);
        const segment = { audienceId: "a1", name: "A" };
        const verdicts = [
          await type.check(call),
          await type.attach(call, segment),
          await type.detach(call, "a1"),
          await type.describe(call, [{ audienceId: "a1", property: "size", value: "1" }]),
          (await type.deliver(call, CHANGES)).verdict,
        ];
        expect(verdicts.some(isAnswer)).toBe(false);
      }
    });

    it("gives a reason without secrets wherever it doesn't accept", async () => {
      for (const exchange of EXCHANGES) {
        const { verdict } = await type.deliver(calls(exchange).call, CHANGES);
        if (verdict.kind === "accepted") continue;
        expect(verdict.failure.reason.length).toBeGreaterThan(3);
        expect(verdict.failure.reason).not.toContain("SECRET");
      }
    });

    it("puts no secret into an address", async () => {
      const { sent, call } = calls({ kind: "failed", cause: "timeout", reason: "late" });
      await type.check(call);
      await type.deliver(call, CHANGES);
      for (const { url } of sent) expect(url).not.toContain("SECRET");
    });
  },
);
