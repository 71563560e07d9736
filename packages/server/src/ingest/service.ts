import { access } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, type ErrorCode, notFound, PeregrineError } from "@peregrine/core";
import { type Engine, published } from "../engine/index.ts";
import type { ImportRecord, ImportSource, Page, Store, StoredProgress } from "../store/index.ts";
import { HeldLease } from "./held-lease.ts";
import { refuseReplaced, runImport } from "./import-job.ts";
import type { IngestLog } from "./ingest-log.ts";
import { Spool } from "./spool.ts";
import { dropWorkTables, operationsWithTables } from "./tables.ts";

export interface IngestOptions {
  readonly engine: Engine;
  readonly store: Store;
  /** Whether this server takes files in; the others only tell of imports. */
  readonly takesIn: boolean;
  /** Where uploads are kept until they are imported; of this server alone. */
  readonly folder: string;
  /** Where segments of streams are kept until they are imported; of this server alone. */
  readonly streamFolder: string;
  readonly clock: Clock;
  /** Names this server among those that share the control plane. */
  readonly holder: string;
  readonly log: IngestLog;
  /** Called when an import has ended, whatever its state; when it was published, audiences may have changed. */
  readonly onEnded?: (record: ImportRecord) => void | Promise<void>;
  readonly spool?: Spool;
  /** Rows that are given to their profiles at once; bounds memory and changes nothing else. */
  readonly stretchRows?: number;
}

/** An import as the API shows it. */
export interface ImportView extends Omit<ImportRecord, "definition" | "segment"> {
  /** Why a queued one is not begun: its dataflow is paused. */
  readonly held: "paused" | null;
  /** The import by which it was run again and replaced. */
  readonly replacedBy: number | null;
  /** For an `unchanged` one, the import that brought the same file. */
  readonly repeats: number | null;
}

/** A refused row, as it can be fetched. */
export interface RefusedRow {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
  readonly raw: string;
}

const RESOLVER = "resolver";
const LEASE_MS = 30_000;
/** How soon what could not be done is tried again: another server has the lease, or the engine is away. */
const RETRY_MS = 2_000;
const PROGRESS_MS = 500;

const UNDER_WAY = new Set<ImportRecord["state"]>(["queued", "running"]);
/** What came to nothing can be run again with a mapping that was mended; so long, and so much of it, is kept. */
const FILE_KEPT_OF = ["refused", "failed", "validated"] as const;
const FILE_KEPT_MS = 7 * 24 * 3_600_000;
const MOST_FILES_KEPT = 100;
const MOST_BYTES_KEPT = 2 * 1024 ** 3;

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

