import type { Kysely, Migration } from "kysely";

/** Rows that come as streams: who may send them, what came, and definitions that many small imports share. */
export const streams: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // One column per statement: SQLite adds no more at a time.
    await db.schema
      .alterTable("import")
      .addColumn("source", "text", (column) => column.notNull().defaultTo("file"))
      .execute();
    await db.schema.alterTable("import").addColumn("segment", "text").execute();
    await db.schema.alterTable("import").addColumn("definition_hash", "text").execute();
    await db.schema.createIndex("import_segment").on("import").column("segment").unique().execute();
    await db.schema.createIndex("import_source").on("import").columns(["source", "id"]).execute();

    await db.schema
      .createTable("import_definition")
      .addColumn("hash", "text", (column) => column.primaryKey())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("stream_id")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("dataflow_id", "text", (column) => column.notNull())
      .addColumn("dataflow_number", "bigint", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("origin", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull().unique())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_used_at", "bigint")
      .addColumn("revoked_at", "bigint")
      .execute();

    await db.schema
      .createTable("stream_repeat")
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("body", "text", (column) => column.notNull())
      .addColumn("rows", "bigint", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("stream_repeat_at").on("stream_repeat").column("at").execute();
  },
};
