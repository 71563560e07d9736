import type { Kysely, Migration } from "kysely";

/** Requests to delete people, and hashes of the identifiers that refuse late rows about them. */
export const personDeletions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("person_deletion")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("profile", "bigint", (column) => column.notNull())
      .addColumn("numbers", "text", (column) => column.notNull())
      // Until the person is purged; nothing that names anybody is left then.
      .addColumn("identifiers", "text")
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("forced", "integer", (column) => column.notNull())
      .addColumn("refuse_until", "bigint", (column) => column.notNull())
      .addColumn("requested_at", "bigint", (column) => column.notNull())
      .addColumn("requested_by", "text", (column) => column.notNull())
      .addColumn("finished_at", "bigint")
      .addColumn("counts", "text")
      .execute();
    await db.schema
      .createTable("forgotten_identifier")
      .addColumn("hash", "text", (column) => column.primaryKey())
      .addColumn("refuse_until", "bigint", (column) => column.notNull())
      .execute();
  },
};
