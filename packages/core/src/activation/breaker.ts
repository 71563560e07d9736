/** When a destination that fails is left alone, and how it is asked again. Times in milliseconds. */
export interface BreakerPolicy {
  /** Messages in a row without a usable answer that open the breaker. */
  readonly failures: number;
  /** Heartbeats in a row, without an acceptance between, after which the run gives up. */
  readonly probes: number;
  readonly firstProbeMs: number;
  readonly longestProbeMs: number;
}

export const BREAKER_POLICY: BreakerPolicy = {
  failures: 5,
  probes: 5,
  firstProbeMs: 1_000,
  longestProbeMs: 30_000,
};

/**
 * Closed: messages go. Open: none goes, a heartbeat asks from time to time. A heartbeat that is answered lets
 * one message try (half-open); only an acceptance closes it, so that a destination which answers heartbeats
 * and fails at messages is not asked for ever.
 */
export class Breaker {
  readonly #policy: BreakerPolicy;
  #state: "closed" | "open" | "trying" = "closed";
  #failures = 0;
  #probes = 0;

  constructor(policy: BreakerPolicy) {
    this.#policy = policy;
  }

  get state(): "closed" | "open" | "trying" {
    return this.#state;
  }

  /** The run gives up: enough heartbeats without an acceptance. */
  get exhausted(): boolean {
    return this.#state === "open" && this.#probes >= this.#policy.probes;
  }

  /** A usable answer arrived, whatever it said. */
  answered(): void {
    this.#state = "closed";
    this.#failures = 0;
    this.#probes = 0;
  }

  lost(): void {
    this.#failures += 1;
    if (this.#state === "trying" || this.#failures >= this.#policy.failures) this.#state = "open";
  }

  /** The heartbeat that is about to be sent is counted; `answered` says how it went. */
  probed(answered: boolean): void {
    this.#probes += 1;
    if (answered) this.#state = "trying";
  }

  /** How long to wait before the next heartbeat. */
  probeDelay(random: number): number {
    const full = Math.min(this.#policy.firstProbeMs * 2 ** this.#probes, this.#policy.longestProbeMs);
    return Math.round(full / 2 + (full / 2) * random);
  }
}
