import {
  type Clock,
  type IdentifierDefinition,
  type IdentifierProblem,
  identifierProblems,
  notFound,
  PeregrineError,
} from "@peregrine/core";
import type { Engine } from "../../engine/index.ts";
import type { DefinitionRecord, KeptReport, Lease, Store, StoredProgress } from "../../store/index.ts";
import { availability } from "../availability.ts";
import type { ReadKeptRows } from "./kept-rows.ts";
import { countProfiles } from "./owner-counts.ts";
import { identifierReport } from "./write-report.ts";

/** What a report is made from, how far the making is, and the last one. */
export interface ReportStatus {
  /** `failed`: the last one that this server tried; the error says why. */
  readonly state: "none" | "running" | "failed" | "done";
  readonly progress: StoredProgress | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly report:
    | (KeptReport & {
        /** Nothing has been published or defined since. */
        readonly isCurrent: boolean;
        readonly problems: readonly IdentifierProblem[];
      })
    | null;
}

export interface KnownProfiles {
  readonly profiles: number;
  readonly withIdentifier: number;
}

export interface ReportServiceOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  /** Names this server among those that share the control plane. */
  readonly instance: string;
  readonly readKeptRows: ReadKeptRows;
  readonly log: { error(fields: object, message: string): void };
  /** Rows that one statement reads. */
  readonly pieceRows?: number;
}

interface Work {
  progress: StoredProgress | null;
  error: ReportStatus["error"];
  /** Undefined when it has ended. */
  running: Promise<void> | undefined;
}

const LEASE_MS = 30_000;

/** Makes reports on identifiers in the background, one of an identifier at a time, and keeps the latest. */
export class ReportService {
  readonly #options: ReportServiceOptions;
  readonly #stop = new AbortController();
  readonly #work = new Map<number, Work>();
  readonly #counted = new Map<number, { readonly key: string; readonly known: Promise<KnownProfiles> }>();

  constructor(options: ReportServiceOptions) {
    this.#options = options;
  }

  /** @throws PeregrineError `notFound` when there is no such identifier */
  async status(id: string): Promise<ReportStatus> {
    return this.#statusOf(await this.#identifier(id));
  }

