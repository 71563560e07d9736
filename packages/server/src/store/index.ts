export type { CheckState, EvaluationState } from "./audience-checks.ts";
export type { AuditEntry } from "./audit-log.ts";
export { Keyset, type Page } from "./cursor.ts";
export type { Database } from "./database.ts";
export type { CatalogColumn, DefinitionRecord, DefinitionVersion, Origin } from "./definitions.ts";
export { lockFolder } from "./folder-lock.ts";
export type { KeptReport } from "./identifier-reports.ts";
export type {
  FileReading,
  ImportCounts,
  ImportDefinition,
  ImportRecord,
  ImportSource,
  ImportState,
} from "./import-record.ts";

export type { Lease, Leases } from "./leases.ts";
export type { MemberListRecord } from "./member-lists.ts";
export {
  baseOf,
  type DataPublication,
  OPERATION_KINDS,
  type OpenOperation,
  type Operations,
  type Snapshot,
  setBase,
  setGeneration,
  type Touched,
  withdrawAll,
  withdrawals,
} from "./operations.ts";
export type { IdentifierValue, PersonDeletion, PurgeCounts } from "./person-deletions.ts";
export type { StoredFailure, StoredProgress } from "./progress.ts";
export type { RemovalHold } from "./removal-holds.ts";
export type { RunRecord } from "./runs.ts";
export { parseSecretKey } from "./secret-key.ts";
export type { Random } from "./secrets.ts";
export type { Sessions } from "./sessions.ts";
export { openStore, type Store, type StoreOptions } from "./store.ts";
export { type StreamIdRecord, streamIdHash } from "./stream-ids.ts";
export type { StreamRepeat } from "./stream-repeats.ts";
export type { TokenRecord } from "./tokens.ts";
export type { UserRecord } from "./users.ts";
