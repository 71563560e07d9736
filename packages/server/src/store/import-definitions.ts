import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "./database.ts";
import type { ImportDefinition } from "./import-record.ts";

/**
 * What decided how imports were read, each kept once under its hash: it is several KB, and a stream makes thousands
 * of imports a day that all have the same. Imports of older versions have theirs in their own row.
 */
export class ImportDefinitions {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Keeps it and gives its hash. */
  async keep(definition: ImportDefinition): Promise<string> {
    const body = JSON.stringify(definition);
    const hash = createHash("sha256").update(body).digest("hex");
    await this.#db
      .insertInto("import_definition")
      .values({ hash, body })
      .onConflict((conflict) => conflict.column("hash").doNothing())
      .execute();
    return hash;
  }

  /** Those of some hashes; each is read once. */
  async of(hashes: readonly (string | null)[]): Promise<ReadonlyMap<string, ImportDefinition>> {
    const wanted = [...new Set(hashes.filter((hash) => hash !== null))];
    if (wanted.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("import_definition")
      .selectAll()
      .where("hash", "in", wanted)
      .execute();
    return new Map(rows.map(({ hash, body }) => [hash, JSON.parse(body) as ImportDefinition]));
  }
}
