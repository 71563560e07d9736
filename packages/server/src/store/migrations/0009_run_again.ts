import type { Kysely, Migration } from "kysely";

/** Imports that were run again, who sent files, and dataflows whose data was withdrawn. */
export const runAgain: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // One column per statement: SQLite adds no more at a time.
    await db.schema.alterTable("import").addColumn("again_of", "bigint").execute();
    await db.schema.alterTable("import").addColumn("came_at", "bigint").execute();
    await db.schema.alterTable("import").addColumn("sent_by", "text").execute();
    await db.schema.createIndex("import_again_of").on("import").column("again_of").execute();
    await db.schema
      .createTable("dataflow_withdrawal")
      .addColumn("dataflow", "bigint", (column) => column.notNull())
      .addColumn("import", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("dataflow_withdrawal_key", ["dataflow", "import"])
      .execute();
  },
};
