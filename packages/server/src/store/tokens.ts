import { createHash, timingSafeEqual } from "node:crypto";
import { type Clock, PeregrineError } from "@peregrine/core";
import type { Kysely, Transaction } from "kysely";
import type { Database } from "./database.ts";
import type { Random } from "./secrets.ts";

/** What the bearer of a token may do; each role includes the ones before it. */
export type TokenRole = "viewer" | "editor" | "admin";

/** A token as lists show it; the token itself is told once, when it is made. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly role: TokenRole;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

const PREFIX = "pgt_";
/** The last use is written down at most so often: it is not worth a write for every request. */
const LAST_USED_STEP_MS = 60_000;
/** Crockford's base 32: no letter that looks like a digit. */
const CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Tokens of the API and the set-up code. Of both only SHA-256 is kept: they are random, so that is enough. */
export class Tokens {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(db: Kysely<Database>, clock: Clock, random: Random) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
  }

  with(transaction: Kysely<Database>): Tokens {
    return new Tokens(transaction, this.#clock, this.#random);
  }

  /** A new token; `token` is what its bearer shows and is not kept. */
  async create(name: string, role: TokenRole): Promise<TokenRecord & { readonly token: string }> {
    const token = PREFIX + this.#random(32).toString("base64url");
    const id = this.#random(6).toString("hex");
    const createdAt = this.#clock.now();
    await this.#db
      .insertInto("token")
      .values({ id, name, role, hash: digest(token), created_at: createdAt })
      .execute();
    return { id, name, role, createdAt, lastUsedAt: null, revokedAt: null, token };
  }

  /** Who shows this token; `undefined` for one that is unknown or revoked. */
  async verify(token: string): Promise<{ id: string; name: string; role: TokenRole } | undefined> {
    const hash = digest(token);
    const row = await this.#db
      .selectFrom("token")
      .selectAll()
      .where("hash", "=", hash)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    if (row === undefined || !equal(row.hash, hash)) return undefined;
    const now = this.#clock.now();
    if (row.last_used_at === null || now - row.last_used_at >= LAST_USED_STEP_MS) {
      await this.#db.updateTable("token").set({ last_used_at: now }).where("id", "=", row.id).execute();
    }
    return { id: row.id, name: row.name, role: row.role };
  }

  /** All tokens, oldest first. */
  async list(): Promise<TokenRecord[]> {
    const rows = await this.#db.selectFrom("token").selectAll().orderBy("created_at").orderBy("id").execute();
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      role: row.role,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      revokedAt: row.revoked_at,
    }));
  }

  /** From now on the token opens nothing. `false` when there is no such live token. */
  async revoke(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("token")
      .set({ revoked_at: this.#clock.now() })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /**
   * Sees to it that there is a set-up code.
   *
   * @param given the operator's own code. It takes the place of one that was not used, and after one was used
   *   it opens again: for who has lost every token. The same code never opens twice.
   * @returns the code that was made now and must be shown, for it is not kept; else `undefined`
   */
  async ensureSetupCode(given?: string): Promise<string | undefined> {
    const code = given ?? this.#newCode();
    const row = { singleton: 1, hash: digest(plain(code)), created_at: this.#clock.now(), used_at: null };
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto("setup_code")
      .values(row)
      .onConflict((conflict) =>
        given === undefined
          ? conflict.doNothing()
          : conflict.column("singleton").doUpdateSet(row).where("setup_code.hash", "<>", row.hash),
      )
      .executeTakeFirst();
    return given === undefined && numInsertedOrUpdatedRows === 1n ? code : undefined;
  }

  /** Whether nobody has used the set-up code yet, nor has any token or password: only its holder can come in. */
  async awaitsSetup(): Promise<boolean> {
    const unused = await this.#db
      .selectFrom("setup_code")
      .select("singleton")
      .where("used_at", "is", null)
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom("token").select("id"))))
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom("user_account").select("id"))))
      .executeTakeFirst();
    return unused !== undefined;
  }

  /**
   * Uses up the set-up code for the first administrator's token.
   *
   * @throws PeregrineError `setupCodeWrong`
   */
  async useSetupCode(code: string, name: string): Promise<TokenRecord & { readonly token: string }> {
    return this.spendSetupCode(code, (transaction) => this.with(transaction).create(name, "admin"));
  }

  /**
   * Uses up the set-up code for whatever `work` makes; when that fails the code is as good as before.
   *
   * @throws PeregrineError `setupCodeWrong`, and whatever `work` throws
   */
  async spendSetupCode<Made>(
    code: string,
    work: (transaction: Transaction<Database>) => Promise<Made>,
  ): Promise<Made> {
    return this.#db.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable("setup_code")
        .set({ used_at: this.#clock.now() })
        .where("used_at", "is", null)
        .returning("hash")
        .executeTakeFirst();
      if (row === undefined || !equal(row.hash, digest(plain(code))))
        throw new PeregrineError("setupCodeWrong");
      return work(trx);
    });
  }

  /** 80 bits, in groups that can be typed. */
  #newCode(): string {
    const letters = Array.from(this.#random(16), (byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length]);
    return letters.join("").replace(/(.{4})(?=.)/g, "$1-");
  }
}

/** A code may be typed in small letters and without its hyphens. */
function plain(code: string): string {
  return code.replace(/[\s-]/g, "").toUpperCase();
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function equal(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one, "hex"), Buffer.from(other, "hex"));
}
