import type { Clock } from "@peregrine/core";
import type { Ledger, Prepared } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import type { AttachAgain, Sender } from "./sender.ts";
import type { StretchCutter } from "./stretch-cutter.ts";

export interface DeliverOptions {
  readonly plan: Plan;
  readonly ledger: Ledger;
  readonly sender: Sender;
  readonly requestsAtOnce: number;
  readonly cutter: StretchCutter;
  readonly clock: Clock;
  readonly attach: AttachAgain;
  /** After each stretch whose answers are on disk. */
  readonly onProgress: (delivered: Delivered) => Promise<void>;
}

/** What became of the changes of a run. */
export interface Delivered {
  readonly accepted: number;
  /** How many of the accepted ones joined; the others left. */
  readonly joined: number;
  readonly refused: number;
  readonly unknown: number;
  readonly unsent: number;
  readonly acceptedOf: ReadonlyMap<string, number>;
}

/** Lets so many tasks run at once. One after the other may wait for a slot. */
class Slots {
  readonly #size: number;
  #running = 0;
  #left: () => void = () => {};

  constructor(size: number) {
    this.#size = size;
  }

  /** Begins the task as soon as there is a slot; returns it begun, for a promise would be awaited twice. */
  async begin(task: () => Promise<void>): Promise<{ done: Promise<void> }> {
    await this.#until(this.#size - 1);
    this.#running += 1;
    const leave = () => {
      this.#running -= 1;
      this.#left();
    };
    const done = task();
    done.then(leave, leave);
    return { done };
  }

  async idle(): Promise<void> {
    await this.#until(0);
  }

  async #until(running: number): Promise<void> {
    while (this.#running > running) {
      await new Promise<void>((resolve) => {
        this.#left = resolve;
      });
    }
  }
}

class Totals {
  readonly #acceptedOf = new Map<string, number>();
  #accepted = 0;
  #joined = 0;
  #refused = 0;
  #unknown = 0;

  add({ outcomes }: Prepared): void {
    this.#accepted += outcomes.count("accepted");
    this.#joined += outcomes.joined;
    this.#refused += outcomes.count("refused");
    this.#unknown += outcomes.count("unknown");
    for (const [audience, count] of outcomes.acceptedOf) {
      this.#acceptedOf.set(audience, (this.#acceptedOf.get(audience) ?? 0) + count);
    }
  }

  of(plan: Plan): Delivered {
    const unsent = plan.together + plan.alone - this.#accepted - this.#refused - this.#unknown;
    return {
      accepted: this.#accepted,
      joined: this.#joined,
      refused: this.#refused,
      unknown: this.#unknown,
      unsent,
      acceptedOf: this.#acceptedOf,
    };
  }
}

/**
 * Delivers a plan: for each stretch intents first, then its messages, then its answers. The next stretch is
 * made ready and the last one is recorded while one is under way, so that the destination never waits for us.
 * Once the sender has stopped, what was made ready and not sent is put back to what held before.
 */
export async function deliver(options: DeliverOptions): Promise<Delivered> {
  const { plan, ledger, sender, attach, cutter, clock } = options;
  const total = new Totals();
  const slots = new Slots(options.requestsAtOnce);
  const recording: Promise<void>[] = [];
  const prepare = () => {
    const stretch = sender.stopped === undefined ? cutter.next() : undefined;
    if (stretch === undefined) return undefined;
    const preparing = ledger.prepare(stretch);
    // Awaited in its turn; until then its failure must not count as unhandled.
    preparing.catch(() => {});
    return preparing;
  };
  const record = async (prepared: Prepared, sending: readonly Promise<void>[], begun: number) => {
    await Promise.all(sending);
    cutter.took(clock.now() - begun);
    await ledger.record(prepared, sender.stopped);
    total.add(prepared);
    await options.onProgress(total.of(plan));
  };

  try {
    let upcoming = prepare();
    while (upcoming !== undefined) {
      const prepared = await upcoming;
      const begun = clock.now();
      upcoming = prepare();
      const sending: Promise<void>[] = [];
      for (const batch of prepared.batches) {
        if (sender.stopped !== undefined) break;
        const { done } = await slots.begin(() => sender.deliver(batch.unpack(), prepared.outcomes, attach));
        sending.push(done);
      }
      const recorded = record(prepared, sending, begun);
      recorded.catch(() => {});
      recording.push(recorded);
      // One is recorded while the next is sent; more would only pile up.
      await recording.at(-2);
    }
    await Promise.all(recording);
    await ledger.close();
  } finally {
    await slots.idle();
    await Promise.allSettled(recording);
  }
  return total.of(plan);
}
