import { type Clock, PeregrineError } from "@peregrine/core";
import type { ActivationService } from "./service.ts";

/** How many activations run at once; the others wait their turn, each once. */
const RUNS_AT_ONCE = 2;
/** With the jitter and the evaluation itself, what the time changes is met within a minute. */
const INTERVAL_MS = 45_000;
const SWEEP_MS = 24 * 3_600_000;
/** Spread over so long, so that installations don't all ask at the same moment. */
const JITTER_MS = 5_000;

export interface SchedulerOptions {
  readonly service: Pick<ActivationService, "due" | "run" | "sweep">;
  /** Checks all audiences together, before it is asked which activations are due. */
  readonly check: () => Promise<unknown>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: { warn(fields: object, message: string): void };
  /** Tells the scheduler when so long is over; the returned function ends it. */
  readonly every?: (ms: number, tick: () => void) => () => void;
}

/** Failures that say no more than that somebody else is at it, or that it is paused. */
const EXPECTED: ReadonlySet<string> = new Set([
  "activationRunning",
  "activationPaused",
  "leaseLost",
  "notFound",
]);

function everyInterval(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Checks the audiences and runs the activations: within every minute, and when told that something changed. Each waits in a queue in which it
 * stands once, so that a slow one doesn't keep the others back and nobody is run twice in a row for one reason.
 */
export class ActivationScheduler {
  readonly #options: SchedulerOptions;
  readonly #queue = new Map<string, string>();
  readonly #running = new Map<string, Promise<void>>();
  #filling: Promise<void> = Promise.resolve();
  #end: (() => void) | undefined;
  #jitter: NodeJS.Timeout | undefined;
  #closed = false;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#end = (this.#options.every ?? everyInterval)(INTERVAL_MS, () => {
      this.#jitter = setTimeout(() => this.wake("schedule"), this.#options.random() * JITTER_MS);
      this.#jitter.unref();
    });
    this.wake("schedule");
  }

  /** Runs all that is due as soon as there is room. To be called after every import. */
  wake(trigger: string): void {
    this.#filling = this.#filling
      .then(() => this.#fill(trigger))
      .catch((error: unknown) => this.#report(error, "*"));
  }

  /** Waits until nothing is queued or running. */
  async idle(): Promise<void> {
    await this.#filling;
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Begins nothing more. Runs that are under way are ended by the service. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#end?.();
    clearTimeout(this.#jitter);
    this.#queue.clear();
    await this.#filling;
    await Promise.all(this.#running.values());
  }

  async #fill(trigger: string): Promise<void> {
    if (this.#closed) return;
    const { service, clock } = this.#options;
    const now = clock.now();
    if (now - this.#sweptAt >= SWEEP_MS) {
      this.#sweptAt = now;
      await service.sweep();
    }
    // What can't be checked now keeps its members; deliveries of earlier changes go on.
    await this.#options.check().catch((error: unknown) => this.#report(error, "*"));
    if (this.#closed) return;
    for (const id of await service.due(now)) {
      if (!this.#queue.has(id)) this.#queue.set(id, trigger);
    }
    this.#pump();
  }

  #pump(): void {
    for (const [id, trigger] of this.#queue) {
      if (this.#closed || this.#running.size >= RUNS_AT_ONCE) return;
      // Woken while it runs: what changed may have come too late for that run, so it has another turn.
      if (this.#running.has(id)) continue;
      this.#queue.delete(id);
      const running = this.#run(id, trigger).finally(() => {
        this.#running.delete(id);
        this.#pump();
      });
      this.#running.set(id, running);
    }
  }

  async #run(id: string, trigger: string): Promise<void> {
    try {
      await this.#options.service.run(id, trigger);
    } catch (error) {
      this.#report(error, id);
    }
  }

  #report(error: unknown, activation: string): void {
    if (error instanceof PeregrineError && EXPECTED.has(error.code)) return;
    const what = activation === "*" ? "audiences could not be checked" : "a run could not be carried out";
    this.#options.log.warn({ err: error, activation }, what);
  }
}
