import {
  type AudienceDefinition,
  type Failure,
  LINK_STATES,
  PeregrineError,
  type PlanTimes,
  type RunState,
} from "@peregrine/core";
import { availableIdentifier } from "../identity/index.ts";
import type { ActivationAudience } from "../store/activation-audiences.ts";
import type { RunRecord } from "../store/runs.ts";
import type { LoadedActivation } from "./activation-source.ts";
import { type Delivered, deliver } from "./deliver.ts";
import { type DeliveryScope, settleIntents } from "./delivery-state.ts";
import { hearDemands } from "./demand.ts";
import { startAnew } from "./forget-accepted.ts";
import { blockOf } from "./held-people.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { Ledger } from "./ledger.ts";
import { memoryOf } from "./link.ts";
import { nextAttempt, type Plan, takeOverPlan, writePlan } from "./plan.ts";
import { Guard } from "./removal-guard.ts";
import { RequestLog } from "./request-log.ts";
import { withDelivered } from "./run-counts.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { LEFT_TO_TAKE_OVER, LeaseLost, RunEnds } from "./run-end.ts";
import type { RunKeeper } from "./run-keeper.ts";
import { Segments } from "./segments.ts";
import { sendAnew } from "./send-anew.ts";
import { Sender } from "./sender.ts";
import { countStanding } from "./standing.ts";
import { attachedLinks, standingScope } from "./standing-scope.ts";
import { StretchCutter } from "./stretch-cutter.ts";

/** The phases of one run: check → attach → plan → deliver → describe. */
export class ActivationRun {
  readonly #dependencies: RunDependencies;
  readonly #activation: LoadedActivation;
  readonly #run: RunKeeper;
  readonly #signal: AbortSignal;
  readonly #scope: DeliveryScope;
  readonly #log: RequestLog;
  readonly #sender: Sender;
  /** Approvals that the plan goes by. */
  #approved: readonly number[] = [];

