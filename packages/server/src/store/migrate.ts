import { PeregrineError } from "@peregrine/core";
import { type Kysely, type Migration, Migrator, sql } from "kysely";
import type { Database } from "./database.ts";
import { foundation } from "./migrations/0001_foundation.ts";
import { versionOrigin } from "./migrations/0002_version_origin.ts";
import { checks } from "./migrations/0003_checks.ts";
import { fileReading } from "./migrations/0004_file_reading.ts";
import { identifierReports } from "./migrations/0005_identifier_reports.ts";
import { streams } from "./migrations/0006_streams.ts";
import { removalHolds } from "./migrations/0007_removal_holds.ts";
import { memberLists } from "./migrations/0008_member_lists.ts";
import { runAgain } from "./migrations/0009_run_again.ts";
import { users } from "./migrations/0010_users.ts";
import { personDeletions } from "./migrations/0011_person_deletions.ts";
import { audit } from "./migrations/0012_audit.ts";

/** In the order of their names. A migration that was released never changes; the next one gets a new name. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001_foundation": foundation,
  "0002_version_origin": versionOrigin,
  "0003_checks": checks,
  "0004_file_reading": fileReading,
  "0005_identifier_reports": identifierReports,
  "0006_streams": streams,
  "0007_removal_holds": removalHolds,
  "0008_member_lists": memberLists,
  "0009_run_again": runAgain,
  "0010_users": users,
  "0011_person_deletions": personDeletions,
  "0012_audit": audit,
};

const MIGRATION_TABLE = "migration";

/**
 * Brings the control plane to this program's version; safe to repeat. On PostgreSQL an advisory lock makes
 * servers that start together wait for one another; on SQLite the folder's lock has seen to that already.
 *
 * @throws PeregrineError `storeNewer` when a newer program has been here, `storeForeign` when the database
 *   holds tables that are not ours; in both cases nothing was changed.
 */
export async function migrate(
  db: Kysely<Database>,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<void> {
  await refuseNewer(db, migrations);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: "migration_lock",
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  // Another server, newer than this one, may have migrated between the look above and our turn.
  await refuseNewer(db, migrations);
  throw error;
}

async function refuseNewer(
  db: Kysely<Database>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const tables = (await db.introspection.getTables({ withInternalKyselyTables: true })).map(
    ({ name }) => name,
  );
  if (!tables.includes(MIGRATION_TABLE)) {
    const foreign = tables.find((name) => name === "definition" || name === "operation" || name === "token");
    if (foreign === undefined) return;
    throw new PeregrineError("storeForeign", {
      detail: `The database has a table "${foreign}" that Peregrine did not make.`,
    });
  }
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)}`.execute(db);
  const unknown = rows.map(({ name }) => name).filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new PeregrineError("storeNewer", {
    detail: `The database has the migrations ${unknown.sort().join(", ")}, which this program does not know.`,
  });
}
