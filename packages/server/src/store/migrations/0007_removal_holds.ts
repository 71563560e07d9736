import type { Kysely, Migration } from "kysely";

/** Removals that wait for somebody's approval, and what was decided. */
export const removalHolds: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("removal_hold")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("activation_id", "text", (column) => column.notNull())
      .addColumn("audience_id", "text", (column) => column.notNull())
      .addColumn("run", "bigint", (column) => column.notNull())
      .addColumn("epoch", "bigint", (column) => column.notNull())
      .addColumn("fingerprint", "text", (column) => column.notNull())
      .addColumn("removals", "text", (column) => column.notNull())
      .addColumn("reasons", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("held_at", "bigint", (column) => column.notNull())
      .addColumn("written_at", "bigint", (column) => column.notNull())
      .addColumn("decided_at", "bigint")
      .addColumn("decided_by", "text")
      .addColumn("ended_at", "bigint")
      .execute();
    await db.schema
      .createIndex("removal_hold_activation")
      .on("removal_hold")
      .columns(["activation_id", "state"])
      .execute();
  },
};
