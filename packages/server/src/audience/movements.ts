import type { Clock } from "@peregrine/core";
import type { Snapshot } from "../store/index.ts";
import type { AudienceRepository, Movement } from "./repository.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** The day's beginning moves on without anything being written; so much later it is looked at again, in ms. */
const FRESH_MS = 60_000;
/** Lists that are remembered: pages ask for all audiences, and for the one that somebody looks at. */
const REMEMBERED = 32;

interface Found {
  readonly state: string;
  readonly at: number;
  readonly movements: Promise<ReadonlyMap<string, Movement>>;
}

/**
 * Who came to audiences and left them within a day. Read from the memberships of that day, which after a first
 * evaluation are all there are, so an answer is kept until something is published, and for a minute at most.
 */
export class Movements {
  readonly #repository: AudienceRepository;
  readonly #clock: Clock;
  readonly #found = new Map<string, Found>();

  constructor(repository: AudienceRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
  }

  /** By audience; those without movement have no entry. */
  of(snapshot: Snapshot, ids: readonly string[]): Promise<ReadonlyMap<string, Movement>> {
    const asked = JSON.stringify(ids);
    const state = JSON.stringify([snapshot.upTo, snapshot.except, snapshot.generation]);
    const now = this.#clock.now();
    const known = this.#found.get(asked);
    if (known?.state === state && Math.abs(now - known.at) < FRESH_MS) return known.movements;
    const movements = this.#repository.movements(snapshot, ids, now - DAY_MS);
    this.#found.delete(asked);
    this.#found.set(asked, { state, at: now, movements });
    const [oldest] = this.#found.keys();
    if (oldest !== undefined && this.#found.size > REMEMBERED) this.#found.delete(oldest);
    movements.catch(() => {
      if (this.#found.get(asked)?.movements === movements) this.#found.delete(asked);
    });
    return movements;
  }
}
