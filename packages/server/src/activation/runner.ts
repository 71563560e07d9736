import { PeregrineError } from "@peregrine/core";
import { secretOwner } from "../definition/index.ts";
import type { RunRecord } from "../store/index.ts";
import type { LoadedActivation } from "./activation-source.ts";
import { demand, isDemanded } from "./demand.ts";
import { runActivation } from "./run.ts";
import { countsOf } from "./run-counts.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { askToStop, heedStops, stopsAsked } from "./stop-request.ts";

interface RunnerOptions extends RunDependencies {
  /** @throws PeregrineError `notFound` */
  readonly load: (activationId: string) => Promise<LoadedActivation>;
  /** Hears how each run ended. */
  readonly onEnded: (activationId: string, run: RunRecord) => void;
  /** Hears that another run is wanted. */
  readonly onMore: (activationId: string) => void;
}

/** A run that stands in the store; `ended` may fail. */
interface BegunRun {
  readonly run: RunRecord;
  readonly ended: Promise<RunRecord>;
}

/** What becomes of a run that somebody asks for. */
export type AskedRun =
  | (BegunRun & { readonly outcome: "begun" })
  /** One more follows what is under way: that run, or the last one; null: there was none yet. */
  | { readonly outcome: "follows"; readonly run: RunRecord | null };

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<unknown>;
}

/** The runs of this server: one of each activation at a time, begun, followed by what is asked meanwhile, and ended. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #running = new Map<string, Running>();
  #closed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Begins a run, or asks for one more right after what is under way: however often it is asked, for one.
   * @throws PeregrineError `notFound`, `activationPaused`, and why no run can begin
   */
  async ask(id: string): Promise<AskedRun> {
    const { store } = this.#options;
    const now = await this.#beginUnlessInUse(id);
    if (now !== undefined) return now;
    await demand(store, id);
    // Who has the activation looks for demands after letting go of it; that may have been in between.
    const after = await this.#beginUnlessInUse(id);
    return after ?? { outcome: "follows", run: (await store.runs.latest(id)) ?? null };
  }

  /**
   * Begins a run and returns as soon as it stands in the store; one that a dead worker left is gone on with.
   * @param trigger what began it: `schedule`, `import`, `manual`; a run that fills a lost segment again says that instead
   * @throws PeregrineError `notFound`, `activationPaused`, `activationRunning`, and failures of our own side
   */
  async begin(id: string, trigger: string): Promise<BegunRun> {
    const { store, load } = this.#options;
    const heard = await stopsAsked(store, id);
    const isAsked = await isDemanded(store, id);
    const isRefill = countsOf(await store.runs.latest(id)).lostSegments !== undefined;
    const activation = await load(id);
    if (activation.definition.state === "paused" && !activation.deleted) {
      throw new PeregrineError("activationPaused", { detail: `${activation.definition.name} is paused.` });
    }
    if (this.#closed || this.#running.has(id)) {
      throw new PeregrineError("activationRunning", {
        detail: `A run of ${activation.definition.name} is under way.`,
      });
    }
    const controller = new AbortController();
    let onBegun: (run: RunRecord) => void = () => {};
    const begun = new Promise<RunRecord>((resolve) => {
      onBegun = resolve;
    });
    const why = isAsked ? "manual" : isRefill && trigger !== "manual" ? "refill" : trigger;
    const ended = this.#carryOut(activation, why, controller.signal, onBegun);
    const over = ended.then(
      () => {
        this.#running.delete(id);
        return this.goOnIfAsked(id);
      },
      () => {
        this.#running.delete(id);
      },
    );
    heedStops(store, id, { heard, stop: () => controller.abort(), ended: over });
    this.#running.set(id, { controller, ended: over });
    // A run that can't even begin rejects `ended`.
    return { run: await Promise.race([begun, ended]), ended };
  }

  /** What was asked of an activation while it was in use is the next run's. */
  async goOnIfAsked(id: string): Promise<void> {
    const { store, onMore } = this.#options;
    try {
      if (await isDemanded(store, id)) onMore(id);
    } catch {
      // A scheduler looks within a minute in any case.
    }
  }

  /** Ends the runs of an activation on all servers; waits for the one on this server. */
  async stop(id: string): Promise<void> {
    await askToStop(this.#options.store, id);
    await this.#end(id);
  }

  /** Ends all runs in order, and begins none any more: what is under way is awaited, answers are written. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.keys()].map((id) => this.#end(id)));
  }

  async #beginUnlessInUse(id: string): Promise<AskedRun | undefined> {
    try {
      return { outcome: "begun", ...(await this.begin(id, "manual")) };
    } catch (error) {
      if (error instanceof PeregrineError && error.code === "activationRunning") return undefined;
      throw error;
    }
  }

  async #carryOut(
    activation: LoadedActivation,
    trigger: string,
    signal: AbortSignal,
    onBegun: (run: RunRecord) => void,
  ): Promise<RunRecord> {
    const { store, onEnded, onMore } = this.#options;
    const dead = await store.runs.unfinished(activation.id);
    const run = await runActivation(this.#options, activation, trigger, signal, onBegun).catch(
      (error: unknown) => {
        // The engine is back by now, and the run is to be gone on with.
        if (error instanceof PeregrineError && error.code === "engineRestarted") onMore(activation.id);
        throw error;
      },
    );
    onEnded(activation.id, run);
    // It went on with the plan of its time, or found that much is to be sent again: that is another run's.
    const isMore = dead?.id === run.id || countsOf(run).lostSegments !== undefined;
    if (isMore) onMore(activation.id);
    if (activation.deleted && (await store.activationAudiences.of(activation.id)).length === 0) {
      await store.secrets.delete(secretOwner("activation", activation.id));
    }
    return run;
  }

  async #end(id: string): Promise<void> {
    const running = this.#running.get(id);
    running?.controller.abort();
    await running?.ended;
  }
}
