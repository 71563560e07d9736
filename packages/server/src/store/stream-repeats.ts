import type { Kysely } from "kysely";
import type { Database } from "./database.ts";

/** A delivery that was taken under an idempotency key. */
export interface StreamRepeat {
  /** A hash of the stream and the key. */
  readonly key: string;
  /** A hash of the body. */
  readonly body: string;
  readonly rows: number;
}

/** So many go in one statement: SQLite binds 32,766 values at most. */
const AT_ONCE = 5_000;

/** The idempotency keys of deliveries whose segment has its import. Those of younger ones stand in the segments. */
export class StreamRepeats {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  with(transaction: Kysely<Database>): StreamRepeats {
    return new StreamRepeats(transaction);
  }

  /** The delivery of this key, unless it came before `since` (ms UTC). */
  async get(key: string, since: number): Promise<StreamRepeat | undefined> {
    return this.#db
      .selectFrom("stream_repeat")
      .select(["key", "body", "rows"])
      .where("key", "=", key)
      .where("at", ">=", since)
      .executeTakeFirst();
  }

  async add(repeats: readonly StreamRepeat[], at: number): Promise<void> {
    for (let from = 0; from < repeats.length; from += AT_ONCE) {
      await this.#db
        .insertInto("stream_repeat")
        .values(repeats.slice(from, from + AT_ONCE).map(({ key, body, rows }) => ({ key, body, rows, at })))
        .onConflict((conflict) =>
          conflict.column("key").doUpdateSet((eb) => ({
            body: eb.ref("excluded.body"),
            rows: eb.ref("excluded.rows"),
            at: eb.ref("excluded.at"),
          })),
        )
        .execute();
    }
  }

  async forgetBefore(at: number): Promise<void> {
    await this.#db.deleteFrom("stream_repeat").where("at", "<", at).execute();
  }
}
