import { randomBytes } from "node:crypto";
import {
  type ActivationDefinition,
  type ActivationType,
  notFound,
  PeregrineError,
  type SettingWarning,
} from "@peregrine/core";
import { type ApplyOptions, type DefinitionService, secretOwner } from "../definition/index.ts";
import type { IdentifierValue, Page, RunRecord } from "../store/index.ts";
import { type ActivationSetup, activationSetup } from "./activation-setup.ts";
import { type LoadedActivation, loadActivation, typeOf } from "./activation-source.ts";
import { ActivationTests } from "./activation-tests.ts";
import { activationHooks } from "./definition-hooks.ts";
import { demand, demandsOf } from "./demand.ts";
import { forgetSent, type StillIn, stillIn } from "./excluded-people.ts";
import { Explanations } from "./explanations.ts";
import { Holds } from "./holds.ts";
import { type ActivationRecord, activationsWithLinks } from "./known-activations.ts";
import { Lines } from "./line.ts";
import { oldestUnsent } from "./oldest-unsent.ts";
import { People } from "./people.ts";
import type { PersonSource } from "./person-source.ts";
import { Previews } from "./previews.ts";
import { Quiet } from "./quiet.ts";
import type { Outgoing } from "./request.ts";
import { Requests } from "./requests.ts";
import { sweepPlans } from "./retention.ts";
import { underLease } from "./run.ts";
import { countsOf } from "./run-counts.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { type AskedRun, Runner } from "./runner.ts";
import { askForResync, isRepairDue } from "./send-anew.ts";
import { type ActivationStatus, activationStatus, activationStatuses } from "./status.ts";
import { type TakeOverOrder, type TakeOverResult, takeOverSegment } from "./take-over.ts";

export interface ActivationServiceOptions extends Omit<RunDependencies, "lines"> {
  readonly outgoing: Outgoing;
  readonly types: readonly ActivationType[];
  /** Every change of an activation goes through it; the service adds its checks to it. */
  readonly definitions: DefinitionService;
  /** What other domains know of single people. */
  readonly persons: PersonSource;
  /** Fit for keys; without it, the system's. */
  readonly randomBytes?: (bytes: number) => Uint8Array;
}

/** Settings that aren't saved yet, as far as they are typed; without them, the saved ones. */
interface SetupRequest {
  readonly version?: string | undefined;
  readonly type?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** A stored activation as it is shown: without secrets, with the names of those that are stored. */
export interface ShownActivation {
  readonly definition: ActivationDefinition;
  readonly number: number;
  readonly version: number;
  readonly origin: "api" | "file";
  readonly secrets: readonly string[];
  readonly warnings: readonly SettingWarning[];
  /** Since when its oldest change waits, told without counting people, ms UTC; null: nothing does. */
  readonly oldestUnsentAt: number | null;
}

/** Activations: their definitions, their runs, and how they stand. */
export class ActivationService {
  /** Tries activations out. */
  readonly tests: ActivationTests;
  /** What was sent and answered. */
  readonly requests: Requests;
  /** Who stands how. */
  readonly people: People;
  /** What a run would send. */
  readonly previews: Previews;
  /** What the removal guard holds. */
  readonly holds: Holds;
  /** Why, and what next. */
  readonly explanations: Explanations;
  readonly #options: ActivationServiceOptions & RunDependencies;
  readonly #runner: Runner;

