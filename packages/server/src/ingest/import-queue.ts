import { access } from "node:fs/promises";
import { join } from "node:path";
import { type ErrorCode, PeregrineError } from "@peregrine/core";
import type { ImportRecord, Store, StoredProgress } from "../store/index.ts";
import { HeldLease } from "./held-lease.ts";
import { runImport } from "./import-job.ts";
import { keptFiles } from "./kept-files.ts";
import { pausedDataflows } from "./paused-dataflows.ts";
import type { IngestOptions } from "./service.ts";
import type { Spool } from "./spool.ts";
import { dropWorkTables, operationsWithTables } from "./tables.ts";

/** The lease under which rows become profiles, and profiles are deleted. */
export const RESOLVER = "resolver";
export const RESOLVER_LEASE_MS = 30_000;
/** How soon what could not be done is tried again: another server has the lease, or the engine is away. */
const RETRY_MS = 2_000;
const PROGRESS_MS = 500;

/** After these the import is as it was before, and is run again; everything else ends it. */
const RUN_AGAIN = new Set<ErrorCode>([
  "engineRestarted",
  "engineUnavailable",
  "engineBusy",
  "leaseLost",
  "operationClosed",
  "storeBusy",
  "storeUnavailable",
]);
/** An import under which the engine dies so often is what kills it. */
const MOST_RESTARTS = 30;

/** Runs what is queued, one import after the other, in the order in which they came. */
export class ImportQueue {
  readonly #options: IngestOptions & { readonly spool: Spool };
  readonly #stop = new AbortController();
  /** Imports between their record and their file's final name. */
  #arriving: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => {};
  /** How often the engine died under an import. */
  readonly #restarts = new Map<number, number>();
  #working: Promise<void> | undefined;

  constructor(options: IngestOptions & { readonly spool: Spool }) {
    this.#options = options;
  }

  /** Begins to work: first what a server that died has left, then what comes. */
  async start(): Promise<void> {
    const { spool, store, clock } = this.#options;
    await spool.removeAllBut(await keptFiles(store, clock));
    this.#working = this.#work();
  }

  /** Stops; an import that is under way is abandoned and begins anew at the next start. */
  async close(): Promise<void> {
    this.#stop.abort(new PeregrineError("leaseLost", { detail: "The server is stopping." }));
    this.#wake();
    await this.#working;
  }

