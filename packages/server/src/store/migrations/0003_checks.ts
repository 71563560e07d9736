import type { Kysely, Migration } from "kysely";

/** What each publication touched, and what the last check of each audience found. */
export const checks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // One column per statement: SQLite adds no more at a time.
    await db.schema.alterTable("operation").addColumn("publication", "bigint").execute();
    await db.schema.alterTable("operation").addColumn("touched", "text").execute();
    await db.schema.createIndex("operation_publication").on("operation").column("publication").execute();

    await db.schema
      .createTable("audience_check")
      .addColumn("audience_id", "text", (column) => column.primaryKey())
      .addColumn("checked_at", "bigint")
      .addColumn("sequence", "bigint")
      .addColumn("as_of", "bigint")
      .addColumn("publication", "bigint")
      .addColumn("changed_by", "bigint")
      .addColumn("basis", "text")
      .addColumn("fingerprint", "text")
      .addColumn("reads", "text")
      .addColumn("size", "bigint")
      .addColumn("next_moment", "bigint")
      .addColumn("error", "text")
      .addColumn("counted_size", "bigint")
      .addColumn("counted_at", "bigint")
      .execute();

    // When an audience was checked, and what came of it, is told by `audience_check`.
    await db.schema.alterTable("activation_audience").dropColumn("last_checked_at").execute();
    await db.schema.alterTable("activation_audience").dropColumn("checked_sequence").execute();
  },
};
