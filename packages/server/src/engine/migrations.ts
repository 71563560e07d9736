import { PeregrineError } from "@peregrine/core";
import type { Engine } from "./engine.ts";
import { INSTALLATION_TABLE, MIGRATIONS, type Migration } from "./schema.ts";

/**
 * Brings the data to this program's version. Safe to repeat, also after a start that was cut off.
 *
 * @throws PeregrineError `engineNewer` when a newer program has written the data
 */
export async function migrateEngine(
  engine: Engine,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await engine.command(INSTALLATION_TABLE);
  const known = migrations.at(-1)?.version ?? 0;
  const applied = await appliedVersion(engine);
  if (applied > known) {
    throw new PeregrineError("engineNewer", {
      detail: `The data has version ${applied}; this program knows versions up to ${known}.`,
    });
  }
  for (const { version, statements } of migrations) {
    if (version <= applied) continue;
    for (const statement of statements) await engine.command(statement);
    await engine.command(
      "INSERT INTO installation (id, version, applied_at) SELECT '', {version:UInt32}, now64(3, 'UTC')",
      { version },
    );
  }
}

async function appliedVersion(engine: Engine): Promise<number> {
  const [row] = await engine.query<{ version: number }>("SELECT max(version) AS version FROM installation");
  return row?.version ?? 0;
}

/** The installation that this data belongs to; none before {@link claimInstallation}. */
export async function installationOf(engine: Engine): Promise<string | undefined> {
  const [row] = await engine.query<{ id: string }>(
    "SELECT id FROM installation WHERE id != '' ORDER BY applied_at, id LIMIT 1",
  );
  return row?.id;
}

/** Writes the installation's id into data that has none yet. */
export async function claimInstallation(engine: Engine, id: string): Promise<void> {
  await engine.command(
    "INSERT INTO installation (id, version, applied_at) SELECT {id:String}, 0, now64(3, 'UTC')",
    { id },
  );
}
