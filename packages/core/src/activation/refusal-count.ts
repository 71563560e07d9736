import type { Failure } from "../activation-type/verdict.ts";

/** So many people refused alone with the same answer, and nobody accepted: it is the message, not the people. */
export const EQUAL_REFUSALS_THAT_STOP = 20;

/**
 * Counts the people who are refused alone in one run. Answers are the same when they differ only in the
 * person's id or in numbers. People who were refused in an earlier run don't count: they were expected.
 */
export class RefusalCount {
  #acceptances = 0;
  readonly #lone = new Map<string, number>();

  accepted(changes: number): void {
    this.#acceptances += changes;
  }

  refusedAlone(failure: Failure, personId: string): void {
    const answer = `${failure.code} ${failure.reason.replaceAll(personId, "…").replaceAll(/\d+/g, "0")}`;
    this.#lone.set(answer, (this.#lone.get(answer) ?? 0) + 1);
  }

  /** True from the twentieth equal refusal on, unless somebody was accepted in this run. */
  get isTheMessage(): boolean {
    return this.#acceptances === 0 && Math.max(0, ...this.#lone.values()) >= EQUAL_REFUSALS_THAT_STOP;
  }
}
