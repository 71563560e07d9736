import { createHash, randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { type Dataflow, notFound, PeregrineError } from "@peregrine/core";
import type { StreamIdRecord, StreamRepeat } from "../../store/index.ts";
import { BodyMemory, readBody, refuseTooLarge } from "./body.ts";
import { checkRows } from "./rows.ts";
import type { LaneKey } from "./segment.ts";
import { type DraftRows, REPEATS_MS, StreamLog, type StreamLogOptions, snapshotName } from "./stream-log.ts";

export interface StreamOptions extends StreamLogOptions {
  /** Whether this server takes rows in. */
  readonly takesIn: boolean;
  /** What addresses must carry; undefined: anything. */
  readonly accountId: string | undefined;
  /** The largest body, unpacked, in bytes. */
  readonly mostBody: number;
  readonly bodyTimes?: { readonly idle: number; readonly total: number };
}

/** What a stream id has opened. */
export interface OpenedStream {
  readonly dataflowId: string;
  readonly dataflowNumber: number;
}

export interface Delivered {
  /** Rows that were taken. */
  readonly rows: number;
  readonly draft: boolean;
  /** They were taken before, under the same idempotency key. */
  readonly repeated: boolean;
}

/** A body as it comes. */
export interface IncomingBody {
  readonly stream: Readable;
  readonly length: string | undefined;
  readonly gzip: boolean;
}

/** Whether a dataflow's rows are wanted. */
const TAKES_ROWS = { draft: false, active: true, paused: true } as const satisfies Record<
  Dataflow["state"],
  boolean
>;

/** All bodies that are on their way together, in bodies of the largest size: what they hold in memory. */
const BODIES_IN_MEMORY = 8;
const BODY_TIMES = { idle: 15_000, total: 120_000 };
const LONGEST_KEY = 255;

/** Rows that others send: who may, what is taken, and what it is answered. */
export class StreamService {
  readonly #options: StreamOptions;
  readonly #log: StreamLog;
  readonly #memory: BodyMemory;
  /** Deliveries under way that have an idempotency key. */
  readonly #underWay = new Map<string, Promise<Delivered>>();
  /** Deliveries wait for it: a server listens before it has taken up what it finds. */
  readonly #started: Promise<void>;
  #startedWith: (started: Promise<void>) => void = () => {};

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#log = new StreamLog(options);
    this.#memory = new BodyMemory(BODIES_IN_MEMORY * options.mostBody);
    this.#started = new Promise((resolve) => {
      this.#startedWith = resolve;
    });
    this.#started.catch(() => {}); // Told by `start`.
  }

  /** Takes up what an earlier process has left; deliveries wait for that. */
  async start(): Promise<void> {
    const started = this.#log.start();
    this.#startedWith(started);
    await started;
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  /** The log, for those who run its imports. */
  get log(): StreamLog {
    return this.#log;
  }

  /**
   * Lets a sender in.
   *
   * @throws PeregrineError `uploadElsewhere`, `notFound` (the account), `streamIdUnknown`
   */
  async enter(accountId: string, streamId: string | undefined): Promise<OpenedStream> {
    const { takesIn, store } = this.#options;
    if (!takesIn) {
      throw new PeregrineError("uploadElsewhere", { detail: "This server runs without the role `ingest`." });
    }
    if (this.#options.accountId !== undefined && this.#options.accountId !== accountId) {
      throw notFound("account", "The account id in the address is not that of this installation.");
    }
    if (streamId === undefined) {
      throw new PeregrineError("streamIdUnknown", { detail: "The request has no header `x-streamid`." });
    }
    const opened = await store.streamIds.verify(streamId);
    if (opened === undefined) throw new PeregrineError("streamIdUnknown");
    return opened;
  }

  /**
   * Takes rows: all of a body, or none. They are on the disk when this returns.
   *
   * @throws PeregrineError `streamNotActive`, `snapshotNeeded`, `notFound`, `rowsInvalid`, `bodyTooLarge`,
   *   `bodyTooSlow`, `streamBusy`, `repeatDiffers`, `diskFull`
   */
  async deliver(
    stream: OpenedStream,
    body: IncomingBody,
    options: {
      readonly draft: boolean;
      readonly snapshot: string | undefined;
      readonly key: string | undefined;
    },
  ): Promise<Delivered> {
    await this.#started;
    if (options.key !== undefined && (options.key === "" || options.key.length > LONGEST_KEY)) {
      throw new PeregrineError("requestInvalid", {
        detail: `The header \`Idempotency-Key\` has 1 to ${LONGEST_KEY} characters.`,
        faults: [{ path: "/headers/idempotency-key", message: `has ${options.key.length} characters` }],
      });
    }
    const lane = await this.#laneFor(stream, options);
    const { mostBody, bodyTimes = BODY_TIMES } = this.#options;
    refuseTooLarge(body.length, mostBody);
    this.#log.refuseBeyond(Number(body.length ?? 0));
    const bytes = await readBody(body.stream, {
      memory: this.#memory,
      limits: { bytes: mostBody, ...bodyTimes },
      gzip: body.gzip,
    });
    try {
      const { rows, json } = checkRows(bytes);
      const answer = { rows, draft: options.draft, repeated: false };
      if (options.key === undefined) {
        if (rows > 0) await this.#log.append(lane, { rows, json, repeat: null });
        return answer;
      }
      const repeat = {
        key: hash(`${lane.dataflowNumber} ${lane.source} ${lane.snapshot} ${options.key}`),
        body: hash(json),
        rows,
      };
      return await this.#once(repeat, options.draft, async () => {
        if (rows > 0) await this.#log.append(lane, { rows, json, repeat });
        return answer;
      });
    } finally {
      this.#memory.release(bytes.length);
    }
  }

  /** Opens a snapshot and gives its id. @throws PeregrineError `streamNotActive`, `diskFull` */
  async openSnapshot(stream: OpenedStream): Promise<string> {
    await this.#started;
    await this.#refuseInactive(stream);
    const snapshot = randomUUID();
    await this.#log.openSnapshot({ ...stream, source: "snapshot", snapshot });
    return snapshot;
  }

  /**
   * Ends a snapshot: it becomes one import, and replaces what the dataflow brought before.
   *
   * @returns its rows; null when it was completed before
   * @throws PeregrineError `notFound`, `snapshotIncomplete`
   */
  async completeSnapshot(
    stream: OpenedStream,
    snapshot: string,
    expected: number | undefined,
  ): Promise<number | null> {
    await this.#started;
    const lane: LaneKey = { ...stream, source: "snapshot", snapshot };
    const { store } = this.#options;
    const known = await store.imports.called(stream.dataflowNumber, "snapshot", snapshotName(lane));
    if (known !== undefined) return null;
    return this.#log.completeSnapshot(lane, expected);
  }

  /** @throws PeregrineError `notFound` */
  async dropSnapshot(stream: OpenedStream, snapshot: string): Promise<void> {
    await this.#started;
    await this.#log.dropSnapshot({ ...stream, source: "snapshot", snapshot });
  }

  /**
   * The latest rows that came as drafts for a dataflow, of this server: what its set-up can show.
   *
   * @throws PeregrineError `notFound`
   */
  async draftRows(dataflowId: string): Promise<DraftRows> {
    return this.#log.drafts((await this.#dataflow(dataflowId)).number);
  }

  /** Where rows are sent to on this server; where no account id is set, any is taken. */
  get path(): string {
    return `/stream/${this.#options.accountId ?? "1"}`;
  }

  /** A new stream id, told this once. @throws PeregrineError `notFound` */
  async createId(dataflowId: string, name: string): Promise<StreamIdRecord & { readonly streamId: string }> {
    return this.#options.store.streamIds.create(await this.#dataflow(dataflowId), name);
  }

  async listIds(dataflowId: string | undefined): Promise<StreamIdRecord[]> {
    return this.#options.store.streamIds.list(dataflowId);
  }

  /** @throws PeregrineError `notFound` */
  async revokeId(id: string): Promise<void> {
    if (await this.#options.store.streamIds.revoke(id)) return;
    throw notFound("streamId", `There is no live stream id ${id}.`);
  }

  async #laneFor(
    stream: OpenedStream,
    { draft, snapshot }: { readonly draft: boolean; readonly snapshot: string | undefined },
  ): Promise<LaneKey> {
    if (draft && snapshot !== undefined) {
      throw new PeregrineError("requestInvalid", {
        detail: "A snapshot has no drafts: send either `x-isdraft: true` or `x-snapshot`.",
        faults: [{ path: "/headers/x-snapshot", message: "stands beside x-isdraft: true" }],
      });
    }
    if (draft) return { ...stream, source: "draft", snapshot: null };
    const { write } = await this.#refuseInactive(stream);
    if (snapshot !== undefined) return { ...stream, source: "snapshot", snapshot };
    if (write === "append") return { ...stream, source: "stream", snapshot: null };
    throw new PeregrineError("snapshotNeeded", {
      detail: `The dataflow \`${stream.dataflowId}\` overwrites: rows that belong to no snapshot would replace all others.`,
    });
  }

  async #refuseInactive(stream: OpenedStream): Promise<Dataflow> {
    const { body } = await this.#dataflow(stream.dataflowId);
    if (TAKES_ROWS[body.state]) return body;
    throw new PeregrineError("streamNotActive", {
      detail: `The dataflow \`${stream.dataflowId}\` is a draft.`,
    });
  }

  async #dataflow(
    id: string,
  ): Promise<{ readonly id: string; readonly number: number; readonly body: Dataflow }> {
    const { definitions } = this.#options.store;
    const found = await definitions.get("dataflow", id);
    if (found !== undefined) return { id, number: found.number, body: found.body };
    const known = (await definitions.list("dataflow")).map((one) => one.id);
    throw notFound("dataflow", `There is no dataflow \`${id}\`.`, { asked: id, known });
  }

  /** Takes a delivery unless one of its key was taken, here or before a restart, or is under way. */
  async #once(repeat: StreamRepeat, draft: boolean, take: () => Promise<Delivered>): Promise<Delivered> {
    // The same key twice at once: the second waits for what becomes of the first.
    for (let first = this.#underWay.get(repeat.key); first !== undefined; ) {
      await first.catch(() => {});
      first = this.#underWay.get(repeat.key);
    }
    const taken = (async () => {
      const { store, clock } = this.#options;
      const known =
        this.#log.repeat(repeat.key) ?? (await store.streamRepeats.get(repeat.key, clock.now() - REPEATS_MS));
      if (known === null || known === undefined) return take();
      if (known.body !== repeat.body) throw new PeregrineError("repeatDiffers");
      return { rows: known.rows, draft, repeated: true };
    })();
    this.#underWay.set(repeat.key, taken);
    try {
      return await taken;
    } finally {
      if (this.#underWay.get(repeat.key) === taken) this.#underWay.delete(repeat.key);
    }
  }
}

function hash(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