  /** Begins a report, unless one is being made. @throws PeregrineError `notFound` */
  async start(id: string): Promise<ReportStatus> {
    const identifier = await this.#identifier(id);
    if (this.#work.get(identifier.number)?.running === undefined) {
      const work: Work = { progress: null, error: null, running: undefined };
      this.#work.set(identifier.number, work);
      work.running = this.#make(identifier, work).finally(() => {
        work.running = undefined;
      });
    }
    return this.#statusOf(identifier);
  }

  /** Resolves when the report that is being made has ended, well or badly. @throws PeregrineError `notFound` */
  async settled(id: string): Promise<ReportStatus> {
    const identifier = await this.#identifier(id);
    await this.#work.get(identifier.number)?.running;
    return this.#statusOf(identifier);
  }

  /**
   * How many profiles are known by the identifier. Counted once for each publication of data.
   * @throws PeregrineError `notFound`
   */
  async profiles(id: string): Promise<KnownProfiles> {
    const { store } = this.#options;
    const { number, body, version } = await this.#identifier(id);
    const { revision } = await store.operations.dataRevision();
    const key = `${revision} ${version}`;
    const before = this.#counted.get(number);
    if (before?.key === key) return before.known;
    const known = this.#count(number, body.limit);
    this.#counted.set(number, { key, known });
    known.catch(() => this.#counted.delete(number));
    return known;
  }

  /** What keeps activations from using an identifier, in a sentence; undefined: nothing does. */
  async missing(id: string): Promise<string | undefined> {
    const found = await availability(this.#options.store, id);
    return "missing" in found ? found.missing : undefined;
  }

  /** Cuts off what is being made; the last reports stay. */
  async close(): Promise<void> {
    this.#stop.abort(new PeregrineError("leaseLost", { detail: "The server is stopping." }));
    await Promise.all([...this.#work.values()].map(({ running }) => running));
  }

  async #count(number: number, limit: "one" | "many"): Promise<KnownProfiles> {
    const { engine, store } = this.#options;
    const { all, withIdentifier } = await countProfiles(engine, await store.operations.snapshot(), {
      number,
      limit,
    });
    return { profiles: all, withIdentifier };
  }

  async #statusOf(identifier: DefinitionRecord<IdentifierDefinition>): Promise<ReportStatus> {
    const { store } = this.#options;
    const work = this.#work.get(identifier.number);
    const kept = await store.identifierReports.get(identifier.number);
    const report = kept === undefined ? null : await this.#shown(kept);
    const ended = work?.error === null || work === undefined ? (report === null ? "none" : "done") : "failed";
    return {
      state: work?.running === undefined ? ended : "running",
      progress: work?.running === undefined ? null : work.progress,
      error: work?.error ?? null,
      report,
    };
  }

  async #shown(kept: KeptReport): Promise<ReportStatus["report"]> {
    const { operations, definitions } = this.#options.store;
    const { revision } = await operations.dataRevision();
    const isCurrent =
      kept.dataRevision === revision && kept.definitionsRevision === (await definitions.revision());
    return { ...kept, isCurrent, problems: identifierProblems(kept.figures) };
  }

  async #make(identifier: DefinitionRecord<IdentifierDefinition>, work: Work): Promise<void> {
    const { store, instance, log } = this.#options;
    try {
      const name = `report:${identifier.id}`;
      const lease = await store.leases.acquire(name, `${instance} ${identifier.number}`, LEASE_MS);
      // Another server makes it, and keeps it where this one finds it.
      if (lease === undefined) return;
      const lost = new AbortController();
      const timer = setInterval(() => {
        store.leases.renew(lease).then(
          (held) => held === undefined && lost.abort(new PeregrineError("leaseLost")),
          () => {},
        );
      }, LEASE_MS / 4);
      timer.unref();
      try {
        await this.#write(identifier, lease, work, AbortSignal.any([this.#stop.signal, lost.signal]));
      } finally {
        clearInterval(timer);
        await store.leases.release(lease);
      }
    } catch (cause) {
      const failure = cause instanceof PeregrineError ? cause : new PeregrineError("internal", { cause });
      if (failure.actor === "us") log.error({ err: cause }, "a report came to nothing");
      work.error = { code: failure.code, detail: failure.detail };
    }
  }

  async #write(
    identifier: DefinitionRecord<IdentifierDefinition>,
    lease: Lease,
    work: Work,
    signal: AbortSignal,
  ): Promise<void> {
    const { engine, store, clock, readKeptRows, pieceRows } = this.#options;
    // Read before the snapshot, which is then at least as new.
    const { revision: dataRevision } = await store.operations.dataRevision();
    const definitionsRevision = await store.definitions.revision();
    const takenAt = clock.now();
    const snapshot = await store.operations.snapshot();
    const operation = await store.operations.open("report", identifier.id, lease.epoch);
    try {
      const figures = await identifierReport({
        engine,
        store,
        identifier: { number: identifier.number, definition: identifier.body },
        snapshot,
        operation,
        readKeptRows,
        pieceRows,
        onProgress: (progress) => {
          work.progress = progress;
        },
        signal,
      });
      await store.operations.publish(
        operation,
        (transaction) =>
          store.identifierReports
            .with(transaction)
            .put(identifier.number, { figures, takenAt, dataRevision, definitionsRevision }),
        lease,
      );
    } catch (error) {
      await store.operations.abandon(operation);
      throw error;
    }
  }

  async #identifier(id: string): Promise<DefinitionRecord<IdentifierDefinition>> {
    const found = await this.#options.store.definitions.get("identifier", id);
    if (found !== undefined) return found;
    const known = (await this.#options.store.definitions.list("identifier")).map((one) => one.id);
    throw notFound("identifier", `There is no identifier \`${id}\`.`, { asked: id, known });
  }
}
