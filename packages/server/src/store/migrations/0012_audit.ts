import type { Kysely, Migration } from "kysely";

/** Who did what when. Bodies of definitions stand in their versions; here stands what has no versions. */
export const audit: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("audit_entry")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("by", "text", (column) => column.notNull())
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("version", "bigint")
      .addColumn("before", "text")
      .addColumn("after", "text")
      .execute();
    await db.schema
      .createIndex("audit_entry_subject")
      .on("audit_entry")
      .columns(["kind", "subject", "id"])
      .execute();
  },
};
