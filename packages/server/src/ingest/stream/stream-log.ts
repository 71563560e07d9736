import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, notFound, PeregrineError } from "@peregrine/core";
import type { ImportRecord, Store } from "../../store/index.ts";
import type { IngestLog } from "../ingest-log.ts";
import { arrayElements } from "../json/index.ts";
import { CADENCE, type Cadence } from "./cadence.ts";
import { Lane, type SealedSegment } from "./lane.ts";
import { recoverSegments } from "./leftovers.ts";
import { type Delivery, deliveryLine, type LaneKey, linesOf, readDelivery } from "./segment.ts";

export interface StreamLogOptions {
  readonly store: Store;
  /** Where segments lie; of this server alone. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: IngestLog;
  /** So many bytes may wait to be imported. */
  readonly mostWaiting: number;
  /** Called when a segment has become an import. */
  readonly onImport: () => void;
  readonly cadence?: Cadence;
}

/** The latest rows that came as drafts. */
export interface DraftRows {
  /** JSON objects as they were sent, in the order in which they came. */
  readonly rows: readonly string[];
}

const RETRY_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const SWEEP_MS = 10 * 60 * 1000;
const DRAFT_ROWS = 1_000;
const DRAFT_BYTES = 4 * 1024 * 1024;
/** Idempotency keys are known for so long. */
export const REPEATS_MS = DAY_MS;

/**
 * What came as streams and has no import yet. Rows that were acknowledged are in an open segment, in a sealed one, or
 * in an import that names its segment; a start looks through all three, so a kill at any moment loses none.
 */
