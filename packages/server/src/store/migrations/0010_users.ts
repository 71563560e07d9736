import type { Kysely, Migration } from "kysely";

/** People who sign in at the pages, and their sessions. */
export const users: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("user_account")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("email", "text", (column) => column.notNull().unique())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("password_hash", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_signed_in_at", "bigint")
      .addColumn("disabled_at", "bigint")
      .execute();
    await db.schema
      .createTable("user_session")
      .addColumn("hash", "text", (column) => column.primaryKey())
      .addColumn("user_id", "text")
      .addColumn("data", "text", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("user_session_user").on("user_session").column("user_id").execute();
  },
};
