import {
  DEFAULT_GUARD,
  GUARD_WINDOW_MS,
  guardReasons,
  type HoldReason,
  isHarmless,
  type RemovalGuard,
  type Removals,
} from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { RemovalHold, Store } from "../store/index.ts";
import { GuardRepository } from "./guard-repository.ts";
import type { HeldBlock } from "./held-people.ts";
import { type GuardedBlock, type Plan, withoutHeld } from "./plan.ts";
import { staleSources } from "./stale-sources.ts";
import type { StandingScope } from "./standing.ts";

interface Watched {
  readonly activationId: string;
  readonly settings: RemovalGuard | undefined;
  readonly scope: StandingScope;
  /** Holds as they were before the plan; approved ones are in the plan. */
  readonly holds: readonly RemovalHold[];
  readonly approved: readonly HeldBlock[];
  /** ms UTC */
  readonly now: number;
}

interface Planned extends Watched {
  /** An earlier message may still be carried out, so that the plan has nobody whom it could contradict. */
  readonly unsettled: boolean;
}

/** Why the removals of a segment would be held, with the numbers that decided. */
export interface Judged {
  readonly removals: Removals;
  readonly reasons: readonly HoldReason[];
}

/** A plan is swept after 14 days: what is held for longer is written down anew. */
const MOVE_AFTER_MS = 7 * 24 * 3_600_000;

/** Looks at what a plan removes, and leaves out what somebody has to approve. */
export class Guard {
  readonly #store: Store;
  readonly #repository: GuardRepository;

  constructor({ store, engine }: { readonly store: Store; readonly engine: Engine }) {
    this.#store = store;
    this.#repository = new GuardRepository(engine);
  }

  /**
   * Holds what is to be held, and lets go what isn't any more; under the run's lease. What is held is durable before
   * anything of the plan is sent.
   * @returns the plan without what is held
   */
  async watch(plan: Plan, of: Planned): Promise<Plan> {
    const open = new Map(
      of.holds.filter(({ state }) => state !== "approved").map((hold) => [hold.audienceId, hold]),
    );
    const leaving = new Map(plan.guarded.map(({ audience, size }) => [audience, size]));
    const judged = await this.judge(leaving, of);
    const held = plan.guarded.filter(({ audience }) => (judged.get(audience)?.reasons.length ?? 0) > 0);
    if (of.unsettled) {
      // Most of those who leave aren't in the plan, which says nothing of them: what is held stays as it is.
      const news = held.filter(({ audience }) => !open.has(audience));
      await this.#holdAll(plan, news, judged, open, of);
      return withoutHeld(plan, new Set([...open.keys(), ...news.map(({ audience }) => audience)]));
    }
    await this.#holdAll(plan, held, judged, open, of);
    const still = new Set(held.map(({ audience }) => audience));
    const over = [...open.values()].filter(({ audienceId }) => !still.has(audienceId));
    await this.#store.removalHolds.end(
      over.map(({ id }) => id),
      "gone",
      ["waiting", "left"],
    );
    return withoutHeld(plan, still);
  }

  /** What would be held. @param leaving by audience, how many would be taken out without approval */
  async judge(
    leaving: ReadonlyMap<string, number>,
    { activationId, settings = DEFAULT_GUARD, scope, holds, approved, now }: Watched,
  ): Promise<ReadonlyMap<string, Judged>> {
    const audiences = [...leaving.keys()];
    if (audiences.length === 0) return new Map();
    const runs = await this.#store.runs.startedSince(activationId, now - GUARD_WINDOW_MS);
    const before = await this.#repository.planned(runs, audiences);
    const stale = await staleSources(this.#store, audiences, settings, now);
    const isHeld = new Set(
      holds.filter(({ state }) => state !== "approved").map(({ audienceId }) => audienceId),
    );
    const doubtful = audiences.filter(
      (id) => isHeld.has(id) || !isHarmless((leaving.get(id) ?? 0) + (before.get(id) ?? 0), settings),
    );
    const fill =
      doubtful.length === 0 ? new Map() : await this.#repository.fill(scope, doubtful, runs, approved);
    const judged = new Map<string, Judged>();
    for (const [audience, count] of leaving) {
      const hold = holds.find((one) => one.audienceId === audience && one.state !== "approved");
      const { inside, left, desired } = fill.get(audience) ?? HARMLESS;
      const removals: Removals = {
        inside: Math.max(inside, count),
        leaving: count,
        // What is held stays held when the 24 hours are over.
        left: Math.max(left, hold?.removals.left ?? 0),
        desired,
        stale: stale.get(audience) ?? [],
      };
      judged.set(audience, { removals, reasons: guardReasons(removals, settings) });
    }
    return judged;
  }

  async #holdAll(
    plan: Plan,
    blocks: readonly GuardedBlock[],
    judged: ReadonlyMap<string, Judged>,
    open: ReadonlyMap<string, RemovalHold>,
    of: Watched,
  ): Promise<void> {
    for (const block of blocks) {
      const found = judged.get(block.audience);
      if (found !== undefined) await this.#hold(plan, block, found, open.get(block.audience), of);
    }
  }

  async #hold(
    plan: Plan,
    block: GuardedBlock,
    { removals: { stale: _, ...removals }, reasons }: Judged,
    before: RemovalHold | undefined,
    { activationId, now }: Watched,
  ): Promise<void> {
    const { removalHolds } = this.#store;
    const { run, epoch } = plan;
    const { audience: audienceId, fingerprint } = block;
    if (before?.fingerprint !== fingerprint) {
      await removalHolds.hold({ activationId, audienceId, run, epoch, fingerprint, removals, reasons });
      return;
    }
    if (now - before.writtenAt > MOVE_AFTER_MS) await removalHolds.moveTo(before.id, { run, epoch });
    // Held removals that didn't change would be written down every minute in which something else did.
    else await this.#repository.drop(run, epoch, block.first, block.size);
  }
}

/** Too few to matter, so that nothing was counted. */
const HARMLESS = { inside: 0, left: 0, desired: 1 };