export class StreamLog {
  readonly #options: StreamLogOptions;
  readonly #lanes = new Map<string, Lane>();
  /** Segments whose import has not ended, by their names. */
  readonly #sealed = new Map<string, Pick<SealedSegment, "size" | "lane">>();
  /** Bytes that are on their way into a segment. */
  #coming = 0;
  /** The number of the latest segment. */
  #sequence = 0;
  #unrecorded: SealedSegment[] = [];
  #recording: Promise<void> | undefined;
  /** Idempotency keys of deliveries that the control plane does not know yet. */
  readonly #repeats = new Map<string, Delivery["repeat"]>();
  readonly #touched = new Map<string, number>();
  #sweeper: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: StreamLogOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier process has left. To be called before anything is taken. */
  async start(): Promise<void> {
    const { folder, store, log } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      this.#sequence = Math.max(this.#sequence, Number.parseInt(name, 10) || 0);
    }
    const { sealed, snapshots } = await recoverSegments(folder);
    const imports = await store.imports.ofSegments(sealed.map(({ name }) => name));
    const byName = new Map(imports.map((record) => [record.segment, record]));
    for (const segment of sealed) {
      const record = byName.get(segment.name);
      if (record !== undefined && record.finishedAt !== null && record.state !== "failed") {
        await this.#retire(record, segment.name);
        continue;
      }
      this.#sealed.set(segment.name, segment);
      this.#lane(segment.lane).began();
      for (const repeat of segment.repeats) this.#repeats.set(repeat.key, repeat);
      if (record === undefined) this.#unrecorded.push(segment);
      else if (record.state === "failed") await store.imports.queueAgain(record.id);
    }
    for (const { lane, open, touchedAt } of snapshots) {
      this.#lanes.set(laneName(lane), new Lane(lane, this.#laneOptions(), open));
      this.#touched.set(laneName(lane), touchedAt);
      for (const repeat of open.repeats) this.#repeats.set(repeat.key, repeat);
    }
    if (sealed.length > 0) log.info({ segments: sealed.length }, "took up rows of streams");
    this.#record();
    await this.#sweep();
    this.#sweeper = setInterval(() => void this.#sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Ends writing. What is not imported yet is taken up by the next start. */
  async close(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweeper);
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
    await this.#recording;
  }

  /** Bytes that wait to be imported. */
  get waiting(): number {
    const open = [...this.#lanes.values()].map(({ openBytes }) => openBytes);
    const sealed = [...this.#sealed.values()].map(({ size }) => size);
    return [...sealed, ...open].reduce((sum, size) => sum + size, this.#coming);
  }

  /** @throws PeregrineError `streamBusy` */
  refuseBeyond(bytes: number): void {
    const { mostWaiting } = this.#options;
    if (this.waiting + bytes <= mostWaiting) return;
    throw new PeregrineError("streamBusy", {
      detail: `${Math.round(this.waiting / 1024 ** 2)} MiB of rows wait to be imported; the most is ${mostWaiting / 1024 ** 2} MiB.`,
      retryAfter: 10,
    });
  }

  /**
   * Takes a delivery; it is on the disk when this returns.
   *
   * @throws PeregrineError `streamBusy`, `diskFull`; of a snapshot also `notFound`
   */
  async append(key: LaneKey, delivery: Delivery): Promise<void> {
    const line = deliveryLine(delivery);
    this.refuseBeyond(line.length);
    const lane = key.snapshot === null ? this.#lane(key) : this.#snapshot(key);
    this.#coming += line.length;
    try {
      await lane.append({ line, rows: delivery.rows, repeat: delivery.repeat });
    } finally {
      this.#coming -= line.length;
    }
    if (key.snapshot !== null) this.#touched.set(laneName(key), this.#options.clock.now());
    if (delivery.repeat !== null) this.#repeats.set(delivery.repeat.key, delivery.repeat);
  }

  /** The delivery of an idempotency key, if it is known here. */
  repeat(key: string): Delivery["repeat"] | undefined {
    return this.#repeats.get(key);
  }

  async openSnapshot(key: LaneKey): Promise<void> {
    const lane = this.#lane(key);
    this.#touched.set(laneName(key), this.#options.clock.now());
    await lane.begin();
  }

  /** @throws PeregrineError `notFound`, `snapshotIncomplete` */
  async completeSnapshot(key: LaneKey, expected: number | undefined): Promise<number> {
    const rows = await this.#snapshot(key).complete(expected);
    this.#touched.delete(laneName(key));
    return rows;
  }

  /** @throws PeregrineError `notFound` */
  async dropSnapshot(key: LaneKey): Promise<void> {
    await this.#drop(laneName(key), this.#snapshot(key));
  }

  /** An import has ended: its segment may go. */
  async ended(record: ImportRecord): Promise<void> {
    const { segment } = record;
    const sealed = segment === null ? undefined : this.#sealed.get(segment);
    if (segment === null || sealed === undefined) return;
    this.#sealed.delete(segment);
    const name = laneName(sealed.lane);
    this.#lanes.get(name)?.finished();
    // A stream's lane stays: it knows when it made its last import.
    if (record.source === "snapshot") this.#lanes.delete(name);
    if (record.state === "failed") {
      this.#options.log.error(
        { import: record.id, segment },
        "rows of a stream could not be imported; they are kept, and the next start tries again",
      );
      return;
    }
    await this.#retire(record, segment);
  }

  /** The latest rows that came as drafts for a dataflow: at most 1,000, and 4 MiB. */
  async drafts(dataflowNumber: number): Promise<DraftRows> {
    const found: string[] = [];
    let bytes = 0;
    for (const name of (await this.#draftFiles(dataflowNumber)).reverse()) {
      for (const row of (await this.#latestRows(name)).reverse()) {
        bytes += row.length;
        if (found.length === DRAFT_ROWS || bytes > DRAFT_BYTES) return { rows: found.reverse() };
        found.push(row);
      }
    }
    return { rows: found.reverse() };
  }

  /** The last rows of a segment, whose name may have got another ending by now. */
  async #latestRows(name: string): Promise<string[]> {
    const stem = name.slice(0, name.lastIndexOf("."));
    for (const ending of ["open", "sealed", "kept"]) {
      try {
        const rows: string[] = [];
        let isHeader = true;
        for await (const { content } of linesOf(join(this.#options.folder, `${stem}.${ending}`))) {
          if (!isHeader) {
            for (const row of arrayElements(readDelivery(content).json)) rows.push(row.toString("utf8"));
          }
          isHeader = false;
          if (rows.length > 2 * DRAFT_ROWS) rows.splice(0, rows.length - DRAFT_ROWS);
        }
        return rows;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      }
    }
    return []; // Later ones have taken its place.
  }

  #lane(key: LaneKey): Lane {
    const name = laneName(key);
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane = new Lane(key, this.#laneOptions());
    this.#lanes.set(name, lane);
    return lane;
  }

  #snapshot(key: LaneKey): Lane {
    const lane = this.#lanes.get(laneName(key));
    if (lane !== undefined && this.#touched.has(laneName(key))) return lane;
    throw notFound("snapshot", `There is no open snapshot ${key.snapshot} of this stream on this server.`);
  }

  #laneOptions() {
    const { folder, cadence = CADENCE, log } = this.#options;
    return {
      folder,
      cadence,
      elapsed: () => performance.now(),
      newName: (key: LaneKey) =>
        `${String(++this.#sequence).padStart(12, "0")}-${laneName(key)}-${randomBytes(6).toString("hex")}`,
      onSealed: (segment: SealedSegment) => this.#onSealed(segment),
      onTrouble: (error: unknown) =>
        log.warn({ err: error }, "rows of a stream could not be sealed; trying again"),
    };
  }

  #onSealed(segment: SealedSegment): void {
    this.#sealed.set(segment.name, segment);
    this.#unrecorded.push(segment);
    this.#record();
  }

  /** Gives sealed segments their imports, in order. */
  #record(): void {
    this.#recording ??= this.#recordAll().finally(() => {
      this.#recording = undefined;
      if (this.#unrecorded.length > 0 && !this.#stopped) this.#record();
    });
  }

  async #recordAll(): Promise<void> {
    for (let next = this.#unrecorded[0]; next !== undefined; next = this.#unrecorded[0]) {
      try {
        await this.#recordOne(next);
      } catch (error) {
        if (this.#stopped) return;
        this.#options.log.warn(
          { err: error, segment: next.name },
          "a segment has no import yet; trying again",
        );
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        continue;
      }
      this.#unrecorded.shift();
      for (const { key } of next.repeats) this.#repeats.delete(key);
      this.#options.onImport();
    }
  }

  /** Twice is as good as once: an answer may be lost after the transaction was committed. */
  async #recordOne({ name, lane, size, sha256, repeats }: SealedSegment): Promise<void> {
    const { store, clock } = this.#options;
    const { dataflowId, dataflowNumber, source } = lane;
    await store.db.transaction().execute(async (trx) => {
      const imports = store.imports.with(trx);
      const [known] = await imports.ofSegments([name]);
      if (known !== undefined) return;
      const fileName = snapshotName(lane);
      await imports.create({ dataflowId, dataflowNumber, source, segment: name, fileName, sha256, size });
      await store.streamRepeats.with(trx).add(repeats, clock.now());
    });
  }

  /** What is left of a segment when its import has ended: of drafts the latest, for who sets the dataflow up. */
  async #retire({ source, dataflowNumber }: ImportRecord, segment: string): Promise<void> {
    const { folder } = this.#options;
    const path = join(folder, segment);
    if (source !== "draft") {
      await rm(path, { force: true });
      return;
    }
    await rename(path, path.replace(/\.sealed$/, ".kept"));
    const kept = (await this.#draftFiles(dataflowNumber)).filter((name) => name.endsWith(".kept")).reverse();
    let bytes = 0;
    for (const [at, name] of kept.entries()) {
      if (at >= DRAFT_ROWS || bytes > DRAFT_BYTES) await rm(join(folder, name), { force: true });
      else bytes += (await stat(join(folder, name))).size;
    }
  }

  /** Oldest first. */
  async #draftFiles(dataflowNumber: number): Promise<string[]> {
    const names = await readdir(this.#options.folder);
    return names.filter((name) => name.includes(`-${dataflowNumber}-draft-`)).sort();
  }

  /** Drops snapshots that nobody touched for a day, and forgets old idempotency keys. */
  async #sweep(): Promise<void> {
    const { clock, log, store } = this.#options;
    const before = clock.now() - DAY_MS;
    try {
      for (const [name, touchedAt] of this.#touched) {
        const lane = this.#lanes.get(name);
        if (touchedAt >= before || lane === undefined) continue;
        const { dataflowId, snapshot } = lane.key;
        log.warn(
          { dataflow: dataflowId, snapshot, rows: lane.rows },
          "dropped a snapshot that nobody touched for a day",
        );
        await this.#drop(name, lane);
      }
      await store.streamRepeats.forgetBefore(clock.now() - REPEATS_MS);
    } catch (error) {
      log.warn({ err: error }, "old snapshots and keys could not be cleared away");
    }
  }

  async #drop(name: string, lane: Lane): Promise<void> {
    this.#touched.delete(name);
    await lane.drop();
    this.#lanes.delete(name);
  }
}

/** Letters, digits and hyphens: part of a file's name. */
function laneName({ dataflowNumber, source, snapshot }: LaneKey): string {
  return `${dataflowNumber}-${source}${snapshot === null ? "" : `-${snapshot}`}`;
}

/** What an import is called, for people. */
export function snapshotName({ source, snapshot }: LaneKey): string {
  return snapshot === null ? source : `snapshot ${snapshot}`;
}
