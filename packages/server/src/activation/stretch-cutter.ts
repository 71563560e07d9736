import type { Plan, Stretch } from "./plan.ts";

/** How many changes are recorded together; see {@link StretchCutter}. */
export interface StretchPolicy {
  readonly first: number;
  readonly largest: number;
  /** A stretch is meant to take about so long, in ms. */
  readonly aimMs: number;
}

/**
 * The work of the engine for 1,000,000 changes grows with the number of stretches: each costs some statements, some 10
 * ms of work apiece, and a part of the table that is merged later (ten parts: 0.5 s). Beyond 200,000 little is saved.
 * With a slow destination small ones matter: what is accepted is seen, and after a crash less is unknown.
 */
export const STRETCH_POLICY: StretchPolicy = { first: 20_000, largest: 200_000, aimMs: 4_000 };

/** Cuts a plan into stretches of whole batches, as large as the destination is fast. People who go alone come last. */
export class StretchCutter {
  readonly #parts: Plan["parts"];
  readonly #batchSize: number;
  readonly #policy: StretchPolicy;
  #size: number;
  #part = 0;
  /** Of the part that is being cut. */
  #cut = 0;

  constructor(plan: Pick<Plan, "parts">, batchSize: number, policy: StretchPolicy) {
    this.#parts = plan.parts;
    this.#batchSize = batchSize;
    this.#policy = policy;
    this.#size = policy.first;
  }

  next(): Stretch | undefined {
    const part = this.#parts[this.#part];
    if (part === undefined) return undefined;
    const whole = Math.max(1, Math.floor(this.#size / this.#batchSize)) * this.#batchSize;
    const first = part.first + this.#cut;
    const size = Math.min(whole, part.size - this.#cut);
    this.#cut += size;
    if (this.#cut === part.size) {
      this.#part += 1;
      this.#cut = 0;
    }
    return { first, last: first + size - 1, alone: part.alone };
  }

  /** How long a stretch was under way decides how large later ones are. */
  took(ms: number): void {
    const { largest, aimMs, first } = this.#policy;
    if (ms < aimMs / 2) this.#size = Math.min(this.#size * 2, largest);
    else if (ms > aimMs * 2) this.#size = Math.max(this.#size / 2, Math.min(first, this.#batchSize * 4));
  }
}
