export type { Engine, InsertFormat, Parameters, QueryOptions } from "./engine.ts";
export { engineType, ensureEventTable } from "./event-table.ts";
export { claimInstallation, installationOf } from "./migrations.ts";
export { type EngineOptions, type EngineProcess, type OpenEngine, openEngine } from "./open.ts";
export { DURABLE } from "./schema.ts";
export { current, type Filter, published, type Snapshot, visible } from "./snapshot.ts";
export { eventColumn, eventTable, type Needs, views } from "./views.ts";