  constructor(options: ActivationServiceOptions) {
    this.#options = { ...options, lines: new Lines(options.outgoing, options.clock) };
    this.#runner = new Runner({
      ...this.#options,
      load: (id) => this.#loaded(id),
      onEnded: (id, run) => this.onEnded(id, run),
      onMore: (id) => this.onChanged(id),
    });
    this.tests = new ActivationTests({
      ...this.#options,
      load: (id) => this.#loaded(id),
      onTried: (id) => this.onChanged(id),
    });
    this.requests = new Requests(this.#options);
    this.people = new People({
      ...this.#options,
      record: (id) => this.#record(id),
      onDemand: (id) => this.onChanged(id),
    });
    this.holds = new Holds({
      ...this.#options,
      record: (id) => this.#record(id),
      onDemand: (id) => this.onChanged(id),
    });
    this.previews = new Previews({ ...this.#options, load: (id) => this.#loaded(id) });
    this.explanations = new Explanations({ ...this.#options, load: (id) => this.#loaded(id) });
    const { store, engine, types, definitions } = options;
    definitions.on(
      "activation",
      activationHooks({
        store,
        engine,
        types,
        stop: (id) => this.#runner.stop(id),
        onWritten: (id) => this.onChanged(id),
      }),
    );
  }

  /** Hears how each run ended, whoever asked for it. */
  onEnded: (activationId: string, run: RunRecord) => void = () => {};

  /** Hears of every activation that was saved or deleted; a scheduler runs it then. */
  onChanged: (activationId: string) => void = () => {};

  /** The kinds of destinations. */
  get types(): readonly ActivationType[] {
    return this.#options.types;
  }

  async list(): Promise<ShownActivation[]> {
    const records = await this.#options.store.definitions.list("activation");
    const oldest = await this.#oldestUnsent(records);
    return Promise.all(records.map((record) => this.#shown(record, oldest)));
  }

  /** @throws PeregrineError `notFound` */
  async get(id: string): Promise<ShownActivation> {
    const record = await this.#live(id);
    return this.#shown(record, await this.#oldestUnsent([record]));
  }

  /**
   * The destination's own side, to copy. With settings, for an id too that doesn't exist yet.
   * @throws PeregrineError `notFound`, `activationTypeUnknown`, `requestInvalid` when there is no such version
   */
  async setup(id: string, { version, type, settings }: SetupRequest): Promise<ActivationSetup> {
    const { store, types } = this.#options;
    const saved =
      settings === undefined ? await this.#live(id) : await store.definitions.get("activation", id);
    const wanted = type ?? saved?.body.type;
    if (wanted === undefined) {
      const faults = [{ path: "/type", message: "is needed where nothing is saved yet" }];
      throw new PeregrineError("activationInvalid", { faults });
    }
    const isSaved = saved?.body.type === wanted;
    const secrets = isSaved ? await store.secrets.of(secretOwner("activation", id)) : {};
    return activationSetup({
      type: typeOf(types, wanted),
      settings: settings ?? saved?.body.settings ?? {},
      stored: Object.keys(secrets),
      version,
    });
  }

  /**
   * New credentials for both sides of a type's destination. They are kept nowhere.
   * @throws PeregrineError `activationTypeUnknown`
   */
  credentials(type: string): Record<string, string> {
    const { types, randomBytes: random = randomBytes } = this.#options;
    return typeOf(types, type).setup.credentials(random);
  }

  /**
   * Saves a definition. Secrets among its settings are stored apart; those left out keep their stored value.
   * Audiences that it doesn't carry any more are taken out of their segments by the next runs, or left.
   * @throws PeregrineError `definitionInvalid` with all faults, `audienceSentTwice`, `activationFixed`,
   *   `activationMoved`, `savedMeanwhile` when `ofVersion` is not the latest
   */
  async save(definition: ActivationDefinition, options: ApplyOptions): Promise<ShownActivation> {
    await this.#options.definitions.apply([definition], options);
    if (definition.state === "paused") await this.#runner.stop(definition.id);
    return this.get(definition.id);
  }

  /**
   * Deletes an activation. With `takeOut` its segments are emptied and detached first: it is not shown any more,
   * and the next runs carry that out. With `leave` nothing is sent: a Detach might delete the segments.
   * @throws PeregrineError `notFound`, `savedMeanwhile` when `ofVersion` is not the latest
   */
  async delete(id: string, options: ApplyOptions): Promise<void> {
    await this.#options.definitions.delete("activation", id, options);
    await this.#runner.stop(id);
  }

  /**
   * Runs an activation and waits for its end; a run that a dead worker left is gone on with.
   * @param trigger what began it: `schedule`, `import`, `manual`
   * @throws PeregrineError `notFound`, `activationPaused`, `activationRunning`, and failures of our own side
   */
  async run(id: string, trigger: string): Promise<RunRecord> {
    return (await this.#runner.begin(id, trigger)).ended;
  }

  /**
   * Begins a run, or asks for one more right after what is under way: however often it is asked, for one.
   * @throws PeregrineError `notFound`, `activationPaused`, and why no run can begin
   */
  ask(id: string): Promise<AskedRun> {
    return this.#runner.ask(id);
  }

  /**
   * Has the next run say everything again: members, and removals of all who ever were in the activation's segments.
   * @throws PeregrineError `notFound`
   */
  async resync(id: string): Promise<void> {
    await this.#live(id);
    await askForResync(this.#options.store, id);
    await demand(this.#options.store, id);
    this.onChanged(id);
  }

  /**
   * Records who is known to be in a segment that another CDP has filled, before the first run; or tells what would
   * happen. A paused activation stays paused.
   * @throws PeregrineError `notFound`, `activationRunning`, `takeOverUnconfirmed`
   */
  async takeOver(id: string, order: TakeOverOrder): Promise<TakeOverResult> {
    const activation = await this.#loaded(id);
    const result = await underLease(this.#options, activation, () =>
      takeOverSegment(this.#options, activation, order),
    );
    if (!order.preview) {
      // An activation in which nothing was due would find it quiet and not look.
      await this.#options.store.definitions.nextRevision();
      this.onChanged(id);
    } else {
      await this.#runner.goOnIfAsked(id);
    }
    return result;
  }

  /**
   * Has everybody who is excluded since taken out: runs under way end in order, on this server before their next
   * message, and the next ones begin at once.
   */
  async excluded(): Promise<void> {
    for (const { id } of await activationsWithLinks(this.#options.store)) {
      await this.#runner.stop(id);
      await demand(this.#options.store, id);
      this.onChanged(id);
    }
  }

  /** Where somebody who is to be deleted is still in, or may be. */
  stillIn(identifiers: readonly IdentifierValue[]): Promise<StillIn[]> {
    return stillIn(this.#options, identifiers);
  }

  /** Forgets what was sent about somebody, and what destinations hold of them. */
  forgetSent(identifiers: readonly IdentifierValue[]): Promise<void> {
    return forgetSent(this.#options, identifiers, this.#options.clock.now());
  }

  /** Forgets what is kept for a time only. To be called now and then. */
  async sweep(): Promise<void> {
    await sweepPlans(this.#options, this.#options.clock.now());
  }

  /**
   * What a scheduler has to run: active ones, and deleted ones that still take people out; without those of which the
   * control plane alone tells that a run would find nothing to do.
   */
  async due(now: number): Promise<string[]> {
    const records = await activationsWithLinks(this.#options.store);
    const quiet = new Quiet(this.#options);
    const due: string[] = [];
    for (const { id, body, state } of records) {
      if (state === "live" && body.state === "paused") continue;
      const last = await this.#options.store.runs.latest(id);
      if ((countsOf(last).notBefore ?? 0) > now) continue;
      const isDue =
        (await isRepairDue(this.#options.store, id, body.repair?.everyDays, now)) ||
        !(await quiet.is(id, last, now));
      if (isDue) due.push(id);
    }
    return due;
  }

  async runs(
    id: string,
    page: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<RunRecord>> {
    await this.#live(id);
    return this.#options.store.runs.page({ activationId: id, ...page });
  }

  /** The run that is under way, or the last one. */
  async latestRun(id: string): Promise<RunRecord | undefined> {
    return this.#options.store.runs.latest(id);
  }

  /** @throws PeregrineError `notFound` */
  async status(id: string): Promise<ActivationStatus> {
    const record = await this.#record(id);
    return activationStatus(this.#options, { id, number: record.number, definition: record.body });
  }

  /** How all activations stand that are not deleted, by id. */
  async statuses(): Promise<ActivationStatus[]> {
    const records = await this.#options.store.definitions.list("activation");
    return activationStatuses(
      this.#options,
      records.map(({ id, number, body }) => ({ id, number, definition: body })),
    );
  }

  /** Ends all runs in order: what is under way is awaited, answers are written. */
  async close(): Promise<void> {
    this.tests.close();
    await this.#runner.close();
    await this.#options.outgoing.close();
  }

  async #oldestUnsent(records: readonly ActivationRecord[]): Promise<ReadonlyMap<string, number>> {
    const links = await this.#options.store.activationAudiences.ofEach(records.map(({ id }) => id));
    return oldestUnsent(
      this.#options,
      records.map(({ id }) => ({ id, links: links.get(id) ?? [] })),
    );
  }

  async #shown(record: ActivationRecord, oldest: ReadonlyMap<string, number>): Promise<ShownActivation> {
    const { store, types } = this.#options;
    const secrets = await store.secrets.of(secretOwner("activation", record.id));
    const type = typeOf(types, record.body.type);
    const settings = type.settings.safeParse({ ...record.body.settings, ...secrets });
    return {
      definition: record.body,
      number: record.number,
      version: record.version,
      origin: record.origin,
      secrets: Object.keys(secrets),
      warnings: settings.success ? type.warnings(settings.data) : [],
      oldestUnsentAt: oldest.get(record.id) ?? null,
    };
  }

  async #live(id: string): Promise<ActivationRecord> {
    const record = await this.#options.store.definitions.get("activation", id);
    if (record !== undefined) return record;
    const known = (await this.#options.store.definitions.list("activation")).map((one) => one.id);
    throw notFound("activation", `There is no activation \`${id}\`.`, { asked: id, known });
  }

  /** A deleted one too, as long as it takes people out. */
  async #record(id: string): Promise<ActivationRecord> {
    const known = (await activationsWithLinks(this.#options.store)).find((record) => record.id === id);
    return known ?? this.#live(id);
  }

  async #loaded(id: string): Promise<LoadedActivation> {
    const { store, types } = this.#options;
    const before = {
      revision: await store.definitions.revision(),
      demands: await demandsOf(store, id),
    };
    return loadActivation(store, types, await this.#record(id), before);
  }
}
