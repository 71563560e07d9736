import { createHash } from "node:crypto";
import { type Clock, PeregrineError } from "@peregrine/core";
import type { Kysely, Selectable } from "kysely";
import type { Database } from "./database.ts";
import type { Random } from "./secrets.ts";

/** A stream id as lists show it; what opens the stream is told once, when it is made. */
export interface StreamIdRecord {
  /** The first letters of its hash: enough to tell one from another, and of no use to anybody. */
  readonly id: string;
  readonly dataflowId: string;
  readonly dataflowNumber: number;
  readonly name: string;
  /** Made here, or brought from another system by the dataflow's definition. */
  readonly origin: "made" | "given";
  readonly createdAt: number;
  /** To the minute. */
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

const PREFIX = "pgs_";
const LAST_USED_STEP_MS = 60_000;
const ID_LENGTH = 16;

/** The lower-case hex SHA-256 of a stream id: all that is kept of it. */
export function streamIdHash(streamId: string): string {
  return createHash("sha256").update(streamId).digest("hex");
}

/** What opens streams. Only hashes are kept. */
export class StreamIds {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(db: Kysely<Database>, clock: Clock, random: Random) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
  }

  with(transaction: Kysely<Database>): StreamIds {
    return new StreamIds(transaction, this.#clock, this.#random);
  }

  /** A new one; `streamId` is what its sender shows and is not kept. */
  async create(
    dataflow: { readonly id: string; readonly number: number },
    name: string,
  ): Promise<StreamIdRecord & { readonly streamId: string }> {
    const streamId = PREFIX + this.#random(32).toString("base64url");
    const row = {
      id: streamIdHash(streamId).slice(0, ID_LENGTH),
      dataflow_id: dataflow.id,
      dataflow_number: dataflow.number,
      name,
      origin: "made" as const,
      hash: streamIdHash(streamId),
      created_at: this.#clock.now(),
    };
    const made = await this.#db.insertInto("stream_id").values(row).returningAll().executeTakeFirstOrThrow();
    return { ...recordOf(made), streamId };
  }

  /**
   * Takes an id that another system made, by its hash, in the place of the one that the dataflow was given before.
   *
   * @throws PeregrineError `streamIdTaken`
   */
  async give(dataflow: { readonly id: string; readonly number: number }, hash: string): Promise<void> {
    const now = this.#clock.now();
    const holder = await this.#db
      .selectFrom("stream_id")
      .selectAll()
      .where("hash", "=", hash)
      .executeTakeFirst();
    if (holder !== undefined && holder.dataflow_number !== dataflow.number && holder.revoked_at === null) {
      throw new PeregrineError("streamIdTaken", {
        detail: `The stream id of \`${dataflow.id}\` belongs to the dataflow \`${holder.dataflow_id}\` already.`,
        faults: [{ path: "/streamId", message: `is the stream id of \`${holder.dataflow_id}\`` }],
      });
    }
    await this.#db
      .updateTable("stream_id")
      .set({ revoked_at: now })
      .where("dataflow_number", "=", dataflow.number)
      .where("origin", "=", "given")
      .where("hash", "<>", hash)
      .where("revoked_at", "is", null)
      .execute();
    const row = {
      id: hash.slice(0, ID_LENGTH),
      dataflow_id: dataflow.id,
      dataflow_number: dataflow.number,
      name: "given",
      origin: "given" as const,
      hash,
      created_at: now,
      revoked_at: null,
    };
    await this.#db
      .insertInto("stream_id")
      .values(row)
      .onConflict((conflict) => conflict.column("hash").doUpdateSet(row))
      .execute();
  }

  /** The hash of the id that a dataflow was given last, also when it was revoked since. */
  async given(dataflowNumber: number): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom("stream_id")
      .select("hash")
      .where("dataflow_number", "=", dataflowNumber)
      .where("origin", "=", "given")
      .orderBy("created_at", "desc")
      .executeTakeFirst();
    return row?.hash;
  }

  /** What a stream id opens; `undefined` for one that is unknown or revoked. */
  async verify(
    streamId: string,
  ): Promise<
    { readonly id: string; readonly dataflowId: string; readonly dataflowNumber: number } | undefined
  > {
    const row = await this.#db
      .selectFrom("stream_id")
      .select(["id", "dataflow_id", "dataflow_number", "last_used_at"])
      .where("hash", "=", streamIdHash(streamId))
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const now = this.#clock.now();
    if (row.last_used_at === null || now - row.last_used_at >= LAST_USED_STEP_MS) {
      await this.#db.updateTable("stream_id").set({ last_used_at: now }).where("id", "=", row.id).execute();
    }
    return { id: row.id, dataflowId: row.dataflow_id, dataflowNumber: row.dataflow_number };
  }

  /** Oldest first. */
  async list(dataflowId?: string): Promise<StreamIdRecord[]> {
    const rows = await this.#db
      .selectFrom("stream_id")
      .selectAll()
      .$if(dataflowId !== undefined, (query) => query.where("dataflow_id", "=", dataflowId ?? ""))
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    return rows.map(recordOf);
  }

  /** From now on it opens nothing. `false` when there is no such live one. */
  async revoke(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("stream_id")
      .set({ revoked_at: this.#clock.now() })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** The same for all of a dataflow. */
  async revokeOf(dataflowNumber: number): Promise<void> {
    await this.#db
      .updateTable("stream_id")
      .set({ revoked_at: this.#clock.now() })
      .where("dataflow_number", "=", dataflowNumber)
      .where("revoked_at", "is", null)
      .execute();
  }
}

function recordOf(row: Selectable<Database["stream_id"]>): StreamIdRecord {
  return {
    id: row.id,
    dataflowId: row.dataflow_id,
    dataflowNumber: row.dataflow_number,
    name: row.name,
    origin: row.origin,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
