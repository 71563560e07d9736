export type { Engine, Parameters, QueryOptions } from "./engine.ts";
export { engineType, ensureEventTable } from "./event-table.ts";
export { claimInstallation, installationOf } from "./migrations.ts";
export { type OpenEngine, openEngine } from "./open.ts";

export { current, published, type Snapshot, visible } from "./snapshot.ts";
export {
  acrossSql,
  eventColumn,
  eventTable,
  exactlyInPiece,
  type Needs,
  type Piece,
  type Sample,
  stretchSql,
  views,
} from "./views.ts";
