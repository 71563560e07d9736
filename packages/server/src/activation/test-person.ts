import { type Advice, adviceOn, type Failure, PeregrineError, type Verdict } from "@peregrine/core";
import type { LoadedActivation } from "./activation-source.ts";
import { type DeliveryScope, settleIntents } from "./delivery-state.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { Ledger } from "./ledger.ts";
import { memoryOf } from "./link.ts";
import { RequestLog } from "./request-log.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { LEFT_TO_TAKE_OVER, LeaseLost } from "./run-end.ts";
import { RunKeeper } from "./run-keeper.ts";
import { Sender } from "./sender.ts";
import { type HeldPerson, heldPeople, testSegment, writeTestPlan } from "./test-segment.ts";

/** Whom to bring in, or to take out; without a person, everybody who was brought in by a test. */
export type TestPersonOrder =
  | { readonly membership: true; readonly personId: string }
  | { readonly membership: false; readonly personId?: string | undefined };

const QUEUED = adviceOn("destinationQueues", "Ibexa took the message, and may not have carried it out yet.");

type StepName = "segment" | "person" | "detach";

/** What a test with one person did. */
export interface TestPersonResult {
  readonly run: number;
  readonly segment: { readonly identifier: string; readonly name: string; readonly group: string };
  readonly steps: readonly { readonly name: StepName; readonly done: boolean; readonly text: string }[];
  readonly failure: Advice | undefined;
  readonly notices: readonly Advice[];
  /** Who is in the test segment now, or may be: what is not known counts. */
  readonly left: readonly string[];
}

/**
 * Brings one person into a segment of the activation's own that no content refers to, or takes them out and detaches
 * the segment. It is a run like others: under the lease, with a plan, "unknown" on disk before a message leaves, every
 * request kept; what a test leaves behind is known and taken out when the activation is deleted.
 */
export class TestPerson {
  readonly #dependencies: RunDependencies;
  readonly #activation: LoadedActivation;
  readonly #run: RunKeeper;
  readonly #scope: DeliveryScope;
  readonly #log: RequestLog;
  readonly #sender: Sender;
  readonly #segment: ReturnType<typeof testSegment>;
  readonly #steps: { name: StepName; done: boolean; text: string }[] = [];

