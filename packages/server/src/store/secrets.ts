import { createCipheriv, createDecipheriv } from "node:crypto";
import { PeregrineError } from "@peregrine/core";
import type { Kysely } from "kysely";
import type { Database } from "./database.ts";

/** Gives so many random bytes. */
export type Random = (bytes: number) => Buffer;

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Under this owner and name a known text is kept, to tell a wrong key at the start. */
const CHECK = { owner: "peregrine", name: "key-check", text: "the key that the secrets are encrypted with" };

/**
 * Secrets, encrypted by AES-256-GCM. Owner and name are authenticated with the text, so a ciphertext that is
 * copied to another row does not open there.
 */
export class Secrets {
  readonly #db: Kysely<Database>;
  readonly #key: Buffer;
  readonly #random: Random;

  constructor(db: Kysely<Database>, key: Buffer, random: Random) {
    this.#db = db;
    this.#key = key;
    this.#random = random;
  }

  with(transaction: Kysely<Database>): Secrets {
    return new Secrets(transaction, this.#key, this.#random);
  }

  /** Writes secrets over those of the same name. @param owner such as `activation/shop` */
  async set(owner: string, values: Readonly<Record<string, string>>): Promise<void> {
    const rows = Object.entries(values).map(([name, text]) => ({
      owner,
      name,
      ciphertext: this.#encrypt(owner, name, text),
    }));
    if (rows.length === 0) return;
    await this.#db
      .insertInto("secret")
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(["owner", "name"])
          .doUpdateSet((eb) => ({ ciphertext: eb.ref("excluded.ciphertext") })),
      )
      .execute();
  }

  /** An owner's secrets by name. @throws PeregrineError `secretKeyWrong` */
  async of(owner: string): Promise<Record<string, string>> {
    const rows = await this.#db
      .selectFrom("secret")
      .selectAll()
      .where("owner", "=", owner)
      .orderBy("name")
      .execute();
    return Object.fromEntries(
      rows.map((row) => [row.name, this.#decrypt(row.owner, row.name, row.ciphertext)]),
    );
  }

  /** Which secrets an owner has, without opening them. */
  async names(owner: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("secret")
      .select("name")
      .where("owner", "=", owner)
      .orderBy("name")
      .execute();
    return rows.map(({ name }) => name);
  }

  /** Forgets an owner's secrets, or only those named. */
  async delete(owner: string, names?: readonly string[]): Promise<void> {
    if (names?.length === 0) return;
    await this.#db
      .deleteFrom("secret")
      .where("owner", "=", owner)
      .$if(names !== undefined, (query) => query.where("name", "in", names ?? []))
      .execute();
  }

  /** Makes sure that this is the key of the stored secrets. @throws PeregrineError `secretKeyWrong` */
  async checkKey(): Promise<void> {
    const { owner, name, text } = CHECK;
    await this.#db
      .insertInto("secret")
      .values({ owner, name, ciphertext: this.#encrypt(owner, name, text) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await this.of(owner);
  }

  #encrypt(owner: string, name: string, text: string): string {
    const iv = this.#random(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(additionalData(owner, name));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
  }

  #decrypt(owner: string, name: string, ciphertext: string): string {
    const bytes = Buffer.from(ciphertext, "base64");
    const sealed = bytes.subarray(IV_BYTES + TAG_BYTES);
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(additionalData(owner, name));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(sealed), decipher.final()]).toString("utf8");
    } catch (error) {
      throw new PeregrineError("secretKeyWrong", {
        detail: `The secret "${name}" of "${owner}" does not open with this key.`,
        cause: error,
      });
    }
  }
}

function additionalData(owner: string, name: string): Buffer {
  return Buffer.from(JSON.stringify([owner, name]));
}
