import type { Kysely, Migration } from "kysely";

/** Who is known to be in which segment, by another CDP. The people stand in the data plane. */
export const memberLists: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("member_list")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("identifier_id", "text", (column) => column.notNull())
      .addColumn("audiences", "text", (column) => column.notNull())
      .addColumn("people", "bigint", (column) => column.notNull())
      .addColumn("repeated", "bigint", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .execute();
  },
};
