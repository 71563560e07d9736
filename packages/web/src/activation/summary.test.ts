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

it("an activation that failed isn't well while it is tried again, and says why", () => {
  expect(summaryOf(status({}))).toMatchObject({ isWorrying: false, reason: undefined });
  expect(summaryOf(status({ lastFailure: FAILED }))).toMatchObject({
    status: "synchronizing",
    isWorrying: true,
    reason: "Nobody listens. Start it.",
  });
});

it("a failure is said in the sentence, and whether it is being tried again", () => {
  expect(sentenceOf(status({ run: FAILED, lastFailure: FAILED }))).toContain("the next one takes it up");
  expect(sentenceOf(status({ lastFailure: FAILED }))).toContain("it is tried again");
  expect(sentenceOf(status({}))).toBe("2 changes to be sent.");
});
