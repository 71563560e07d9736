import { type Kysely, type Migration, sql } from "kysely";

/** A version of a definition says where it came from. Of older ones it is known only of the latest. */
export const versionOrigin: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("definition_version").addColumn("origin", "text").execute();
    await sql`update definition_version set origin = (
      select definition.origin from definition where definition.kind = definition_version.kind
        and definition.id = definition_version.id and definition.version = definition_version.version
    )`.execute(db);
  },
};
