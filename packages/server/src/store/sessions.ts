import { createHash } from "node:crypto";
import type { Clock } from "@peregrine/core";
import type { Kysely } from "kysely";
import type { Database } from "./database.ts";

/** What is kept of a session; its id is known to the browser alone, here stands its SHA-256. */
interface StoredSession {
  /** JSON, as the session library wants it back. */
  readonly data: string;
  /** Milliseconds UTC. */
  readonly expiresAt: number;
  readonly userId: string | null;
}

/** Sessions of people who are signed in. */
export class Sessions {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Writes a session, and takes the occasion to forget those that are over. */
  async put(id: string, { data, expiresAt, userId }: StoredSession): Promise<void> {
    const row = { data, expires_at: expiresAt, user_id: userId };
    await this.#db.deleteFrom("user_session").where("expires_at", "<=", this.#clock.now()).execute();
    await this.#db
      .insertInto("user_session")
      .values({ hash: digest(id), ...row })
      .onConflict((conflict) => conflict.column("hash").doUpdateSet(row))
      .execute();
  }

  /** The data of a session that is not over. */
  async get(id: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom("user_session")
      .select("data")
      .where("hash", "=", digest(id))
      .where("expires_at", ">", this.#clock.now())
      .executeTakeFirst();
    return row?.data;
  }

  async delete(id: string): Promise<void> {
    await this.#db.deleteFrom("user_session").where("hash", "=", digest(id)).execute();
  }

  /** Ends all sessions of a user, but the one that is named. */
  async deleteOf(userId: string, exceptId?: string): Promise<void> {
    await this.#db
      .deleteFrom("user_session")
      .where("user_id", "=", userId)
      .$if(exceptId !== undefined, (query) => query.where("hash", "<>", digest(exceptId ?? "")))
      .execute();
  }
}

function digest(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}
