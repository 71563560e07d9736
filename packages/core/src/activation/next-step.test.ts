import { describe, expect, it } from "vitest";
import { heldSentence, nextStep, type StepFacts } from "./next-step.ts";

const FACTS: StepFacts = {
  decision: "send",
  desired: true,
  held: "absent",
  hasIdentifier: true,
  identifier: "userid",
  hold: null,
  isPaused: false,
  isRunning: false,
  nextAttemptAt: null,
  settlesAt: null,
};
const AT = Date.UTC(2026, 6, 1);

describe("the next step of a person in a segment", () => {
  it("is told for every decision, with its time where it has one", () => {
    expect(nextStep(FACTS)).toEqual({ sentence: "The person is brought in with the next run.", at: null });
    expect(nextStep({ ...FACTS, desired: false, held: "in" }).sentence).toBe(
      "The person is taken out with the next run.",
    );
    expect(nextStep({ ...FACTS, decision: "backOff", nextAttemptAt: AT })).toEqual({
      sentence: "The person was refused, and is tried again at 2026-07-01T00:00:00.000Z.",
      at: AT,
    });
    expect(nextStep({ ...FACTS, decision: "settle", settlesAt: AT }).at).toBe(AT);
    expect(nextStep({ ...FACTS, decision: "alone" }).sentence).toContain("alone");
    expect(nextStep({ ...FACTS, decision: "nothing" }).sentence).toContain("accepted");
  });

  it("names what stands in the way: no identifier, a pause", () => {
    expect(nextStep({ ...FACTS, hasIdentifier: false }).sentence).toContain("there is no userid");
    expect(nextStep({ ...FACTS, isPaused: true }).sentence).toBe(
      "The activation is paused. Once it is active: the person is brought in with the next run.",
    );
    expect(nextStep({ ...FACTS, isPaused: true, decision: "nothing" }).sentence).not.toContain("paused");
  });

  it("tells of a removal that is held, and of one that somebody decided against", () => {
    const leaving = { ...FACTS, desired: false, held: "in" as const };
    expect(nextStep({ ...leaving, hold: "waiting" }).sentence).toContain("until somebody approves");
    expect(nextStep({ ...leaving, hold: "left" }).sentence).toContain("decided to leave");
  });

  it("says of a lost answer what it was about", () => {
    expect(heldSentence("unknown", false, AT)).toContain("take them out was not answered");
    expect(heldSentence("absent", false, null)).toBe("Nothing was ever sent to Ibexa about the person.");
  });
});
