export {
  ActivationScheduler,
  ActivationService,
  type ActivationServiceOptions,
  type ActivationStatus,
  type AudienceChecks,
  type AudienceStanding,
  activationRoutes,
  createOutgoing,
  DELIVERY_POLICY,
  type DeliveryPolicy,
  Lines,
  type Outgoing,
  type PersonSource,
  type SchedulerOptions,
  type Wait,
  wait,
} from "./activation/index.ts";
export {
  AudienceService,
  askInPasses,
  firstChanges,
  membersAndPersons,
  RULE_SETTINGS,
  tiedAttributes,
} from "./audience/index.ts";
export {
  type Capture,
  type CapturedMessage,
  type CaptureOptions,
  capture,
  type Derived,
  deriveWireProfile,
  type KnownCredentials,
  type Replayed,
  ReplayImpossible,
  type RunningCapture,
  readSeen,
  replayCapture,
  startCapture,
} from "./capture/index.ts";
export { type Config, readConfig } from "./config.ts";
export { DefinitionService } from "./definition/index.ts";
export {
  claimInstallation,
  current,
  type Engine,
  ensureEventTable,
  eventColumn,
  eventTable,
  installationOf,
  type OpenEngine,
  openEngine,
  published,
  views,
  visible,
} from "./engine/index.ts";
export {
  compareGenerations,
  findViolations,
  generationDigest,
  identityTables,
  type ResolvedImport,
  type ResolveImportOptions,
  resolveImport,
} from "./identity/index.ts";
export {
  type ImportView,
  type IngestLog,
  type IngestOptions,
  IngestService,
  ingestRoutes,
} from "./ingest/index.ts";
export { type RunningServer, type ServerOptions, startServer } from "./main.ts";
export { openStore, type Snapshot, type Store } from "./store/index.ts";
