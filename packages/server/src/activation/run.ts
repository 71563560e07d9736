import { randomUUID } from "node:crypto";
import {
  type AudienceDefinition,
  type ErrorCode,
  type Failure,
  LINK_STATES,
  PeregrineError,
  type RunState,
} from "@peregrine/core";
import type { ActivationAudience } from "../store/activation-audiences.ts";
import type { RunRecord } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { LoadedActivation } from "./activation-source.ts";
import { availableIdentifier } from "./availability.ts";
import { type Delivered, deliver } from "./deliver.ts";
import type { DeliveryScope } from "./delivery-state.ts";
import { startAnew } from "./forget-accepted.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import { Ledger } from "./ledger.ts";
import { memoryOf } from "./link.ts";
import { type Plan, takeOverPlan, writePlan } from "./plan.ts";
import { RequestLog } from "./request-log.ts";
import { dropIdle } from "./retention.ts";
import { countsOf, type RunCounts, withDelivered } from "./run-counts.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { Segments } from "./segments.ts";
import { Sender } from "./sender.ts";
import { countStanding } from "./standing.ts";
import { attachedLinks, standingScope } from "./standing-scope.ts";
import { StretchCutter } from "./stretch-cutter.ts";

/** Another worker has the run now: what this one knows is of no value any more. */
class LeaseLost extends Error {}

/** After these a run stands unfinished as after a crash, and the next one goes on with it. */
const LEFT_TO_TAKE_OVER: ReadonlySet<ErrorCode> = new Set([
  "engineRestarted",
  "engineUnavailable",
  "storeUnavailable",
]);

/** Ends a run with a state of its own. */
class RunEnds extends Error {
  readonly state: "failed" | "stopped";
  readonly failure: Failure | undefined;

  constructor(state: "failed" | "stopped", failure?: Failure) {
    super(failure?.reason ?? "asked to stop");
    this.state = state;
    this.failure = failure;
  }
}

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
  const { store, clock, policy } = dependencies;
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
    const execution = await ActivationRun.begin(dependencies, activation, keeper, trigger, signal);
    onBegun(execution.record);
    return await execution.carryOut();
  } catch (error) {
    if (error instanceof LeaseLost) mayRelease = false;
    if (error instanceof LeaseLost) {
      throw new PeregrineError("leaseLost", {
        detail: "The run was taken over by another worker.",
        cause: error,
      });
    }
    throw error;
  } finally {
    await keeper.end(mayRelease);
  }
}

class ActivationRun {
  readonly #dependencies: RunDependencies;
  readonly #activation: LoadedActivation;
  readonly #keeper: LeaseKeeper;
  readonly #signal: AbortSignal;
  readonly #scope: DeliveryScope;
  readonly #log: RequestLog;
  readonly #sender: Sender;
  readonly #settlesBefore: number;
  /** The run before this one. */
  readonly #before: RunRecord | undefined;
  /** Of the workers that had the run before. */
  readonly #requestsBefore: number;
  #record: RunRecord;
  #counts: RunCounts;

