import { type Change, type ChangeOutcome, type Failure, heldAfter, type SettledState } from "@peregrine/core";
import type { Range } from "./delivery-state.ts";
import type { Stretch } from "./plan.ts";
import type { ChangeSink } from "./sender.ts";

const OUTCOMES = ["unsent", "accepted", "refused", "unknown"] as const satisfies readonly (
  | ChangeOutcome["kind"]
  | "unsent"
)[];
const UNSENT = 0;
const ACCEPTED = 1;
const REFUSED = 2;
const UNKNOWN = 3;

/** Where a change stands that wasn't accepted: as before, or unknown. */
type Exception = Exclude<SettledState, "in" | "out"> | "prior";

/** What became of the changes of one stretch of the plan: a byte for each, whatever their number. */
export class StretchOutcomes implements ChangeSink {
  readonly #stretch: Stretch;
  readonly #attempts: ReadonlyMap<number, number>;
  readonly #outcome: Uint8Array;
  readonly #lost: Uint8Array;
  readonly refusals: { readonly change: Change; readonly failure: Failure; readonly attempts: number }[] = [];
  /** People who had been refused and are accepted now. */
  readonly recovered: Change[] = [];
  readonly acceptedOf = new Map<string, number>();
  /** How many of the accepted ones joined; the others left. */
  joined = 0;

  /** @param attempts by the number of the change, how often its person was refused before this run */
  constructor(stretch: Stretch, attempts: ReadonlyMap<number, number>) {
    this.#stretch = stretch;
    this.#attempts = attempts;
    const size = stretch.last - stretch.first + 1;
    this.#outcome = new Uint8Array(size);
    this.#lost = new Uint8Array(size);
  }

  accepted(change: Change): void {
    this.#outcome[change.id - this.#stretch.first] = ACCEPTED;
    this.acceptedOf.set(change.audienceId, (this.acceptedOf.get(change.audienceId) ?? 0) + 1);
    if (change.membership) this.joined += 1;
    if (this.#attempts.has(change.id)) this.recovered.push(change);
  }

  refused(change: Change, failure: Failure): void {
    this.#outcome[change.id - this.#stretch.first] = REFUSED;
    this.refusals.push({ change, failure, attempts: (this.#attempts.get(change.id) ?? 0) + 1 });
  }

  unknown(change: Change): void {
    this.#outcome[change.id - this.#stretch.first] = UNKNOWN;
  }

  lost(change: Change): void {
    this.unknown(change);
    this.#lost[change.id - this.#stretch.first] = 1;
  }

  wasRefusedBefore(change: Change): boolean {
    return this.#attempts.has(change.id);
  }

  /** How many ended so. */
  count(outcome: (typeof OUTCOMES)[number]): number {
    const code = OUTCOMES.indexOf(outcome);
    let count = 0;
    for (const one of this.#outcome) if (one === code) count += 1;
    return count;
  }

  /** The changes that did not arrive at their target, as ranges of their numbers. */
  exceptions(): { unknown: Range[]; prior: Range[] } {
    const ranges: Record<Exception, { first: number; last: number }[]> = { unknown: [], prior: [] };
    for (let at = 0; at < this.#outcome.length; at += 1) {
      const exception = this.#exception(at);
      if (exception === undefined) continue;
      const n = this.#stretch.first + at;
      const open = ranges[exception].at(-1);
      if (open?.last === n - 1) open.last = n;
      else ranges[exception].push({ first: n, last: n });
    }
    return ranges;
  }

  #exception(at: number): Exception | undefined {
    const code = this.#outcome[at] ?? UNSENT;
    if (code === ACCEPTED) return undefined;
    // `prior` is written by the engine, which knows it; any state that isn't unknown stands for it here.
    const held = heldAfter({
      outcome: OUTCOMES[code] ?? "unsent",
      membership: true,
      prior: "out",
      lostBefore: this.#lost[at] === 1,
    });
    return held === "unknown" ? "unknown" : "prior";
  }
}
