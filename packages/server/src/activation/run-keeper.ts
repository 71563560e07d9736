import type { RunState } from "@peregrine/core";
import type { RunProgress } from "../store/progress.ts";
import type { RunRecord } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { LoadedActivation } from "./activation-source.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { dropIdle } from "./retention.ts";
import { countsOf, type RunCounts } from "./run-counts.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { LeaseLost } from "./run-end.ts";

type RunPatch = Parameters<Store["runs"]["update"]>[2];

/** What is counted elsewhere while a run is carried out. */
interface Meters {
  readonly requests: number;
  readonly settlesAt: number;
  readonly queued: number;
}

/** A run's row in the store. Every write is fenced by the epoch: a run that was taken over is not written any more. */
export class RunKeeper {
  readonly #store: Store;
  readonly #lease: LeaseKeeper;
  /** The activation's run before this one. */
  readonly #before: RunRecord | undefined;
  readonly #requestsBefore: number;
  readonly #queuedBefore: number;
  /** Until then messages of earlier runs, or of a dead worker of this one, may still be carried out; ms UTC. */
  readonly settlesBefore: number;
  #record: RunRecord;
  #counts: RunCounts;
  /** Ends when everything that was to be written so far is written: one after the other, so that the last one holds. */
  #writing: Promise<unknown> = Promise.resolve();

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
    this.#queuedBefore = this.#counts.queued ?? 0;
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
    const { waitingFor } = this.#record.progress ?? {};
    // How far the step before came says nothing of this one.
    const progress = waitingFor === undefined ? null : { step: state, done: 0, total: null, waitingFor };
    await this.update({ state, progress });
  }

  async count(counts: RunCounts, meters: Meters, progress?: RunProgress): Promise<void> {
    this.#counts = { ...this.#counts, ...counts };
    const { waitingFor } = this.#record.progress ?? {};
    await this.update({
      counts: this.#numbers(meters),
      ...(progress === undefined ? {} : { progress: waits(progress, waitingFor) }),
    });
  }

  /**
   * Lets people see what stands in the way. That alone doesn't end a run: when it can't be written, what is written
   * next says why.
   *
   * @param reason why the destination is waited for; undefined: it has answered
   */
  waitFor(reason: string | undefined): void {
    const { state, progress } = this.#record;
    this.update({ progress: waits(progress ?? { step: state, done: 0, total: null }, reason) }).catch(
      () => {},
    );
  }

  async finish(state: RunState, error: RunRecord["error"], meters: Meters, now: number): Promise<void> {
    await this.update({ state, error, counts: this.#numbers(meters), progress: null, finishedAt: now });
    await dropIdle(this.#store, this.#before, this.#record);
  }

  /** @throws LeaseLost */
  async update(patch: RunPatch): Promise<void> {
    this.#record = { ...this.#record, ...patch };
    const written = this.#writing.then(() => this.#write(patch));
    this.#writing = written.catch(() => {});
    await written;
  }

  async #write(patch: RunPatch): Promise<void> {
    if (!(await this.#store.runs.update(this.#record.id, this.#lease.epoch, patch))) throw new LeaseLost();
  }

  #numbers(meters: Meters): Record<string, number> {
    const settlesAt = Math.max(this.settlesBefore, meters.settlesAt);
    const queued = this.#queuedBefore + meters.queued;
    return {
      ...this.#counts,
      requests: this.#requestsBefore + meters.requests,
      ...(settlesAt === 0 ? {} : { settlesAt }),
      ...(queued === 0 ? {} : { queued }),
    };
  }
}

function waits({ waitingFor: _, ...progress }: RunProgress, reason: string | undefined): RunProgress {
  return reason === undefined ? progress : { ...progress, waitingFor: reason };
}
