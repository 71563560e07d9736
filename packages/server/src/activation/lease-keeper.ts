import type { Clock } from "@peregrine/core";
import type { Lease } from "../store/leases.ts";
import type { Store } from "../store/store.ts";

/** Holds a run's lease: renews it from time to time, and knows until when it may be relied on. */
export class LeaseKeeper {
  readonly #leases: Store["leases"];
  readonly #clock: Clock;
  #lease: Lease;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;

  constructor(leases: Store["leases"], clock: Clock, lease: Lease) {
    this.#leases = leases;
    this.#clock = clock;
    this.#lease = lease;
    this.#timer = setInterval(() => {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = undefined;
      });
    }, lease.ttlMs / 4);
    this.#timer.unref();
  }

  get epoch(): number {
    return this.#lease.epoch;
  }

  /** May work be begun that takes so long? It has to end before the lease does. */
  covers(durationMs: number): boolean {
    return this.#clock.now() + durationMs < this.#lease.expiresAt;
  }

  /** Renewing stops; the lease is given back, or left to run out when its work may still be under way. */
  async end(release: boolean): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#renewing;
    if (release) await this.#leases.release(this.#lease);
  }

  async #renew(): Promise<void> {
    try {
      this.#lease = (await this.#leases.renew(this.#lease)) ?? this.#lease;
    } catch {
      // A control plane that can't be reached renews nothing: the lease runs out, and `covers` says so.
    }
  }
}
