import type { AudienceCheck, RuleReads } from "@peregrine/core";
import type { CheckState, DataPublication, Touched } from "../store/index.ts";
import { plannedAfter } from "./check-plan.ts";

/** What is known without asking the engine when an audience is looked at. */
export interface Circumstances {
  /** Milliseconds UTC. */
  readonly asOf: number;
  readonly timeZone: string;
  /** The definitions of now; see `EvaluationState.basis`. */
  readonly basis: string;
  /** Publications of data since the oldest of all states, at least. */
  readonly news: readonly DataPublication[];
  /** Somebody asks for it: whatever was chosen, and whatever is known. */
  readonly force: boolean;
}

/**
 * - `due`: somebody may have to go in or out
 * - `unsure`: definitions changed; whether the rule did is seen when it is resolved
 * - `current`: nothing can have changed
 * - `stillFailed`: it could not be evaluated, and nothing has changed since
 * - `waiting`: by its own choice it is not looked at yet
 */
export type Verdict = "due" | "unsure" | "current" | "stillFailed" | "waiting";

/** Whether an audience has to be evaluated. */
export function judge(
  state: CheckState | undefined,
  check: AudienceCheck | undefined,
  { asOf, timeZone, basis, news, force }: Circumstances,
): Verdict {
  if (force) return "due";
  if (!isOpen(state, check ?? "automatic", asOf, timeZone)) return "waiting";
  const { evaluation = null, failure = null } = state ?? {};
  if (failure !== null) {
    const same = failure.basis === basis && since(failure.publication, news).length === 0;
    return same ? "stillFailed" : "due";
  }
  // Going back in time, who is in now says nothing of who was.
  if (evaluation === null || asOf < evaluation.asOf) return "due";
  if (evaluation.nextMoment !== null && evaluation.nextMoment <= asOf) return "due";
  const touched = since(evaluation.publication, news).some((one) => touches(one.touched, evaluation.reads));
  if (touched) return "due";
  return evaluation.basis === basis ? "current" : "unsure";
}

function isOpen(
  state: CheckState | undefined,
  check: AudienceCheck,
  asOf: number,
  timeZone: string,
): boolean {
  const last = state?.checkedAt ?? null;
  // The first check does not wait for its hour, so that a new audience has its people at once.
  if (last === null || asOf < last) return check !== "byHand";
  const planned = plannedAfter(check, last, timeZone);
  return planned === undefined || (planned !== "never" && planned <= asOf);
}

function since(publication: number, news: readonly DataPublication[]): readonly DataPublication[] {
  return news.filter((one) => one.publication > publication);
}

/** Whether a publication changed anything on which a rule depends. */
export function touches(touched: Touched | null, reads: RuleReads): boolean {
  if (touched === null) return true;
  return (
    (touched.newProfiles && reads.newProfiles) ||
    meets(touched.attributes, reads.attributes) ||
    meets(touched.events, reads.events)
  );
}

function meets<Name>(touched: readonly Name[] | "any", read: readonly Name[]): boolean {
  if (touched === "any") return read.length > 0;
  const names = new Set(touched);
  return read.some((name) => names.has(name));
}
