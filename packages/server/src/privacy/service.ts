import { type Clock, notFound, PeregrineError } from "@peregrine/core";
import type { ActivationService, StillIn } from "../activation/index.ts";
import type { Engine } from "../engine/index.ts";
import type { ProfileService, ReadKeptRows } from "../identity/index.ts";
import { HeldLease, RESOLVER, RESOLVER_LEASE_MS } from "../ingest/index.ts";
import type { IdentifierValue, Page, PersonDeletion, PurgeCounts, Snapshot, Store } from "../store/index.ts";
import { type Ownership, rowsOfPerson } from "./person-rows.ts";
import { PurgeRepository } from "./purge-repository.ts";

export interface DeletionServiceOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  /** Names this server among those that share the control plane. */
  readonly holder: string;
  readonly profiles: ProfileService;
  readonly activations: Pick<ActivationService, "excluded" | "stillIn" | "forgetSent">;
  readonly readKeptRows: ReadKeptRows;
  /** For how long rows that come late about somebody who was deleted are refused, in ms. */
  readonly refuseForMs: number;
  readonly log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
  /** Called when somebody is gone: audiences may have changed. */
  readonly onPurged: () => void;
}

/** What a deletion would do. */
export interface ForeseenDeletion {
  readonly profile: number;
  readonly identifiers: readonly { readonly identifier: string; readonly value: string }[];
  readonly attributes: number;
  readonly events: number;
  readonly audiences: readonly { readonly id: string; readonly name: string }[];
  /** Segments that the person is taken out of first. */
  readonly segments: readonly StillIn[];
  readonly refuseUntil: number;
}

/** A deletion with what it waits for. */
export interface DeletionStanding extends PersonDeletion {
  readonly waitsFor: readonly StillIn[];
}

/** How soon it is tried again: an import has the lease. */
const BUSY_MS = 2_000;
/** The engine is away, or something is wrong. */
const FAILED_MS = 15_000;
/** Answers come with runs, of which this hears; a removal that was refused is looked at again. */
const LOOK_EVERY_MS = 60_000;

/**
 * Deletes people. From the request on they are excluded from everything that is sent, and rows that come late about
 * them are refused; once no segment has them any more, all that is known of them is purged.
 */
export class DeletionService {
  readonly #options: DeletionServiceOptions;
  readonly #repository: PurgeRepository;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #again = false;

  constructor(options: DeletionServiceOptions) {
    this.#options = options;
    this.#repository = new PurgeRepository(options.engine);
  }

  /** Begins to work: on what is under way, then on what is asked for. */
  start(): void {
    this.#timer = setInterval(() => this.wake(), LOOK_EVERY_MS);
    this.#timer.unref();
    this.wake();
  }

  /** Stops; a purge that is under way begins anew at the next start. */
  async close(): Promise<void> {
    this.#stop.abort(new PeregrineError("leaseLost", { detail: "The server is stopping." }));
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    await this.#working;
  }

