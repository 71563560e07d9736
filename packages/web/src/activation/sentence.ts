import { waitingText } from "@peregrine/core/activation-words";
import { changes, people } from "../words/number.ts";
import type { ActivationStatus } from "./queries.ts";

/** How an activation that sends to this host stands, in one sentence. When it was checked is told beside it. */
export function sentenceOf({ segments, run, lastFailure, paused }: ActivationStatus, host: string): string {
  const sum = (of: (segment: ActivationStatus["segments"][number]) => number) =>
    segments.reduce((total, segment) => total + of(segment), 0);
  if (paused) return "Paused: nothing is sent.";
  if (segments.length === 0) return "No audience is linked, so nothing is sent.";
  if (run?.progress?.waitingFor !== undefined) return waitingText(run.progress.waitingFor, host);
  if (lastFailure !== null) {
    return lastFailure.id === run?.id
      ? "The last run failed. Nothing was lost; the next one takes it up."
      : "The last run failed. Nothing was lost; it is tried again.";
  }
  const held = sum(({ leaving }) => leaving.held);
  if (held > 0) return `${people(held)} would be taken out; that waits for somebody’s approval.`;
  const due = sum(({ waiting, leaving }) => waiting + leaving.waiting);
  if (due > 0) return `${changes(due)} to be sent.`;
  const refused = sum(({ refused: one, leaving }) => one + leaving.refused);
  if (refused > 0) return `All is sent; Ibexa refuses ${people(refused)}.`;
  return "Up to date.";
}

/** When the audiences were last checked; null before the first time. */
export function lastCheckedOf({ segments }: ActivationStatus): string | null {
  const checks = segments.map(({ lastCheckedAt }) => lastCheckedAt).filter((at) => at !== null);
  return checks.toSorted().at(-1) ?? null;
}
