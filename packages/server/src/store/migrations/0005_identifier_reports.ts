import type { Kysely, Migration } from "kysely";

/** The latest report on each identifier, with what it is true for. */
export const identifierReports: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("identifier_report")
      .addColumn("identifier", "bigint", (column) => column.primaryKey())
      .addColumn("figures", "text", (column) => column.notNull())
      .addColumn("taken_at", "bigint", (column) => column.notNull())
      .addColumn("data_revision", "bigint", (column) => column.notNull())
      .addColumn("definitions_revision", "bigint", (column) => column.notNull())
      .execute();
  },
};
