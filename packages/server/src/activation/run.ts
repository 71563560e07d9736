import { randomUUID } from "node:crypto";
import { PeregrineError } from "@peregrine/core";
import type { RunRecord } from "../store/runs.ts";
import { ActivationRun } from "./activation-run.ts";
import type { LoadedActivation } from "./activation-source.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { LeaseLost } from "./run-end.ts";
import { RunKeeper } from "./run-keeper.ts";

/**
 * One execution of an activation under its lease: check → attach → plan → deliver → describe. A run that a dead
 * worker left is gone on with: its plan is kept, and what is not known to be done is sent again.
 *
 * @param signal ends it in order
 * @param onBegun is told the run as soon as it stands in the store
 * @throws PeregrineError `activationRunning`; `engineRestarted` and other failures of our own side leave the run
 *   unfinished, so that the next one goes on with it
 */
export async function runActivation(
  dependencies: RunDependencies,
  activation: LoadedActivation,
  trigger: string,
  signal: AbortSignal,
  onBegun: (run: RunRecord) => void = () => {},
): Promise<RunRecord> {
  return underLease(dependencies, activation, async (keeper) => {
    const run = await RunKeeper.begin(dependencies, activation, keeper, trigger);
    onBegun(run.record);
    return new ActivationRun(dependencies, activation, keeper, run, signal).carryOut();
  });
}

/**
 * Does something that only one worker may do for an activation at a time.
 * @throws PeregrineError `activationRunning`, `leaseLost`
 */
export async function underLease<Result>(
  { store, clock, policy }: RunDependencies,
  activation: LoadedActivation,
  work: (keeper: LeaseKeeper) => Promise<Result>,
): Promise<Result> {
  const { requestTimeoutMs } = activation.type.limits(activation.settings);
  // A name of its own for each run: the epoch grows only when the lease changes hands.
  const lease = await store.leases.acquire(
    `activation:${activation.id}`,
    randomUUID(),
    policy.leaseMs + 2 * requestTimeoutMs,
  );
  if (lease === undefined) {
    throw new PeregrineError("activationRunning", {
      detail: `A run of ${activation.definition.name} is under way.`,
    });
  }
  const keeper = new LeaseKeeper(store.leases, clock, lease);
  let mayRelease = true;
  try {
    return await work(keeper);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    mayRelease = false;
    throw new PeregrineError("leaseLost", {
      detail: "The run was taken over by another worker.",
      cause: error,
    });
  } finally {
    await keeper.end(mayRelease);
  }
}