  private constructor(
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
    this.#segment = testSegment(activation.id);
    this.#scope = { activation: activation.number, run: run.record.id, epoch: lease.epoch };
    this.#log = new RequestLog(engine, this.#scope);
    this.#sender = new Sender({
      type: activation.type,
      settings: activation.settings,
      line: lines.of(activation),
      graceMs: policy.graceMs,
      // Somebody waits for the answer, and wants to see what it was the first time.
      retry: { ...policy.retry, attempts: 1 },
      breaker: policy.breaker,
      clock,
      random,
      wait,
      lease,
      log: this.#log,
      signal,
      onWaiting: () => {},
    });
  }

  /** @throws PeregrineError `activationRunning`, `messageUnsettled` */
  static async carryOut(
    dependencies: RunDependencies,
    activation: LoadedActivation,
    lease: LeaseKeeper,
    order: TestPersonOrder,
    signal: AbortSignal,
  ): Promise<TestPersonResult> {
    const { store, engine, clock } = dependencies;
    if ((await store.runs.unfinished(activation.id)) !== undefined) {
      throw new PeregrineError("activationRunning", {
        detail: `A run of ${activation.definition.name} was interrupted and has to end first.`,
        remedy: "It goes on by itself within a minute; `peregrine activation run` does it now.",
      });
    }
    await settleIntents(engine, { activation: activation.number });
    const run = await RunKeeper.begin(dependencies, activation, lease, "test");
    const test = new TestPerson(dependencies, activation, lease, run, signal);
    try {
      const failure = await test.#phases(order);
      await test.#finish(failure);
      return await test.#result(failure);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      const known =
        error instanceof PeregrineError ? error : new PeregrineError("internal", { cause: error });
      if (LEFT_TO_TAKE_OVER.has(known.code)) throw known;
      const told = { code: known.code, detail: known.detail, faults: known.faults };
      await run.finish("failed", told, test.#meters, clock.now());
      throw known;
    }
  }

  async #phases(order: TestPersonOrder): Promise<Failure | undefined> {
    const { engine } = this.#dependencies;
    const { audienceId } = this.#segment;
    await this.#run.enter("attaching");
    if (order.membership) {
      const failure = await this.#attach();
      if (failure !== undefined) return failure;
    }
    await this.#run.enter("planning");
    const held = await heldPeople(engine, this.#activation.number, audienceId);
    const people = peopleOf(order, held);
    for (const person of people) this.#refuseUnsettled(person, order.membership);
    await writeTestPlan(engine, this.#scope, audienceId, people, order.membership);
    await this.#run.count(
      {
        planEpoch: this.#scope.epoch,
        planned: people.length,
        joins: order.membership ? people.length : 0,
        leaves: order.membership ? 0 : people.length,
      },
      this.#meters,
    );
    await this.#run.enter("delivering");
    const failure = people.length === 0 ? undefined : await this.#deliver(people.length, order.membership);
    await this.#run.enter("describing");
    return order.membership ? failure : ((await this.#detach()) ?? failure);
  }

  async #attach(): Promise<Failure | undefined> {
    const { store } = this.#dependencies;
    const { id, type } = this.#activation;
    const { audienceId, name } = this.#segment;
    await store.activationAudiences.link(id, [audienceId], "test");
    const link = await this.#link();
    if (link !== undefined && memoryOf(link).attached) return undefined;
    const verdict = await this.#sender.tell("create", (call) => type.attach(call, this.#segment));
    const failure = this.#failureOf(verdict);
    this.#note("segment", failure, `The segment ${audienceId} "${name}" is there.`);
    // Of a lost answer nobody knows: the segment may be there, and a later Detach of nothing does no harm.
    if (failure !== undefined && verdict?.kind !== "lost") {
      await store.activationAudiences.forget(id, audienceId);
      return failure;
    }
    await store.activationAudiences.update(id, audienceId, { metadata: { attached: true, told: { name } } });
    return failure;
  }

  async #deliver(people: number, membership: boolean): Promise<Failure | undefined> {
    const { engine, clock, random } = this.#dependencies;
    const ledger = new Ledger({ engine, clock, random, scope: this.#scope, batchSize: 1, log: this.#log });
    const prepared = await ledger.prepare({ first: 0, last: people - 1, alone: true });
    for (const batch of prepared.batches) {
      if (this.#sender.stopped !== undefined) break;
      await this.#sender.deliver(batch.unpack(), prepared.outcomes, (call) =>
        this.#activation.type.attach(call, this.#segment),
      );
    }
    await ledger.record(prepared, this.#sender.stopped);
    const { outcomes } = prepared;
    const accepted = outcomes.count("accepted");
    const counts = { accepted, refused: outcomes.count("refused"), unknown: outcomes.count("unknown") };
    await this.#run.count(counts, this.#meters);
    const failure = accepted === people ? undefined : this.#whyNot(outcomes.refusals[0]?.failure);
    this.#note("person", failure, membership ? "The person was brought in." : "They were taken out.");
    return failure;
  }

  /** Why a message about people wasn't accepted; one about a single person that is refused is about this person. */
  #whyNot(refusal: Failure | undefined): Failure | undefined {
    if (refusal?.code === "destinationRefused") return { ...refusal, code: "destinationRefusesPerson" };
    if (refusal !== undefined) return refusal;
    const stop = this.#sender.stopped;
    return stop?.kind === "failure" ? stop.failure : this.#sender.lastLoss;
  }

  /** Lets the segment go once nobody is in it; otherwise the next run goes on with it. */
  async #detach(): Promise<Failure | undefined> {
    const { store } = this.#dependencies;
    const { id, type } = this.#activation;
    const { audienceId } = this.#segment;
    const link = await this.#link();
    if (link === undefined) return undefined;
    if ((await this.#left()).length > 0) {
      const wantsAll = this.#steps.some(({ name, done }) => name === "person" && !done);
      if (wantsAll) await store.activationAudiences.update(id, audienceId, { status: "takingOut" });
      return undefined;
    }
    const verdict = memoryOf(link).attached
      ? await this.#sender.tell("detach", (call) => type.detach(call, audienceId))
      : ({ kind: "accepted" } as const);
    const failure = this.#failureOf(verdict);
    this.#note("detach", failure, `The segment ${audienceId} was detached.`);
    if (failure === undefined) await store.activationAudiences.forget(id, audienceId);
    else await store.activationAudiences.update(id, audienceId, { status: "takingOut" });
    return failure;
  }

  /** @throws PeregrineError `messageUnsettled` */
  #refuseUnsettled(person: Pick<HeldPerson, "personId"> & Partial<HeldPerson>, membership: boolean): void {
    const { clock, policy } = this.#dependencies;
    const { attempted, attemptedAt = 0, state } = person;
    if (attempted === undefined || attempted === membership) return;
    const { requestTimeoutMs } = this.#activation.type.limits(this.#activation.settings);
    const own = state === "unknown" ? attemptedAt + requestTimeoutMs + policy.graceMs : 0;
    const until = Math.max(own, this.#run.settlesBefore);
    if (clock.now() >= until) return;
    throw new PeregrineError("messageUnsettled", {
      detail: `A message about ${person.personId} was not answered and may still be carried out until ${new Date(until).toISOString()}.`,
    });
  }

  #failureOf(verdict: Verdict | undefined): Failure | undefined {
    if (verdict?.kind === "accepted") return undefined;
    if (verdict !== undefined) return verdict.failure;
    const stop = this.#sender.stopped;
    if (stop?.kind === "failure") return stop.failure;
    return { code: "leaseLost", reason: "The test was ended before its time." };
  }

  #note(name: StepName, failure: Failure | undefined, text: string): void {
    this.#steps.push({ name, done: failure === undefined, text: failure?.reason ?? text });
  }

  async #link() {
    const links = await this.#dependencies.store.activationAudiences.of(this.#activation.id);
    return links.find(({ audienceId }) => audienceId === this.#segment.audienceId);
  }

  async #left(): Promise<string[]> {
    const { engine } = this.#dependencies;
    const held = await heldPeople(engine, this.#activation.number, this.#segment.audienceId);
    return held.filter(({ state }) => state !== "out").map(({ personId }) => personId);
  }

  async #finish(failure: Failure | undefined): Promise<void> {
    await this.#log.flush();
    const error = failure === undefined ? null : { code: failure.code, detail: failure.reason, faults: [] };
    const state = failure === undefined ? "done" : "failed";
    await this.#run.finish(state, error, this.#meters, this.#dependencies.clock.now());
  }

  async #result(failure: Failure | undefined): Promise<TestPersonResult> {
    const { audienceId, name } = this.#segment;
    const { segmentGroupIdentifier: group } = this.#activation.settings;
    return {
      run: this.#run.record.id,
      segment: { identifier: audienceId, name, group: typeof group === "string" ? group : "" },
      steps: this.#steps,
      failure: failure && adviceOn(failure.code, failure.reason),
      notices: failure === undefined && this.#sender.queued > 0 ? [QUEUED] : [],
      left: await this.#left(),
    };
  }

  get #meters() {
    const { settlesAt, queued } = this.#sender;
    return { requests: this.#log.count, settlesAt, queued };
  }
}

type Planned = Partial<HeldPerson> & { readonly personId: string; readonly prior: HeldPerson["state"] };

/** Whom the order is about, with what is held of them. */
function peopleOf(order: TestPersonOrder, held: readonly HeldPerson[]): Planned[] {
  const { personId, membership } = order;
  if (personId === undefined) {
    return held.filter(({ state }) => state !== "out").map((person) => ({ ...person, prior: person.state }));
  }
  const known = held.find((person) => person.personId === personId);
  // Of whom nothing is held nobody was ever told: there is nothing to take back.
  if (!membership && (known === undefined || known.state === "out")) return [];
  return [{ ...known, personId, prior: known?.state ?? "out" }];
}