/** Takes files in, one after the other, in the order in which they came. */
export class IngestService {
  readonly #options: IngestOptions;
  readonly #spool: Spool;
  readonly #stop = new AbortController();
  /** Uploads between their record and their file's final name. */
  #arriving: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => {};
  /** How often the engine died under an import. */
  readonly #restarts = new Map<number, number>();
  #working: Promise<void> | undefined;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#spool = options.spool ?? new Spool(options.folder);
  }

  /** Begins to work: first what a server that died has left, then what comes. */
  async start(): Promise<void> {
    await this.#spool.removeAllBut(await this.#keptFiles());
    this.#working = this.#work();
  }

  /** Stops; an import that is under way is abandoned and begins anew at the next start. */
  async close(): Promise<void> {
    this.#stop.abort(new PeregrineError("leaseLost", { detail: "The server is stopping." }));
    this.#wake();
    await this.#working;
  }

  /**
   * Takes a file for a dataflow; it is on the disk and queued when this returns.
   *
   * @param fileName for people to recognise it by; never a name on the disk
   * @throws PeregrineError `uploadElsewhere`, `notFound`, `diskFull`, `uploadBroken`, `fileEmpty`
   */
  async upload(
    dataflowId: string,
    fileName: string,
    body: AsyncIterable<Uint8Array>,
    by: string | null = null,
  ): Promise<ImportView> {
    const { store, takesIn } = this.#options;
    // Its file would lie on this server's disk, where nobody who takes files in would ever see it.
    if (!takesIn) {
      throw new PeregrineError("uploadElsewhere", { detail: "This server runs without the role `ingest`." });
    }
    const dataflow = await store.definitions.get("dataflow", dataflowId);
    if (dataflow === undefined) {
      const known = (await store.definitions.list("dataflow")).map(({ id }) => id);
      throw notFound("dataflow", `There is no dataflow \`${dataflowId}\`.`, { asked: dataflowId, known });
    }
    const file = await this.#spool.take(body);
    if (file.size === 0) {
      await this.#spool.discard(file);
      throw new PeregrineError("fileEmpty", { detail: "The file is empty." });
    }
    const record = await this.#queue(
      { dataflowId, dataflowNumber: dataflow.number, fileName, sentBy: by, ...file },
      (id) => this.#spool.assign(file, id),
    );
    this.#wake();
    return this.#view(record);
  }

  /**
   * Takes the rows of an import in once more, by its dataflow's mapping of today. One that was published is replaced:
   * its kept rows are read, and what it brought stops to count at the moment at which they are published. Of one that
   * came to nothing the file is read.
   *
   * @throws PeregrineError `notFound`, `importUnderWay`, `importReplaced`, `uploadGone`, `uploadElsewhere`
   */
  async runAgain(id: number, by: string): Promise<ImportView> {
    const { store, takesIn } = this.#options;
    if (!takesIn) {
      throw new PeregrineError("uploadElsewhere", { detail: "This server runs without the role `ingest`." });
    }
    const earlier = await this.#record(id);
    const { dataflowId, dataflowNumber, fileName, sha256, size, source, cameAt, state } = earlier;
    if (UNDER_WAY.has(state))
      throw new PeregrineError("importUnderWay", { detail: `Import ${id} is ${state}.` });
    if ((await store.definitions.get("dataflow", dataflowId)) === undefined) {
      throw notFound("dataflow", `There is no dataflow \`${dataflowId}\` any more.`);
    }
    if (state === "published") await refuseReplaced(store, earlier);
    else if (!(await this.#spool.has(id))) {
      throw new PeregrineError("uploadGone", { detail: `The file of import ${id} (${fileName}) is gone.` });
    }
    const again = {
      dataflowId,
      dataflowNumber,
      fileName,
      sha256,
      size,
      source,
      cameAt,
      againOf: id,
      sentBy: by,
    };
    const record = await this.#queue(again, async (next) => {
      if (state !== "published") await this.#spool.share(id, next);
    });
    this.#wake();
    return this.#view(record);
  }

  /** Looks for imports that can be run now: a dataflow may have been resumed, or have gone. */
  lookAgain(): void {
    this.#wake();
  }

  /** @throws PeregrineError `notFound` */
  async get(id: number): Promise<ImportView> {
    return this.#view(await this.#record(id));
  }

  async #record(id: number): Promise<ImportRecord> {
    const record = await this.#options.store.imports.get(id);
    if (record === undefined) throw notFound("import", `There is no import ${id}.`);
    return record;
  }

  /** Newest first. */
  async list(options: {
    readonly dataflowId?: string | undefined;
    readonly source?: ImportSource | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  }): Promise<Page<ImportView>> {
    const page = await this.#options.store.imports.page(options);
    return { ...page, items: await Promise.all(page.items.map((record) => this.#view(record))) };
  }

  /** Looks for imports that others have queued. */
  wake(): void {
    this.#wake();
  }

  /** An import's refused rows by line, in blocks. */
  async *refusedRows(id: number): AsyncGenerator<RefusedRow[]> {
    await this.get(id);
    const { engine, store } = this.#options;
    const seen = published(await store.operations.snapshot());
    yield* engine.stream<RefusedRow>(
      `SELECT line, \`column\`, reason, raw FROM refused_row WHERE import = {import:UInt32} AND ${seen.sql} ORDER BY line`,
      { ...seen.parameters, import: id },
    );
  }

  /** @param place brings the file to where the import, by its number, looks for it */
  async #queue(
    of: Parameters<Store["imports"]["create"]>[0],
    place: (id: number) => Promise<void>,
  ): Promise<ImportRecord> {
    const queued = this.#arriving.then(async () => {
      const record = await this.#options.store.imports.create(of);
      await place(record.id);
      return record;
    });
    this.#arriving = queued.catch(() => {}); // The uploader hears of it; the next one may go on.
    return queued;
  }

  async #view(record: ImportRecord): Promise<ImportView> {
    const { definition: _, segment: __, ...rest } = record;
    const { imports } = this.#options.store;
    const shown = {
      ...rest,
      held:
        record.state === "queued" && (await this.#paused()).has(record.dataflowId)
          ? ("paused" as const)
          : null,
      replacedBy: record.state === "published" ? ((await imports.replacedBy(record.id))?.id ?? null) : null,
    };
    if (record.state !== "unchanged") return { ...shown, repeats: null };
    const earlier = await imports.publishedWith(record.dataflowNumber, record.sha256);
    return { ...shown, repeats: earlier !== undefined && earlier.id < record.id ? earlier.id : null };
  }

  /** Dataflows of which what comes is kept and not begun. */
  async #paused(): Promise<ReadonlySet<string>> {
    const dataflows = await this.#options.store.definitions.list("dataflow");
    return new Set(dataflows.filter(({ body }) => body.state === "paused").map(({ id }) => id));
  }

  /** What is queued or was cut off, without what waits for its dataflow to be resumed. */
  async #waiting(): Promise<ImportRecord[]> {
    const unfinished = await this.#options.store.imports.unfinished();
    const paused = unfinished.length === 0 ? new Set() : await this.#paused();
    return unfinished.filter(({ dataflowId }) => !paused.has(dataflowId));
  }

  /** Files that are still wanted: of imports that have not ended, and of the latest that came to nothing. */
  async #keptFiles(): Promise<number[]> {
    const { store, clock } = this.#options;
    const unfinished = await store.imports.unfinished();
    const ended = await store.imports.endedSince(FILE_KEPT_OF, clock.now() - FILE_KEPT_MS, MOST_FILES_KEPT);
    const room = { left: MOST_BYTES_KEPT };
    const kept = ended.filter(({ size, error }) => {
      // A full disk gets its room back; the file is sent again when there is some.
      if (error?.code === "diskFull") return false;
      room.left -= size;
      return room.left >= 0;
    });
    return [...unfinished, ...kept].map(({ id }) => id);
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
    const lease = await store.leases.acquire(RESOLVER, holder, LEASE_MS);
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
    if (record.segment === null) await this.#spool.keepUpTo(record.id, await this.#keptFiles());
    await this.#tell(record.id);
    return true;
  }

  #path({ id, segment }: ImportRecord): string {
    return segment === null ? this.#spool.path(id) : join(this.#options.streamFolder, segment);
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
