import type { RunState } from "@peregrine/core";
import type { RunRecord } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { LoadedActivation } from "./activation-source.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { dropIdle } from "./retention.ts";
import { countsOf, type RunCounts } from "./run-counts.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { LeaseLost } from "./run-end.ts";

/** What is counted elsewhere while a run is carried out. */
interface Meters {
  readonly requests: number;
  readonly settlesAt: number;
}

/** A run's row in the store. Every write is fenced by the epoch: a run that was taken over is not written any more. */
export class RunKeeper {
  readonly #store: Store;
  readonly #lease: LeaseKeeper;
  /** The activation's run before this one. */
  readonly #before: RunRecord | undefined;
  readonly #requestsBefore: number;
  /** Until then messages of earlier runs, or of a dead worker of this one, may still be carried out; ms UTC. */
  readonly settlesBefore: number;
  #record: RunRecord;
  #counts: RunCounts;

  private constructor(
    store: Store,
    lease: LeaseKeeper,
    record: RunRecord,
    before: RunRecord | undefined,
    settlesBefore: number,
  ) {
    this.#store = store;
    this.#lease = lease;
    this.#before = before;
    this.#record = record;
    this.#counts = countsOf(record);
    this.#requestsBefore = this.#counts.requests ?? 0;
    this.settlesBefore = settlesBefore;
  }

  /** Begins a run, or takes over the one that a dead worker left. */
  static async begin(
    { store, clock, policy }: RunDependencies,
    activation: LoadedActivation,
    lease: LeaseKeeper,
    trigger: string,
  ): Promise<RunKeeper> {
    const { runs } = store;
    const before = await runs.latest(activation.id);
    const dead = await runs.unfinished(activation.id);
    const earlier = countsOf(before).settlesAt ?? 0;
    if (dead === undefined) {
      const begun = { activationId: activation.id, trigger, epoch: lease.epoch, state: "checking" as const };
      return new RunKeeper(store, lease, await runs.create(begun), before, earlier);
    }
    const { requestTimeoutMs } = activation.type.limits(activation.settings);
    const settles = Math.max(earlier, clock.now() + requestTimeoutMs + policy.graceMs);
    const keeper = new RunKeeper(store, lease, dead, before, settles);
    await keeper.update({ epoch: lease.epoch, counts: { ...dead.counts, settlesAt: settles } });
    return keeper;
  }

  get record(): RunRecord {
    return this.#record;
  }

  get counts(): RunCounts {
    return this.#counts;
  }

  async enter(state: RunState): Promise<void> {
    await this.update({ state });
  }

  async count(counts: RunCounts, meters: Meters, progress?: RunRecord["progress"]): Promise<void> {
    this.#counts = { ...this.#counts, ...counts };
    await this.update({
      counts: this.#numbers(meters),
      ...(progress === undefined ? {} : { progress }),
    });
  }

  async finish(state: RunState, error: RunRecord["error"], meters: Meters, now: number): Promise<void> {
    await this.update({ state, error, counts: this.#numbers(meters), progress: null, finishedAt: now });
    await dropIdle(this.#store, this.#before, this.#record);
  }

  /** @throws LeaseLost */
  async update(patch: Parameters<Store["runs"]["update"]>[2]): Promise<void> {
    if (!(await this.#store.runs.update(this.#record.id, this.#lease.epoch, patch))) throw new LeaseLost();
    this.#record = { ...this.#record, ...patch };
  }

  #numbers(meters: Meters): Record<string, number> {
    const settlesAt = Math.max(this.settlesBefore, meters.settlesAt);
    return {
      ...this.#counts,
      requests: this.#requestsBefore + meters.requests,
      ...(settlesAt === 0 ? {} : { settlesAt }),
    };
  }
}