  /**
   * Queues an import.
   *
   * @param place brings the file to where the import, by its number, looks for it
   */
  async add(
    of: Parameters<Store["imports"]["create"]>[0],
    place: (id: number) => Promise<void>,
  ): Promise<ImportRecord> {
    const queued = this.#arriving.then(async () => {
      const record = await this.#options.store.imports.create(of);
      await place(record.id);
      return record;
    });
    this.#arriving = queued.catch(() => {}); // The uploader hears of it; the next one may go on.
    const record = await queued;
    this.#wake();
    return record;
  }

  /** Looks for imports that can be run now: others may have queued some, a dataflow may have been resumed or have gone. */
  wake(): void {
    this.#wake();
  }

  /** What is queued or was cut off, without what waits for its dataflow to be resumed. */
  async #waiting(): Promise<ImportRecord[]> {
    const { imports, definitions } = this.#options.store;
    const unfinished = await imports.unfinished();
    const paused = unfinished.length === 0 ? new Set() : await pausedDataflows(definitions);
    return unfinished.filter(({ dataflowId }) => !paused.has(dataflowId));
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      let again = true;
      try {
        again = await this.#runAll();
      } catch (error) {
        this.#options.log.error({ err: error }, "imports could not be looked for; trying again");
      }
      if (signal.aborted) return;
      let timer: NodeJS.Timeout | undefined;
      const pause = again ? new Promise((resolve) => (timer = setTimeout(resolve, RETRY_MS))) : undefined;
      await (pause === undefined ? woken : Promise.race([woken, pause]));
      clearTimeout(timer);
    }
  }

  /** Runs what is queued here; true when something is left to be tried again. */
  async #runAll(): Promise<boolean> {
    await this.#arriving;
    const { store, holder } = this.#options;
    const waiting = await this.#waiting();
    if (waiting.length === 0) return false;
    const lease = await store.leases.acquire(RESOLVER, holder, RESOLVER_LEASE_MS);
    if (lease === undefined) return true;
    const held = new HeldLease(store, lease, this.#stop.signal);
    try {
      await this.#clean();
      for (const record of waiting) {
        if (!(await this.#isHere(record))) continue;
        if (!(await this.#run(record, held))) return true;
      }
      return (await this.#waiting()).length > 0;
    } finally {
      await held.end();
    }
  }

  /** Work tables that a dead server or engine left. Under the resolver's lease nobody else has any. */
  async #clean(): Promise<void> {
    const { engine, store } = this.#options;
    await store.operations.abandonOpen("import");
    for (const operation of await operationsWithTables(engine)) await dropWorkTables(engine, operation);
  }

  /**
   * Whether the file lies here. With a control plane of several servers it may be another's; with one of our own it
   * is lost, which happens when the machine stops between the upload and its answer.
   */
  async #isHere(record: ImportRecord): Promise<boolean> {
    try {
      if (!(await this.#readsKeptRows(record))) await access(this.#path(record));
      return true;
    } catch (cause) {
      if (this.#options.store.dialect === "sqlite") {
        await this.#end(record, new PeregrineError("uploadLost", { cause }));
        await this.#tell(record.id);
      }
      return false;
    }
  }

  async #readsKeptRows({ againOf }: ImportRecord): Promise<boolean> {
    return againOf !== null && (await this.#options.store.imports.get(againOf))?.state === "published";
  }

  /** Runs one import to its end; false when it has to be tried again later, and with it all after it. */
  async #run(record: ImportRecord, held: HeldLease): Promise<boolean> {
    const { engine, store, clock, log } = this.#options;
    try {
      await store.imports.update(record.id, { state: "running", startedAt: clock.now() });
      const result = await runImport({
        engine,
        store,
        lease: held.lease,
        record,
        path: this.#path(record),
        now: () => clock.now(),
        onProgress: this.#progress(record.id),
        stretchRows: this.#options.stretchRows,
        signal: held.signal,
      });
      log.info({ import: record.id, dataflow: record.dataflowId, ...result }, `import ${result.state}`);
    } catch (error) {
      // Without the lease another server may have cleared away what was worked with: the failure says nothing.
      if (this.#mayRunAgain(record, error) || !(await held.check())) {
        log.warn({ import: record.id, err: error }, "import was cut off; it will be run again");
        return false;
      }
      await this.#end(record, error);
    }
    if (record.segment === null) await this.#options.spool.keepUpTo(record.id, await keptFiles(store, clock));
    await this.#tell(record.id);
    return true;
  }

  #path({ id, segment }: ImportRecord): string {
    return segment === null ? this.#options.spool.path(id) : join(this.#options.streamFolder, segment);
  }

  #mayRunAgain(record: ImportRecord, error: unknown): boolean {
    if (!(error instanceof PeregrineError) || !RUN_AGAIN.has(error.code)) return false;
    if (error.code !== "engineRestarted") return true;
    const restarts = (this.#restarts.get(record.id) ?? 0) + 1;
    this.#restarts.set(record.id, restarts);
    return restarts < MOST_RESTARTS;
  }

  async #tell(id: number): Promise<void> {
    const { onEnded, store } = this.#options;
    const ended = onEnded && (await store.imports.get(id));
    if (ended !== undefined) await onEnded?.(ended);
  }

  /** Writes down why an import came to nothing. */
  async #end(record: ImportRecord, error: unknown): Promise<void> {
    const { clock, log, store } = this.#options;
    const failure = error instanceof PeregrineError ? error : undefined;
    log.warn({ import: record.id, err: error }, "import came to nothing");
    await store.imports.update(record.id, {
      state: failure?.actor === "user" ? "refused" : "failed",
      error: {
        code: failure?.code ?? "internal",
        detail: failure?.detail ?? "Something went wrong inside Peregrine; the server's log says what.",
        faults: failure?.faults ?? [],
      },
      progress: null,
      finishedAt: clock.now(),
    });
  }

  #progress(id: number): (progress: StoredProgress) => void {
    let last = 0;
    return (progress) => {
      const now = performance.now();
      if (now - last < PROGRESS_MS) return;
      last = now;
      this.#options.store.imports.update(id, { progress }).catch((error: unknown) => {
        this.#options.log.warn({ import: id, err: error }, "an import's progress could not be noted");
      });
    };
  }
}