  constructor(
    dependencies: RunDependencies,
    activation: LoadedActivation,
    lease: LeaseKeeper,
    run: RunKeeper,
    signal: AbortSignal,
  ) {
    const { engine, lines, policy, clock, random, wait } = dependencies;
    this.#dependencies = dependencies;
    this.#activation = activation;
    this.#run = run;
    this.#signal = signal;
    this.#scope = { activation: activation.number, run: run.record.id, epoch: lease.epoch };
    this.#log = new RequestLog(engine, this.#scope);
    this.#sender = new Sender({
      type: activation.type,
      settings: activation.settings,
      line: lines.of(activation),
      graceMs: policy.graceMs,
      retry: policy.retry,
      breaker: policy.breaker,
      clock,
      random,
      wait,
      lease,
      log: this.#log,
      signal,
      onWaiting: (failure) => run.waitFor(failure?.reason),
    });
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
    return this.#run.record;
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
    const planned = this.#run.counts.planEpoch;
    let refused: Failure | undefined;
    let sizes: ReadonlyMap<string, number> | undefined;
    let plan: Plan;
    // A plan that a dead worker left is of its time; what was asked since is another run's.
    if (planned === undefined) await hearDemands(store, this.#activation.id, this.#activation.demands);
    await settleIntents(this.#dependencies.engine, { activation: this.#activation.number });
    if (planned === undefined) {
      await startAnew(this.#dependencies, this.#activation);
      await sendAnew({ ...this.#dependencies, now: clock.now() }, this.#scope, {
        activationId: this.#activation.id,
        audiences: attachedLinks(await this.#links())
          .filter(({ status }) => status !== "test")
          .map(({ audienceId }) => audienceId),
        everyDays: this.#activation.definition.repair?.everyDays,
      });
      sizes = await this.#check(audiences);
      await this.#run.enter("attaching");
      const attached = await segments.attach(
        (await this.#links()).filter(({ status }) => LINK_STATES[status].desiresMembers),
      );
      await this.#assertGoing();
      if (attached.stopped !== undefined) throw new RunEnds("failed", attached.stopped);
      refused = attached.refused;
      await this.#run.enter("planning");
      plan = await this.#plan();
    } else {
      plan = await this.#takeOver(planned);
    }
    await this.#run.enter("delivering");
    const delivered = await this.#deliver(plan, segments);
    await store.removalHolds.end(this.#approved, "used", ["approved"]);
    await this.#run.enter("describing");
    const links = await this.#links();
    const attached = links.filter((link) => link.status === "linked" && memoryOf(link).attached);
    sizes ??= new Map((await this.#standing(links)).map(({ audience, size }) => [audience, size]));
    await segments.describe(attached, sizes, new Set(delivered.acceptedOf.keys()), clock.now());
    await this.#detach(links, segments);
    await this.#assertGoing();
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
    const { sequence, counts } = await this.#dependencies.audiences.evaluate(ids, asOf);
    await this.#run.update({ sequence });
    return new Map([...counts].map(([id, { size }]) => [id, size]));
  }

  async #plan(): Promise<Plan> {
    const { engine, clock, policy, store } = this.#dependencies;
    const now = clock.now();
    // Before the snapshot that the scope takes: what is published in between is another run's.
    const publication = await store.operations.publication();
    const scope = await standingScope(
      this.#dependencies,
      this.#activation,
      attachedLinks(await this.#links()),
    );
    const times = {
      settleMs: this.#activation.type.limits(this.#activation.settings).requestTimeoutMs + policy.graceMs,
      unsettled: now < this.#run.settlesBefore,
    };
    const { id: run } = this.#run.record;
    const holds = await store.removalHolds.active(this.#activation.id);
    const granted = holds.filter(({ state }) => state === "approved");
    // While messages are unsettled the plan doesn't have all of them.
    this.#approved = times.unsettled ? [] : granted.map(({ id }) => id);
    const approved = granted.map(blockOf);
    const written = await writePlan(engine, { run, epoch: this.#scope.epoch, scope, now, times, approved });
    const plan = await new Guard(this.#dependencies).watch(written, {
      activationId: this.#activation.id,
      settings: this.#activation.definition.guard,
      scope,
      holds,
      approved,
      now,
      unsettled: times.unsettled,
    });
    const planned = plan.together + plan.alone;
    const later = planned === 0 ? await this.#nextAttempt(now, times) : undefined;
    await this.#run.count(
      {
        planEpoch: plan.epoch,
        planned,
        joins: plan.joins,
        leaves: planned - plan.joins,
        held: written.together - plan.together,
        publication,
        revision: this.#activation.revision,
        ...(later === undefined ? {} : { nextAttemptAt: later }),
      },
      this.#meters,
    );
    return plan;
  }

  /** With what is held by now. */
  async #nextAttempt(now: number, times: PlanTimes): Promise<number | undefined> {
    const scope = await standingScope(
      this.#dependencies,
      this.#activation,
      attachedLinks(await this.#links()),
    );
    return nextAttempt(this.#dependencies.engine, scope, now, times);
  }

  async #takeOver(from: number): Promise<Plan> {
    const carried = (await this.#links()).map(({ audienceId }) => audienceId);
    const { excluded = [] } = await standingScope(this.#dependencies, this.#activation, []);
    const holds = await this.#dependencies.store.removalHolds.active(this.#activation.id);
    const plan = await takeOverPlan(this.#dependencies.engine, {
      activation: this.#activation.number,
      run: this.#run.record.id,
      from,
      epoch: this.#scope.epoch,
      carried,
      // Approved meanwhile, they are the next run's.
      held: holds.map(({ audienceId }) => audienceId),
      excluded,
    });
    await this.#run.count({ planEpoch: plan.epoch }, this.#meters);
    return plan;
  }

  async #deliver(plan: Plan, segments: Segments): Promise<Delivered> {
    const { engine, clock, random, store, policy } = this.#dependencies;
    const { batchSize, requestsAtOnce } = this.#activation.type.limits(this.#activation.settings);
    const before = this.#run.counts;
    const ledger = new Ledger({ engine, clock, random, scope: this.#scope, batchSize, log: this.#log });
    const delivered = await deliver({
      plan,
      ledger,
      sender: this.#sender,
      requestsAtOnce,
      cutter: new StretchCutter(plan, batchSize, policy.stretch),
      clock,
      attach: segments.attachAgain,
      onProgress: async (now) => {
        const done = now.accepted + now.refused + now.unknown;
        const progress = { step: "deliver", done, total: plan.together + plan.alone };
        await this.#run.count(withDelivered(before, now), this.#meters, progress);
      },
    });
    await this.#log.flush();
    if (this.#sender.stopped?.kind === "leaseLost") throw new LeaseLost();
    await this.#run.count(withDelivered(before, delivered), this.#meters);
    const { lostSegments } = this.#sender;
    for (const audienceId of lostSegments) await ledger.forgetSegment(audienceId);
    if (lostSegments.length > 0) await this.#run.count({ lostSegments: lostSegments.length }, this.#meters);
    const at = clock.now();
    // Also those are left whom no message can have reached: it was refused at the door each time.
    const isComplete = this.#sender.stopped === undefined && delivered.unknown + delivered.unsent === 0;
    for (const link of await this.#links()) {
      const accepted = (delivered.acceptedOf.get(link.audienceId) ?? 0) > 0;
      if (!accepted && !(isComplete && link.lastSynchronizedAt === null && memoryOf(link).attached)) continue;
      await store.activationAudiences.update(this.#activation.id, link.audienceId, {
        lastSynchronizedAt: at,
      });
    }
    await this.#assertGoing();
    const { lastLoss } = this.#sender;
    if (!isComplete && lastLoss !== undefined) throw new RunEnds("failed", lastLoss);
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
  async #assertGoing(): Promise<void> {
    const stop = this.#sender.stopped ?? (this.#signal.aborted ? { kind: "asked" as const } : undefined);
    if (stop === undefined) return;
    if (stop.kind === "leaseLost") throw new LeaseLost();
    if (stop.kind === "asked") throw new RunEnds("stopped");
    if (stop.notBefore !== undefined) await this.#run.count({ notBefore: stop.notBefore }, this.#meters);
    throw new RunEnds("failed", stop.failure);
  }

  async #finish(state: RunState, error: RunRecord["error"]): Promise<void> {
    await this.#log.flush();
    await this.#run.finish(state, error, this.#meters, this.#dependencies.clock.now());
  }

  get #meters() {
    const { settlesAt, queued } = this.#sender;
    return { requests: this.#log.count, settlesAt, queued };
  }
}
