import type { Kysely, Migration } from "kysely";

/** How each file was read. Files that came before were CSV. */
export const fileReading: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("import").addColumn("reading", "text").execute();
  },
};
