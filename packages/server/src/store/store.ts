import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@peregrine/core";
import { type Dialect, Kysely } from "kysely";
import { ActivationAudiences } from "./activation-audiences.ts";
import { AudienceChecks } from "./audience-checks.ts";
import { AuditLog } from "./audit-log.ts";
import { Counters } from "./counters.ts";
import type { Database } from "./database.ts";
import { Definitions } from "./definitions.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { IdentifierReports } from "./identifier-reports.ts";
import { Imports } from "./imports.ts";
import { ensureInstallation, type Installation } from "./installation.ts";
import { Leases } from "./leases.ts";
import { MemberLists } from "./member-lists.ts";
import { migrate } from "./migrate.ts";
import { Operations } from "./operations.ts";
import { PersonDeletions } from "./person-deletions.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { RemovalHolds } from "./removal-holds.ts";
import { Runs } from "./runs.ts";
import { secretKeyOfFolder } from "./secret-key.ts";
import { type Random, Secrets } from "./secrets.ts";
import { Sessions } from "./sessions.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { StreamIds } from "./stream-ids.ts";
import { StreamRepeats } from "./stream-repeats.ts";
import { Tokens } from "./tokens.ts";
import { Users } from "./users.ts";

/**
 * The control plane. On SQLite there is one connection: inside a transaction use only what the transaction
 * was given (`store.imports.with(trx)`), for `store.db` would wait for the transaction to end.
 */
export interface Store {
  readonly db: Kysely<Database>;
  readonly dialect: "sqlite" | "postgres";
  readonly installation: Installation;
  readonly operations: Operations;
  readonly leases: Leases;
  readonly definitions: Definitions;
  readonly imports: Imports;
  readonly runs: Runs;
  readonly activationAudiences: ActivationAudiences;
  readonly audienceChecks: AudienceChecks;
  readonly identifierReports: IdentifierReports;
  readonly removalHolds: RemovalHolds;
  readonly memberLists: MemberLists;
  readonly personDeletions: PersonDeletions;
  readonly secrets: Secrets;
  readonly tokens: Tokens;
  readonly streamIds: StreamIds;
  readonly streamRepeats: StreamRepeats;
  readonly audit: AuditLog;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly counters: Counters;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** A PostgreSQL; without it the control plane is the file `control.db` in the folder, held exclusively. */
  readonly databaseUrl?: string | undefined;
  readonly folder: string;
  readonly clock: Clock;
  /** 32 bytes; without it the folder's `secret.key`, made at the first start. */
  readonly secretKey?: Buffer | undefined;
  /** Where keys, tokens and codes come from; the system's random source unless told otherwise. */
  readonly random?: Random;
  /** Hears of connections that broke while nobody used them; they are replaced. */
  readonly onIdleError?: (error: unknown) => void;
}

/**
 * Opens the control plane, brings it to this program's version, and sees to its id and its key.
 *
 * @throws PeregrineError `folderInUse`, `folderUnusable`, `storeUnavailable`, `storeNewer`, `storeForeign`,
 *   `storeDamaged`, `diskFull`, `secretKeyInvalid`, `secretKeyWrong`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, folder, clock, random = randomBytes } = options;
  const lock = databaseUrl === undefined ? lockFolder(folder) : undefined;
  const db = new Kysely<Database>({ dialect: dialectOf(options) });
  try {
    await migrate(db);
    const installation = await ensureInstallation(db, clock, randomUUID);
    const key = options.secretKey ?? (await ownKey(db, folder, random));
    const secrets = new Secrets(db, key, random);
    await secrets.checkKey();
    return {
      db,
      dialect: databaseUrl === undefined ? "sqlite" : "postgres",
      installation,
      operations: new Operations(db, clock),
      leases: new Leases(db, clock),
      definitions: new Definitions(db, clock),
      imports: new Imports(db, clock),
      runs: new Runs(db, clock),
      activationAudiences: new ActivationAudiences(db, clock),
      audienceChecks: new AudienceChecks(db),
      identifierReports: new IdentifierReports(db),
      removalHolds: new RemovalHolds(db, clock),
      memberLists: new MemberLists(db, clock),
      personDeletions: new PersonDeletions(db, clock, key),
      secrets,
      tokens: new Tokens(db, clock, random),
      streamIds: new StreamIds(db, clock, random),
      streamRepeats: new StreamRepeats(db),
      audit: new AuditLog(db, clock),
      users: new Users(db, clock, random),
      sessions: new Sessions(db, clock),
      counters: new Counters(db),
      close: () => close(db, lock),
    };
  } catch (error) {
    await close(db, lock);
    throw error;
  }
}

function dialectOf({ databaseUrl, folder, onIdleError }: StoreOptions): Dialect {
  if (databaseUrl === undefined) {
    const file = join(folder, "control.db");
    return sqliteDialect({ file, busyTimeoutMs: 5_000, connectionTimeoutMs: 60_000 });
  }
  return postgresDialect({
    url: databaseUrl,
    maxConnections: 10,
    connectionTimeoutMs: 10_000,
    ...(onIdleError === undefined ? {} : { onIdleError }),
  });
}

async function ownKey(db: Kysely<Database>, folder: string, random: Random): Promise<Buffer> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stored = await db.selectFrom("secret").select("name").limit(1).executeTakeFirst();
  return secretKeyOfFolder(folder, random, stored !== undefined);
}

async function close(db: Kysely<Database>, lock: FolderLock | undefined): Promise<void> {
  await db.destroy();
  lock?.release();
}
