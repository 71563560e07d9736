import { expect, it } from "vitest";
import { heldAfter } from "./outcome.ts";

const add = { membership: true, prior: "out", lostBefore: false } as const;

it("holds what was accepted", () => {
  expect(heldAfter({ ...add, outcome: "accepted" })).toBe("in");
  expect(heldAfter({ ...add, membership: false, prior: "in", outcome: "accepted" })).toBe("out");
});

it("holds what held before after a refusal, and after nothing was sent", () => {
  expect(heldAfter({ ...add, outcome: "refused" })).toBe("out");
  expect(heldAfter({ ...add, prior: "unknown", outcome: "refused" })).toBe("unknown");
  expect(heldAfter({ ...add, outcome: "unsent" })).toBe("out");
});

it("knows nothing after a refusal when a message before it was lost", () => {
  expect(heldAfter({ ...add, outcome: "refused", lostBefore: true })).toBe("unknown");
  expect(heldAfter({ ...add, outcome: "unknown" })).toBe("unknown");
});
