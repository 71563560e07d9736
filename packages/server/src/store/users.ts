import type { Clock } from "@peregrine/core";
import type { Kysely, Selectable } from "kysely";
import type { Database } from "./database.ts";
import type { Random } from "./secrets.ts";
import type { TokenRole } from "./tokens.ts";

/** Somebody who signs in at the pages. Instants in ms UTC. */
export interface UserRecord {
  readonly id: string;
  /** In lower case; unique. */
  readonly email: string;
  readonly name: string;
  readonly role: TokenRole;
  readonly createdAt: number;
  readonly lastSignedInAt: number | null;
  /** From then on the user can't sign in. */
  readonly disabledAt: number | null;
}

type Row = Selectable<Database["user_account"]>;

/** The users; of their passwords only a hash is kept, which `access/` makes and checks. */
export class Users {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(db: Kysely<Database>, clock: Clock, random: Random) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
  }

  with(transaction: Kysely<Database>): Users {
    return new Users(transaction, this.#clock, this.#random);
  }

  /** A new user; `undefined` when the e-mail address is taken. */
  async create(user: {
    readonly email: string;
    readonly name: string;
    readonly role: TokenRole;
    readonly passwordHash: string;
  }): Promise<UserRecord | undefined> {
    const row = await this.#db
      .insertInto("user_account")
      .values({
        id: this.#random(6).toString("hex"),
        email: user.email.toLowerCase(),
        name: user.name,
        role: user.role,
        password_hash: user.passwordHash,
        created_at: this.#clock.now(),
      })
      .onConflict((conflict) => conflict.column("email").doNothing())
      .returningAll()
      .executeTakeFirst();
    return row && recordOf(row);
  }

  async get(id: string): Promise<UserRecord | undefined> {
    const row = await this.#db.selectFrom("user_account").selectAll().where("id", "=", id).executeTakeFirst();
    return row && recordOf(row);
  }

  /** A user with the hash of the password, to sign in. */
  async byEmail(email: string): Promise<(UserRecord & { readonly passwordHash: string }) | undefined> {
    const row = await this.#db
      .selectFrom("user_account")
      .selectAll()
      .where("email", "=", email.toLowerCase())
      .executeTakeFirst();
    return row && { ...recordOf(row), passwordHash: row.password_hash };
  }

  /** All users, oldest first. */
  async list(): Promise<UserRecord[]> {
    const rows = await this.#db
      .selectFrom("user_account")
      .selectAll()
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    return rows.map(recordOf);
  }

  /** Changes the fields that are named. `undefined` when there is no such user. */
  async update(
    id: string,
    patch: Partial<Pick<UserRecord, "name" | "role" | "lastSignedInAt" | "disabledAt">> & {
      readonly passwordHash?: string | undefined;
    },
  ): Promise<UserRecord | undefined> {
    const { name, role, lastSignedInAt, disabledAt, passwordHash } = patch;
    const row = await this.#db
      .updateTable("user_account")
      .set({
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(lastSignedInAt === undefined ? {} : { last_signed_in_at: lastSignedInAt }),
        ...(disabledAt === undefined ? {} : { disabled_at: disabledAt }),
        ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
      })
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirst();
    return row && recordOf(row);
  }
}

function recordOf(row: Row): UserRecord {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    lastSignedInAt: row.last_signed_in_at,
    disabledAt: row.disabled_at,
  };
}