  /** Looks whether somebody can be purged now; does nothing on a server that doesn't work at deletions. */
  wake(): void {
    if (this.#timer === undefined || this.#stop.signal.aborted) return;
    this.#again = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** What deleting would do; changes nothing. @throws PeregrineError `notFound`, `requestInvalid` */
  async foresee(person: string): Promise<ForeseenDeletion> {
    const { store, profiles, activations, clock, refuseForMs } = this.#options;
    const snapshot = await store.operations.snapshot();
    const { number, merged } = await profiles.numbersOf(person, snapshot);
    const profile = await profiles.byNumber(number);
    const log = await this.#repository.ownerships(snapshot, [number, ...merged]);
    return {
      profile: number,
      identifiers: profile.identifiers.map(({ identifier, value }) => ({ identifier, value })),
      attributes: profile.attributes.length,
      events: profile.events.count,
      audiences: profile.audiences.map(({ id, name }) => ({ id, name })),
      segments: await activations.stillIn(ownedNow(log, new Set([number, ...merged]))),
      refuseUntil: clock.now() + refuseForMs,
    };
  }

  /**
   * Excludes somebody at once from everything that is sent, and deletes them as soon as no segment has them.
   *
   * @param person a profile's number, or `kind:value` of an identifier
   * @param by who asked for it, by name
   * @returns the one that is under way, if there is one
   * @throws PeregrineError `notFound`, `requestInvalid`
   */
  async request(person: string, by: string): Promise<DeletionStanding> {
    const { store, profiles, activations, clock, refuseForMs } = this.#options;
    const snapshot = await store.operations.snapshot();
    const { number, merged } = await profiles.numbersOf(person, snapshot);
    const numbers = [number, ...merged];
    const log = await this.#repository.ownerships(snapshot, numbers);
    const deletion = await store.personDeletions.request({
      profile: number,
      numbers,
      identifiers: ownedNow(log, new Set(numbers)),
      refuseUntil: clock.now() + refuseForMs,
      by,
    });
    await activations.excluded();
    this.wake();
    return this.#standing(deletion);
  }

  /** @throws PeregrineError `notFound` */
  async get(id: number): Promise<DeletionStanding> {
    const found = await this.#options.store.personDeletions.get(id);
    if (found === undefined) throw notFound("deletion", `There is no deletion ${id}.`);
    return this.#standing(found);
  }

  /** Newest first. @throws PeregrineError `cursorInvalid` */
  async list(cursor: string | undefined, limit: number): Promise<Page<DeletionStanding>> {
    const page = await this.#options.store.personDeletions.page(cursor, limit);
    return { ...page, items: await Promise.all(page.items.map((item) => this.#standing(item))) };
  }

  /**
   * Purges without waiting for destinations any longer: they keep whom they have, and nothing updates them.
   * @throws PeregrineError `notFound`
   */
  async force(id: number): Promise<DeletionStanding> {
    await this.get(id);
    await this.#options.store.personDeletions.force(id);
    this.wake();
    return this.get(id);
  }

  async #standing(deletion: PersonDeletion): Promise<DeletionStanding> {
    const { identifiers, state } = deletion;
    const waits = state === "takingOut" && identifiers !== null;
    return { ...deletion, waitsFor: waits ? await this.#options.activations.stillIn(identifiers) : [] };
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#stop.signal.aborted) {
      this.#again = false;
      try {
        const ready = await this.#ready();
        if (ready.length > 0 && !(await this.#purgeAll(ready))) this.#tryAgain(BUSY_MS);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#options.log.error({ err: error }, "people could not be deleted; trying again");
        this.#tryAgain(FAILED_MS);
      }
    }
  }

  #tryAgain(afterMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.wake(), afterMs);
    this.#retry.unref();
  }

  /** Those whom no segment has any more, and those whom nobody waits for. */
  async #ready(): Promise<PersonDeletion[]> {
    const ready: PersonDeletion[] = [];
    for (const deletion of await this.#options.store.personDeletions.open()) {
      const waits =
        deletion.state === "takingOut" &&
        !deletion.forced &&
        (await this.#options.activations.stillIn(deletion.identifiers ?? [])).length > 0;
      if (!waits) ready.push(deletion);
    }
    return ready;
  }

  /** Under the resolver's lease, so that no row comes in between; false when another has it. */
  async #purgeAll(deletions: readonly PersonDeletion[]): Promise<boolean> {
    const { store, holder, log, onPurged } = this.#options;
    const lease = await store.leases.acquire(RESOLVER, `${holder} deletions`, RESOLVER_LEASE_MS);
    if (lease === undefined) return false;
    const held = new HeldLease(store, lease, this.#stop.signal);
    try {
      for (const deletion of deletions) {
        const counts = await this.#purge(deletion, held);
        log.info({ deletion: deletion.id, profile: deletion.profile, ...counts }, "a person was deleted");
        onPurged();
      }
    } finally {
      await held.end();
    }
    return true;
  }

  async #purge(deletion: PersonDeletion, held: HeldLease): Promise<PurgeCounts> {
    const { store, engine, clock, activations, readKeptRows } = this.#options;
    const snapshot = await store.operations.snapshot();
    const numbers = await this.#numbers(deletion, snapshot);
    const known = deletion.identifiers ?? [];
    const log = await this.#repository.ownerships(snapshot, numbers, known);
    const own = distinct([...known, ...ownedNow(log, new Set(numbers))]);
    await store.personDeletions.purging(deletion.id, { numbers, identifiers: own });
    const derived = await this.#repository.count(snapshot, numbers);
    const arrivals: number[] = [];
    const rows = rowsOfPerson({
      engine,
      imports: await store.imports.published(),
      readKeptRows,
      numbers: new Set(numbers),
      log,
      signal: held.signal,
    });
    for await (const found of rows) arrivals.push(...found);
    held.signal.throwIfAborted();
    // Rows first: as long as identifiers are there, rows that are left can be found again.
    await this.#repository.deleteRows(arrivals);
    await this.#repository.blankRefused(own.map(([, value]) => value));
    await activations.forgetSent(own);
    await this.#repository.deleteDerived(numbers, ownedByNobodyElse(log, new Set(numbers)));
    const counts = { rows: arrivals.length, ...derived, identifiers: own.length };
    await store.db.transaction().execute(async (transaction) => {
      await store.personDeletions.done(transaction, deletion.id, counts);
      await store.identifierReports.with(transaction).clear();
      await store.operations.publishWithin(transaction, "deletion", `profile ${deletion.profile}`, {
        attributes: "any",
        events: "any",
        newProfiles: true,
      });
    });
    await store.personDeletions.tidy(clock.now());
    return counts;
  }

  /** By now others may have been merged into the profile, or it into another. */
  async #numbers({ profile, numbers }: PersonDeletion, snapshot: Snapshot): Promise<readonly number[]> {
    try {
      const { number, merged } = await this.#options.profiles.numbersOf(String(profile), snapshot);
      return [...new Set([number, ...merged, ...numbers])];
    } catch (error) {
      // A purge that was cut off had come as far as the profile.
      if (error instanceof PeregrineError && error.code === "notFound") return numbers;
      throw error;
    }
  }
}

/** Values whose last owner is one of the numbers, or nobody. */
function ownedNow(log: readonly Ownership[], numbers: ReadonlySet<number>): IdentifierValue[] {
  const last = new Map(log.map((change) => [`${change.kind} ${change.value}`, change]));
  return Array.from(last.values()).flatMap(({ kind, value, profile }) =>
    profile === 0 || numbers.has(profile) ? [[kind, value] as const] : [],
  );
}

/** Of the values that the numbers ever owned, those that were never anybody else's. */
function ownedByNobodyElse(log: readonly Ownership[], numbers: ReadonlySet<number>): IdentifierValue[] {
  const others = new Set(
    log.flatMap(({ kind, value, profile }) =>
      profile === 0 || numbers.has(profile) ? [] : [`${kind} ${value}`],
    ),
  );
  return distinct(log.map(({ kind, value }) => [kind, value] as const)).filter(
    ([kind, value]) => !others.has(`${kind} ${value}`),
  );
}

function distinct(identifiers: readonly IdentifierValue[]): IdentifierValue[] {
  return [...new Map(identifiers.map((one) => [`${one[0]} ${one[1]}`, one])).values()];
}
