import { describe, expect, it } from "vitest";
import { type Decision, decide, type HeldState, type Standing } from "./plan.ts";

const times = { settleMs: 35_000, unsettled: false };

function standing(held: HeldState, desired: boolean, more: Partial<Standing> = {}): Standing {
  return { held, desired, attempted: desired, attemptedAgoMs: 1_000, ...more };
}

describe("the decision about one person in one segment", () => {
  const table: readonly (readonly [HeldState, boolean, Decision])[] = [
    ["absent", true, "send"],
    ["absent", false, "nothing"],
    ["out", true, "send"],
    ["out", false, "nothing"],
    ["in", true, "nothing"],
    ["in", false, "send"],
    ["unknown", true, "send"],
    ["unknown", false, "send"],
  ];
  it.each(table)("held %s, desired %s: %s", (held, desired, decision) => {
    expect(decide(standing(held, desired), times)).toBe(decision);
  });

  it("repeats an unanswered change at once, and lets its opposite wait until it can't arrive any more", () => {
    expect(decide(standing("unknown", true, { attempted: true, attemptedAgoMs: 1 }), times)).toBe("send");
    const opposite = { attempted: true, attemptedAgoMs: 34_999 };
    expect(decide(standing("unknown", false, opposite), times)).toBe("settle");
    expect(decide(standing("unknown", false, { ...opposite, attemptedAgoMs: 35_000 }), times)).toBe("send");
  });

  it("lets every opposite change wait while an earlier run's message may still be carried out", () => {
    const answered = standing("in", false, { attempted: true, attemptedAgoMs: 90_000 });
    expect(decide(answered, { ...times, unsettled: true })).toBe("settle");
    expect(decide(standing("absent", true, { attempted: false }), { ...times, unsettled: true })).toBe(
      "send",
    );
  });

  it("sends refused people alone, and not before their time", () => {
    const refusal = { membership: true, dueInMs: 1 };
    expect(decide(standing("out", true, { refusal }), times)).toBe("backOff");
    expect(decide(standing("out", true, { refusal: { ...refusal, dueInMs: 0 } }), times)).toBe("alone");
  });

  it("does not hold a refused join against leaving", () => {
    expect(decide(standing("in", false, { refusal: { membership: true, dueInMs: 9 } }), times)).toBe("send");
  });
});
