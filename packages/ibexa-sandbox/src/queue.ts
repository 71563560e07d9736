import type { MembershipChange } from "./message.ts";

export interface QueueSettings {
  delayMs: number;
  changesPerStep: number;
  paused: boolean;
}

/** A batch that was answered 202, as it waits. */
export interface QueuedBatch {
  request: number;
  group: string;
  changes: MembershipChange[];
}

export interface QueueFailure {
  request: number;
  audienceId: string;
  personId: string;
  code: string;
}

export interface QueueView {
  /** Changes that wait. */
  length: number;
  state: "running" | "paused";
  done: number;
  failed: number;
  /** The latest failures, at most 100. */
  failures: QueueFailure[];
}

const KEPT_FAILURES = 100;

/** Works off large batches after they were answered: one change after the other, in the order of arrival. */
export class ChangeQueue {
  #batches: QueuedBatch[] = [];
  /** Changes of the first batch that are done. */
  #position = 0;
  #length = 0;
  #done = 0;
  #failed = 0;
  #failures: QueueFailure[] = [];
  #paused: boolean;
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];
  readonly #settings: QueueSettings;
  readonly #apply: (batch: QueuedBatch, change: MembershipChange) => string | undefined;
  readonly #changed: () => void;

  /** `apply` does one change and says why it failed; `changed` is told after each step. */
  constructor(
    settings: QueueSettings,
    apply: (batch: QueuedBatch, change: MembershipChange) => string | undefined,
    changed: () => void,
  ) {
    this.#settings = settings;
    this.#paused = settings.paused;
    this.#apply = apply;
    this.#changed = changed;
  }

  get length(): number {
    return this.#length;
  }

  push(batch: QueuedBatch): void {
    this.#batches.push(batch);
    this.#length += batch.changes.length;
    this.#schedule();
  }

  pause(): void {
    this.#paused = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  /** Resolves when nothing waits any more. Never while the queue is paused and something waits. */
  drained(): Promise<void> {
    if (this.#length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** What still waits, in order. */
  waiting(): QueuedBatch[] {
    return this.#batches.map((batch, index) =>
      index === 0 ? { ...batch, changes: batch.changes.slice(this.#position) } : batch,
    );
  }

  view(): QueueView {
    return {
      length: this.#length,
      state: this.#paused ? "paused" : "running",
      done: this.#done,
      failed: this.#failed,
      failures: [...this.#failures],
    };
  }

  #schedule(): void {
    if (this.#paused || this.#timer !== undefined || this.#length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#step();
    }, this.#settings.delayMs);
  }

  #step(): void {
    let left = this.#settings.changesPerStep;
    let taken = 0;
    while (left > 0 && taken < this.#batches.length) {
      const batch = this.#batches[taken];
      if (batch === undefined) break;
      const change = batch.changes[this.#position];
      if (change === undefined) {
        taken += 1;
        this.#position = 0;
        continue;
      }
      this.#position += 1;
      this.#length -= 1;
      left -= 1;
      this.#note(batch, change, this.#apply(batch, change));
    }
    const first = this.#batches[taken];
    if (first !== undefined && this.#position >= first.changes.length) {
      taken += 1;
      this.#position = 0;
    }
    this.#batches.splice(0, taken);
    this.#changed();
    if (this.#length === 0) {
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
    this.#schedule();
  }

  #note(batch: QueuedBatch, change: MembershipChange, code: string | undefined): void {
    if (code === undefined) {
      this.#done += 1;
      return;
    }
    this.#failed += 1;
    this.#failures.push({
      request: batch.request,
      audienceId: change.audienceId,
      personId: change.personId,
      code,
    });
    if (this.#failures.length > KEPT_FAILURES) this.#failures.shift();
  }
}
