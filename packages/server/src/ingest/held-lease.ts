import { PeregrineError } from "@peregrine/core";
import type { Lease, Store } from "../store/index.ts";

/** The resolver's lease while imports run under it; its signal says that it was lost, or that the server stops. */
export class HeldLease {
  readonly signal: AbortSignal;
  readonly #lost = new AbortController();
  readonly #store: Store;
  readonly #timer: NodeJS.Timeout;
  #lease: Lease;

  constructor(store: Store, lease: Lease, stop: AbortSignal) {
    this.#store = store;
    this.#lease = lease;
    this.signal = AbortSignal.any([stop, this.#lost.signal]);
    this.#timer = setInterval(() => void this.#renew(), lease.ttlMs / 4);
    this.#timer.unref();
  }

  get lease(): Lease {
    return this.#lease;
  }

  /** Whether it is still held, asked of the store. */
  async check(): Promise<boolean> {
    if (!this.signal.aborted) await this.#renew();
    return !this.signal.aborted;
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#store.leases.release(this.#lease);
  }

  async #renew(): Promise<void> {
    try {
      const renewed = await this.#store.leases.renew(this.#lease);
      if (renewed === undefined) this.#lost.abort(new PeregrineError("leaseLost"));
      else this.#lease = renewed;
    } catch {
      // A control plane that can't be reached now may be the next time; publishing checks the lease itself.
    }
  }
}
