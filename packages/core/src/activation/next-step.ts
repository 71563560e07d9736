import type { Decision, Standing } from "./plan.ts";

/** What decides over the next step of one person in one segment. Instants in ms UTC. */
export interface StepFacts {
  readonly decision: Decision;
  readonly desired: boolean;
  readonly held: Standing["held"];
  /** Does the destination know anybody by this person's identifier? */
  readonly hasIdentifier: boolean;
  /** Its name, such as `userid`. */
  readonly identifier: string;
  /** A removal that the guard holds: it waits for a decision, or the person was left in by one. */
  readonly hold: "waiting" | "left" | null;
  readonly isPaused: boolean;
  readonly isRunning: boolean;
  /** Of a refused person: the next attempt. */
  readonly nextAttemptAt: number | null;
  /** Until then an unanswered message may still be carried out. */
  readonly settlesAt: number | null;
}

export interface NextStep {
  readonly sentence: string;
  /** Null: at once, or never. */
  readonly at: number | null;
}

type Sentence = (facts: StepFacts) => NextStep;

const way = ({ desired }: StepFacts) => (desired ? "brought in" : "taken out");
const now = (sentence: string): NextStep => ({ sentence, at: null });

const DECISIONS: { readonly [Of in Decision]: Sentence } = {
  nothing: ({ desired }) =>
    now(
      desired
        ? "Nothing is to be done: Ibexa has accepted the person."
        : "Nothing is to be done: the person is not in the segment.",
    ),
  send: (facts) => now(`The person is ${way(facts)} with the next run.`),
  alone: (facts) => now(`The person was refused before, and is ${way(facts)} alone with the next run.`),
  backOff: (facts) => ({
    sentence: `The person was refused, and is tried again at ${iso(facts.nextAttemptAt)}.`,
    at: facts.nextAttemptAt,
  }),
  settle: (facts) => ({
    sentence: `The person is ${way(facts)} after ${iso(facts.settlesAt)}: an earlier message was not answered and may still be carried out.`,
    at: facts.settlesAt,
  }),
};

/** What happens next to one person in one segment, and when. */
export function nextStep(facts: StepFacts): NextStep {
  if (facts.desired && !facts.hasIdentifier) {
    return now(
      `The person can't be sent: there is no ${facts.identifier}, and Ibexa recognises people only by it.`,
    );
  }
  const step = DECISIONS[facts.decision](facts);
  if (facts.decision === "nothing") return step;
  if (facts.hold === "waiting") return now("The removal is held until somebody approves it.");
  if (facts.hold === "left") return now("Somebody decided to leave the person in until the members change.");
  if (facts.isPaused) return now(`The activation is paused. Once it is active: ${lower(step.sentence)}`);
  return facts.isRunning && step.at === null ? now(`A run is under way. ${step.sentence}`) : step;
}

function iso(at: number | null): string {
  return at === null ? "a later time" : new Date(at).toISOString();
}

function lower(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}

/** What is held of a person, in a sentence. @param at of the last message about the person, ms UTC */
export function heldSentence(held: Standing["held"], attempted: boolean, at: number | null): string {
  const when = iso(at);
  switch (held) {
    case "absent":
      return "Nothing was ever sent to Ibexa about the person.";
    case "in":
      return `The person is in the segment: Ibexa's last acceptance is of ${when}.`;
    case "out":
      return `The person is not in the segment, as of ${when}.`;
    case "unknown":
      return `It is not known whether the person is in the segment: a message to ${attempted ? "bring them in" : "take them out"} was not answered (${when}).`;
  }
}
