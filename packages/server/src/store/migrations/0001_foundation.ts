import { type Kysely, type Migration, sql } from "kysely";

/** Everything of the first version. `bigint` is SQLite's integer as well; ids come from `counter`. */
export const foundation: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("installation")
      .addColumn("singleton", "integer", (column) => column.primaryKey().check(sql`singleton = 1`))
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("counter")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("value", "bigint", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("definition")
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("number", "bigint", (column) => column.notNull().unique())
      .addColumn("body", "text", (column) => column.notNull())
      .addColumn("version", "bigint", (column) => column.notNull())
      .addColumn("origin", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("updated_at", "bigint", (column) => column.notNull())
      .addColumn("updated_by", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("definition_key", ["kind", "id"])
      .execute();

    await db.schema
      .createTable("definition_version")
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("version", "bigint", (column) => column.notNull())
      .addColumn("body", "text")
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("by", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("definition_version_key", ["kind", "id", "version"])
      .execute();

    await db.schema
      .createTable("catalog_column")
      .addColumn("number", "bigint", (column) => column.primaryKey())
      .addColumn("schema_id", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("type", "text", (column) => column.notNull())
      .addUniqueConstraint("catalog_column_name", ["schema_id", "name"])
      .execute();

    await db.schema
      .createTable("dataflow_base")
      .addColumn("dataflow", "bigint", (column) => column.primaryKey())
      .addColumn("import", "bigint", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("secret")
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("ciphertext", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("secret_key", ["owner", "name"])
      .execute();

    await db.schema
      .createTable("operation")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("epoch", "bigint", (column) => column.notNull())
      .addColumn("opened_at", "bigint", (column) => column.notNull())
      .addColumn("ended_at", "bigint")
      .execute();
    await db.schema.createIndex("operation_state").on("operation").columns(["state", "id"]).execute();

    await db.schema
      .createTable("import")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("dataflow_id", "text", (column) => column.notNull())
      .addColumn("dataflow_number", "bigint", (column) => column.notNull())
      .addColumn("file_name", "text", (column) => column.notNull())
      .addColumn("sha256", "text", (column) => column.notNull())
      .addColumn("size", "bigint", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("operation", "bigint", (column) => column.references("operation.id"))
      .addColumn("arrival_from", "bigint")
      .addColumn("arrival_to", "bigint")
      .addColumn("columns", "text")
      .addColumn("definition", "text")
      .addColumn("counts", "text")
      .addColumn("progress", "text")
      .addColumn("error", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("started_at", "bigint")
      .addColumn("finished_at", "bigint")
      .execute();
    await db.schema.createIndex("import_state").on("import").columns(["state", "id"]).execute();
    await db.schema.createIndex("import_dataflow").on("import").columns(["dataflow_number", "id"]).execute();
    await db.schema
      .createIndex("import_sha256")
      .on("import")
      .columns(["dataflow_number", "sha256"])
      .execute();

    await db.schema
      .createTable("lease")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("holder", "text", (column) => column.notNull())
      .addColumn("epoch", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("run")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("activation_id", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("trigger", "text", (column) => column.notNull())
      .addColumn("epoch", "bigint", (column) => column.notNull())
      .addColumn("sequence", "bigint")
      .addColumn("counts", "text")
      .addColumn("progress", "text")
      .addColumn("error", "text")
      .addColumn("started_at", "bigint", (column) => column.notNull())
      .addColumn("finished_at", "bigint")
      .execute();
    await db.schema.createIndex("run_activation").on("run").columns(["activation_id", "id"]).execute();

    await db.schema
      .createTable("activation_audience")
      .addColumn("activation_id", "text", (column) => column.notNull())
      .addColumn("audience_id", "text", (column) => column.notNull())
      .addColumn("attached_at", "bigint", (column) => column.notNull())
      .addColumn("last_checked_at", "bigint")
      .addColumn("last_synchronized_at", "bigint")
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("error", "text")
      .addColumn("metadata", "text")
      .addColumn("checked_sequence", "bigint")
      .addPrimaryKeyConstraint("activation_audience_key", ["activation_id", "audience_id"])
      .execute();

    await db.schema
      .createTable("token")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull().unique())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("last_used_at", "bigint")
      .addColumn("revoked_at", "bigint")
      .execute();

    await db.schema
      .createTable("setup_code")
      .addColumn("singleton", "integer", (column) => column.primaryKey().check(sql`singleton = 1`))
      .addColumn("hash", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("used_at", "bigint")
      .execute();
  },
};
