import { setTimeout as wait } from "node:timers/promises";
import { type Clock, PeregrineError } from "@peregrine/core";
import type { Lease, Leases } from "../store/index.ts";

const LEASE = "evaluation";
/** Long enough for a hiccup of the control plane, short enough for a dead process not to hold up the next. */
const LEASE_MS = 30_000;
const RETRY_MS = 250;
/** Three dead holders in a row; an evaluation that really takes longer renews its lease all the time. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Who may evaluate now. Within the process the calls queue up; between processes a lease decides, renewed while
 * the work lasts and checked once more when it is published.
 */
export class EvaluationTurn {
  readonly #leases: Leases;
  readonly #clock: Clock;
  readonly #holder: string;
  #last: Promise<unknown> = Promise.resolve();

  /** @param holder names this process among all that share the control plane */
  constructor(leases: Leases, clock: Clock, holder: string) {
    this.#leases = leases;
    this.#clock = clock;
    this.#holder = holder;
  }

  /** @throws PeregrineError `evaluationBusy` when others do not end */
  take<Result>(work: (lease: Lease) => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => this.#underLease(work));
    // The next in the queue waits for the end only; the caller hears of a failure.
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #underLease<Result>(work: (lease: Lease) => Promise<Result>): Promise<Result> {
    const lease = await this.#acquire();
    const timer = setInterval(() => {
      // A renewal that fails is told by `publish`, which checks that the lease is still held.
      this.#leases.renew(lease).catch(() => undefined);
    }, LEASE_MS / 3);
    timer.unref();
    try {
      return await work(lease);
    } finally {
      clearInterval(timer);
      await this.#leases.release(lease);
    }
  }

  async #acquire(): Promise<Lease> {
    const patience = this.#clock.now() + PATIENCE_MS;
    for (;;) {
      const lease = await this.#leases.acquire(LEASE, this.#holder, LEASE_MS);
      if (lease !== undefined) return lease;
      if (this.#clock.now() >= patience) throw new PeregrineError("evaluationBusy");
      await wait(RETRY_MS);
    }
  }
}