  private constructor(
    dependencies: RunDependencies,
    activation: LoadedActivation,
    keeper: LeaseKeeper,
    record: RunRecord,
    before: RunRecord | undefined,
    settlesBefore: number,
    signal: AbortSignal,
  ) {
    const { engine, outgoing, policy, clock, random, wait } = dependencies;
    this.#dependencies = dependencies;
    this.#activation = activation;
    this.#keeper = keeper;
    this.#signal = signal;
    this.#record = record;
    this.#counts = countsOf(record);
    this.#requestsBefore = this.#counts.requests ?? 0;
    this.#before = before;
    this.#settlesBefore = settlesBefore;
    this.#scope = { activation: activation.number, run: record.id, epoch: keeper.epoch };
    this.#log = new RequestLog(engine, this.#scope);
    this.#sender = new Sender({
      type: activation.type,
      settings: activation.settings,
      secrets: activation.secrets,
      timeoutMs: activation.type.limits(activation.settings).requestTimeoutMs,
      graceMs: policy.graceMs,
      outgoing,
      retry: policy.retry,
      breaker: policy.breaker,
      clock,
      random,
      wait,
      lease: keeper,
      log: this.#log,
      signal,
    });
  }

  static async begin(
    dependencies: RunDependencies,
    activation: LoadedActivation,
    keeper: LeaseKeeper,
    trigger: string,
    signal: AbortSignal,
  ): Promise<ActivationRun> {
    const { store, clock, policy } = dependencies;
    const { runs } = store;
    const before = await runs.latest(activation.id);
    const dead = await runs.unfinished(activation.id);
    const earlier = countsOf(before).settlesAt ?? 0;
    if (dead === undefined) {
      const record = await runs.create({
        activationId: activation.id,
        trigger,
        epoch: keeper.epoch,
        state: "checking",
      });
      return new ActivationRun(dependencies, activation, keeper, record, before, earlier, signal);
    }
    // Requests of the dead worker may still be carried out.
    const { requestTimeoutMs } = activation.type.limits(activation.settings);
    const settles = Math.max(earlier, clock.now() + requestTimeoutMs + policy.graceMs);
    const counts = { ...dead.counts, settlesAt: settles };
    await runs.update(dead.id, keeper.epoch, { epoch: keeper.epoch, counts });
    const record = { ...dead, epoch: keeper.epoch, counts };
    return new ActivationRun(dependencies, activation, keeper, record, before, settles, signal);
  }

  get record(): RunRecord {
    return this.#record;
  }

  async carryOut(): Promise<RunRecord> {
    try {
      await this.#phases();
      await this.#finish("done", null);
    } catch (error) {
      if (error instanceof RunEnds) {
        const { failure } = error;
        await this.#finish(
          error.state,
          failure === undefined ? null : { code: failure.code, detail: failure.reason, faults: [] },
        );
      } else {
        await this.#breakOff(error);
      }
    }
    return this.#record;
  }

  /** For failures that don't come from the destination. */
  async #breakOff(error: unknown): Promise<void> {
    if (error instanceof LeaseLost) throw error;
    const known = error instanceof PeregrineError ? error : new PeregrineError("internal", { cause: error });
    if (LEFT_TO_TAKE_OVER.has(known.code)) throw known;
    await this.#finish("failed", { code: known.code, detail: known.detail, faults: known.faults });
    // Nobody but us can mend it: whoever began the run logs it with its cause.
    if (known.actor === "us") throw known;
  }

  async #phases(): Promise<void> {
    const { store, clock } = this.#dependencies;
    const audiences = new Map((await store.definitions.list("audience")).map(({ id, body }) => [id, body]));
    const segments = new Segments(store, this.#activation, this.#sender, audiences);
    const planned = this.#counts.planEpoch;
    let refused: Failure | undefined;
    let sizes: ReadonlyMap<string, number> | undefined;
    let plan: Plan;
    if (planned === undefined) {
      await startAnew(this.#dependencies, this.#activation);
      sizes = await this.#check(audiences);
      await this.#enter("attaching");
      refused = await segments.attach(
        (await this.#links()).filter(({ status }) => LINK_STATES[status].desiresMembers),
      );
      this.#assertGoing();
      await this.#enter("planning");
      plan = await this.#plan();
    } else {
      plan = await this.#takeOver(planned);
    }
    // The removal guard stands here: it looks at the plan and holds a run whose removals somebody has to approve.
    await this.#enter("delivering");
    const delivered = await this.#deliver(plan, segments);
    await this.#enter("describing");
    const links = await this.#links();
    const attached = links.filter((link) => link.status === "linked" && memoryOf(link).attached);
    sizes ??= new Map((await this.#standing(links)).map(({ audience, size }) => [audience, size]));
    await segments.describe(attached, sizes, new Set(delivered.acceptedOf.keys()), clock.now());
    await this.#detach(links, segments);
    this.#assertGoing();
    if (refused !== undefined) throw new RunEnds("failed", refused);
  }

  /** Who belongs to the audiences now? */
  async #check(audiences: ReadonlyMap<string, AudienceDefinition>): Promise<ReadonlyMap<string, number>> {
    const { store, clock } = this.#dependencies;
    const ids = (await this.#links())
      .filter(({ status, audienceId }) => status === "linked" && audiences.has(audienceId))
      .map(({ audienceId }) => audienceId);
    if (ids.length === 0) return new Map();
    await availableIdentifier(store, this.#activation.definition.personIdentifier);
    const asOf = clock.now();
    const { sequence, counts, failed } = await this.#dependencies.audiences.evaluate(ids, asOf);
    for (const id of counts.keys()) {
      const seen = { lastCheckedAt: asOf, checkedSequence: sequence, error: null };
      await store.activationAudiences.update(this.#activation.id, id, seen);
    }
    for (const { id, error } of failed) {
      const { code, detail, faults } = error;
      await store.activationAudiences.update(this.#activation.id, id, { error: { code, detail, faults } });
    }
    await this.#update({ sequence });
    return new Map([...counts].map(([id, { size }]) => [id, size]));
  }

  async #plan(): Promise<Plan> {
    const { engine, clock, policy } = this.#dependencies;
    const now = clock.now();
    const scope = await standingScope(
      this.#dependencies,
      this.#activation,
      attachedLinks(await this.#links()),
    );
    const plan = await writePlan(engine, {
      run: this.#record.id,
      epoch: this.#keeper.epoch,
      scope,
      now,
      times: {
        settleMs: this.#activation.type.limits(this.#activation.settings).requestTimeoutMs + policy.graceMs,
        unsettled: now < this.#settlesBefore,
      },
    });
    const planned = plan.together + plan.alone;
    await this.#count({ planEpoch: plan.epoch, planned, joins: plan.joins, leaves: planned - plan.joins });
    return plan;
  }

  async #takeOver(from: number): Promise<Plan> {
    const carried = (await this.#links()).map(({ audienceId }) => audienceId);
    const plan = await takeOverPlan(this.#dependencies.engine, {
      activation: this.#activation.number,
      run: this.#record.id,
      from,
      epoch: this.#keeper.epoch,
      carried,
    });
    await this.#count({ planEpoch: plan.epoch });
    return plan;
  }

  async #deliver(plan: Plan, segments: Segments): Promise<Delivered> {
    const { engine, clock, random, store, policy } = this.#dependencies;
    const { batchSize, requestsAtOnce } = this.#activation.type.limits(this.#activation.settings);
    const before = this.#counts;
    const delivered = await deliver({
      plan,
      ledger: new Ledger({ engine, clock, random, scope: this.#scope, batchSize, log: this.#log }),
      sender: this.#sender,
      requestsAtOnce,
      cutter: new StretchCutter(plan, batchSize, policy.stretch),
      clock,
      attach: segments.attachAgain,
      onProgress: async (now) => {
        this.#counts = withDelivered(before, now);
        await this.#update({
          counts: this.#numbers(),
          progress: {
            step: "deliver",
            done: now.accepted + now.refused + now.unknown,
            total: plan.together + plan.alone,
          },
        });
      },
    });
    await this.#log.flush();
    if (this.#sender.stopped?.kind === "leaseLost") throw new LeaseLost();
    await this.#count(withDelivered(before, delivered));
    const at = clock.now();
    const complete = this.#sender.stopped === undefined && delivered.unknown === 0;
    for (const link of await this.#links()) {
      const accepted = (delivered.acceptedOf.get(link.audienceId) ?? 0) > 0;
      if (!accepted && !(complete && link.lastSynchronizedAt === null && memoryOf(link).attached)) continue;
      await store.activationAudiences.update(this.#activation.id, link.audienceId, {
        lastSynchronizedAt: at,
      });
    }
    this.#assertGoing();
    const { lastLoss } = this.#sender;
    if (delivered.unknown > 0 && lastLoss !== undefined) throw new RunEnds("failed", lastLoss);
    return delivered;
  }

  async #detach(links: readonly ActivationAudience[], segments: Segments): Promise<void> {
    const leaving = links.filter(({ status }) => status === "takingOut");
    if (leaving.length === 0) return;
    const standing = new Map((await this.#standing(leaving)).map((row) => [row.audience, row]));
    for (const link of leaving) {
      const left = standing.get(link.audienceId);
      if ((left?.leavingWaiting ?? 0) + (left?.leavingRefused ?? 0) > 0) continue;
      const failure = await segments.detach(link);
      if (failure !== undefined) throw new RunEnds("failed", failure);
    }
  }

  async #standing(links: readonly ActivationAudience[]) {
    const { engine } = this.#dependencies;
    return countStanding(engine, await standingScope(this.#dependencies, this.#activation, links));
  }

  #links(): Promise<ActivationAudience[]> {
    return this.#dependencies.store.activationAudiences.of(this.#activation.id);
  }

  /** Ends the run when nothing may be sent any more. */
  #assertGoing(): void {
    const stop = this.#sender.stopped ?? (this.#signal.aborted ? { kind: "asked" as const } : undefined);
    if (stop === undefined) return;
    if (stop.kind === "leaseLost") throw new LeaseLost();
    if (stop.kind === "asked") throw new RunEnds("stopped");
    if (stop.notBefore !== undefined) this.#counts = { ...this.#counts, notBefore: stop.notBefore };
    throw new RunEnds("failed", stop.failure);
  }

  async #enter(state: RunState): Promise<void> {
    await this.#update({ state });
  }

  async #count(counts: RunCounts): Promise<void> {
    this.#counts = { ...this.#counts, ...counts };
    await this.#update({ counts: this.#numbers() });
  }

  async #finish(state: RunState, error: RunRecord["error"]): Promise<void> {
    await this.#log.flush();
    const { clock, store } = this.#dependencies;
    await this.#update({ state, error, counts: this.#numbers(), progress: null, finishedAt: clock.now() });
    await dropIdle(store, this.#before, this.#record);
  }

  #numbers(): Record<string, number> {
    const settlesAt = Math.max(this.#settlesBefore, this.#sender.settlesAt);
    return {
      ...this.#counts,
      requests: this.#requestsBefore + this.#log.count,
      ...(settlesAt === 0 ? {} : { settlesAt }),
    };
  }

  /** Every write is fenced by the epoch: a run that was taken over is not written any more. */
  async #update(patch: Parameters<Store["runs"]["update"]>[2]): Promise<void> {
    const { store } = this.#dependencies;
    if (!(await store.runs.update(this.#record.id, this.#keeper.epoch, patch))) throw new LeaseLost();
    this.#record = { ...this.#record, ...patch };
  }
}
