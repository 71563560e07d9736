import { type Clock, notFound, PeregrineError } from "@peregrine/core";
import { type Engine, published } from "../engine/index.ts";
import { type ImportRecord, type ImportSource, Keyset, type Page, type Store } from "../store/index.ts";
import { refuseReplaced } from "./earlier-imports.ts";
import { ImportQueue } from "./import-queue.ts";
import type { IngestLog } from "./ingest-log.ts";
import { type LatestRows, latestRows } from "./latest-rows.ts";
import { pausedDataflows } from "./paused-dataflows.ts";
import { Spool } from "./spool.ts";

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

const UNDER_WAY = new Set<ImportRecord["state"]>(["queued", "running"]);

/** Takes files in, one after the other, in the order in which they came. */
export class IngestService {
  readonly #options: IngestOptions;
  readonly #spool: Spool;
  readonly #queue: ImportQueue;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#spool = options.spool ?? new Spool(options.folder);
    this.#queue = new ImportQueue({ ...options, spool: this.#spool });
  }

  /** Begins to work: first what a server that died has left, then what comes. */
  start(): Promise<void> {
    return this.#queue.start();
  }

  /** Stops; an import that is under way is abandoned and begins anew at the next start. */
  close(): Promise<void> {
    return this.#queue.close();
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
    const record = await this.#queue.add(
      { dataflowId, dataflowNumber: dataflow.number, fileName, sentBy: by, ...file },
      (id) => this.#spool.assign(file, id),
    );
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
    const record = await this.#queue.add(again, async (next) => {
      if (state !== "published") await this.#spool.share(id, next);
    });
    return this.#view(record);
  }

  /** The first rows of the latest import of a dataflow that has kept some; undefined where none has. */
  latestRows(dataflowId: string): Promise<LatestRows | undefined> {
    return latestRows(this.#options, dataflowId);
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

  /** Looks for imports that can be run now: others may have queued some, a dataflow may have been resumed or have gone. */
  wake(): void {
    this.#queue.wake();
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

  /**
   * The refused rows page by page, in the order of the file.
   *
   * @throws PeregrineError `notFound`, `cursorInvalid`
   */
  async refusedPage(
    id: number,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page<RefusedRow>> {
    await this.get(id);
    const { engine, store } = this.#options;
    const seen = published(await store.operations.snapshot());
    const keys = new Keyset(`refused ${id}`, ["number", "string", "string"]);
    const [line, column, reason] = keys.after(cursor) ?? [0, "", ""];
    const rows = await engine.query<RefusedRow>(
      `SELECT line, \`column\`, reason, raw FROM refused_row
      WHERE import = {import:UInt32} AND ${seen.sql}
        AND (line, \`column\`, reason) > ({line:UInt32}, {column:String}, {reason:String})
      ORDER BY line, \`column\`, reason LIMIT {most:UInt32}`,
      { ...seen.parameters, import: id, line, column, reason, most: limit + 1 },
    );
    return keys.page(rows, limit, (row) => [row.line, row.column, row.reason]);
  }

  async #view(record: ImportRecord): Promise<ImportView> {
    const { definition: _, segment: __, ...rest } = record;
    const { store } = this.#options;
    const { imports } = store;
    const shown = {
      ...rest,
      held:
        record.state === "queued" && (await pausedDataflows(store.definitions)).has(record.dataflowId)
          ? ("paused" as const)
          : null,
      replacedBy: record.state === "published" ? ((await imports.replacedBy(record.id))?.id ?? null) : null,
    };
    if (record.state !== "unchanged") return { ...shown, repeats: null };
    const earlier = await imports.publishedWith(record.dataflowNumber, record.sha256);
    return { ...shown, repeats: earlier !== undefined && earlier.id < record.id ? earlier.id : null };
  }
}
