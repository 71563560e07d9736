import { expect, it } from "vitest";
import type { ActivationStatus } from "./queries.ts";
import { sentenceOf } from "./sentence.ts";
import { summaryOf } from "./summary.ts";

const FAILED = {
  id: 7,
  state: "failed",
  trigger: "schedule",
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:09.000Z",
  counts: {},
  progress: null,
  error: { code: "destinationRefusesConnection", detail: "Nobody listens.", remedy: "Start it.", faults: [] },
};
const RETRY = { ...FAILED, id: 8, state: "delivering", finishedAt: null, error: null };

function status(patch: Partial<ActivationStatus>): ActivationStatus {
  const segment = {
    audienceId: "a",
    name: "Everybody",
    status: "synchronizing" as const,
    statusText: "Synchronizing",
    takingOut: false,
    lastSynchronizedAt: null,
    lastCheckedAt: null,
    size: 10,
    accepted: 8,
    waiting: 2,
    refused: 0,
    withoutIdentifier: 0,
    suppressed: 0,
    leaving: { waiting: 0, refused: 0, held: 0 },
    error: null,
  };
  return {
    id: "shop",
    name: "Shop",
    paused: false,
    run: RETRY,
    lastFailure: null,
    oldestUnsentAt: null,
    runAsked: false,
    segments: [segment],
    ...patch,
  };
}

const HOST = "shop.example.com";

it("an activation that failed isn't well while it is tried again, and says why", () => {
  expect(summaryOf(status({}), HOST)).toMatchObject({ isWorrying: false, reason: undefined });
  expect(summaryOf(status({ lastFailure: FAILED }), HOST)).toMatchObject({
    status: "synchronizing",
    isWorrying: true,
    reason: "Nobody listens. Start it.",
  });
});

it("a failure is said in the sentence, and whether it is being tried again", () => {
  expect(sentenceOf(status({ run: FAILED, lastFailure: FAILED }), HOST)).toContain(
    "the next one takes it up",
  );
  expect(sentenceOf(status({ lastFailure: FAILED }), HOST)).toContain("it is tried again");
  expect(sentenceOf(status({}), HOST)).toBe("2 changes to be sent.");
});

it("an activation whose Ibexa doesn't answer waits, in the same words everywhere, until a run has failed", () => {
  const progress = { step: "delivering", done: 0, total: 2, waitingFor: "Ibexa answered 503." };
  const run = { ...RETRY, progress };
  const words = "Waiting for shop.example.com: Ibexa answered 503. It is tried again.";
  expect(summaryOf(status({}), HOST)?.isWaiting).toBe(false);
  expect(summaryOf(status({ run }), HOST)).toMatchObject({
    isWorrying: false,
    isWaiting: true,
    reason: words,
  });
  expect(sentenceOf(status({ run }), HOST)).toBe(words);
  expect(summaryOf(status({ run, lastFailure: FAILED }), HOST)).toMatchObject({
    isWorrying: true,
    isWaiting: false,
    reason: "Nobody listens. Start it.",
  });
});
