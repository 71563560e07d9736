import { expect, it } from "vitest";
import { isFinal, mayFollow, RUN_TRANSITIONS, type RunState } from "./state.ts";
import { type StatusFacts, type SynchronizationStatus, synchronizationStatus } from "./status.ts";

const quiet: StatusFacts = {
  paused: false,
  running: undefined,
  failed: false,
  synchronizedOnce: true,
  due: 0,
  refused: 0,
  held: 0,
};

it.each<[SynchronizationStatus, Partial<StatusFacts>]>([
  ["upToDate", {}],
  ["notYetSynced", { synchronizedOnce: false, due: 5 }],
  ["queued", { due: 1 }],
  ["queued", { due: 1, running: "checking", failed: true }],
  ["synchronizing", { due: 1, running: "delivering" }],
  ["upToDate", { running: "delivering" }],
  ["heldForApproval", { held: 1, due: 1, refused: 1 }],
  ["partlyRefused", { refused: 1 }],
  ["failed", { failed: true, due: 3 }],
  ["paused", { paused: true, due: 3, failed: true }],
])("is %s for %j", (status, facts) => {
  expect(synchronizationStatus({ ...quiet, ...facts })).toBe(status);
});

it("lets every state of a run end, and no final one go on", () => {
  for (const state of Object.keys(RUN_TRANSITIONS) as RunState[]) {
    expect(isFinal(state) || mayFollow(state, "failed")).toBe(true);
    if (isFinal(state)) expect(mayFollow(state, "checking")).toBe(false);
  }
});
