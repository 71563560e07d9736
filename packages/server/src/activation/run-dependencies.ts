import type { BreakerPolicy, Clock, RetryPolicy } from "@peregrine/core";
import { BREAKER_POLICY, RETRY_POLICY } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { Store } from "../store/store.ts";
import type { AudienceChecks } from "./audiences.ts";
import type { Lines } from "./line.ts";
import { STRETCH_POLICY, type StretchPolicy } from "./stretch-cutter.ts";
import type { Wait } from "./wait.ts";

export interface RunDependencies {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly wait: Wait;
  readonly lines: Lines;
  readonly audiences: AudienceChecks;
  readonly policy: DeliveryPolicy;
}

/** How patient the delivery is. Times in ms. */
export interface DeliveryPolicy {
  readonly retry: RetryPolicy;
  readonly breaker: BreakerPolicy;
  /** So long after its time-out a message may still be carried out by the destination. */
  readonly graceMs: number;
  /** Of a run's lease, besides twice the time-out of a request. */
  readonly leaseMs: number;
  readonly stretch: StretchPolicy;
}

export const DELIVERY_POLICY: DeliveryPolicy = {
  retry: RETRY_POLICY,
  breaker: BREAKER_POLICY,
  graceMs: 5_000,
  leaseMs: 30_000,
  stretch: STRETCH_POLICY,
};
