import { type AccessService, accessRoutes } from "./access/index.ts";
import { type ActivationService, activationRoutes } from "./activation/index.ts";
import { type AudienceService, audienceRoutes } from "./audience/index.ts";
import { type DataflowService, dataflowRoutes, type SampleService, sampleRoutes } from "./dataflow/index.ts";
import { type DefinitionService, definitionRoutes } from "./definition/index.ts";
import type { ApiApp } from "./http/api-app.ts";
import { healthRoutes, type Vitals } from "./http/health.ts";
import {
  identityRoutes,
  type ProfileService,
  type RebuildService,
  type ReportService,
} from "./identity/index.ts";
import {
  type IngestService,
  ingestRoutes,
  type StreamService,
  streamIdRoutes,
  streamRoutes,
} from "./ingest/index.ts";
import { type DeletionService, deletionRoutes } from "./privacy/index.ts";
import { type TakeoverService, takeoverRoutes } from "./takeover/index.ts";

/** Everything that answers requests. */
export interface Services {
  readonly access: AccessService;
  readonly definitions: DefinitionService;
  readonly audiences: AudienceService;
  readonly activations: ActivationService;
  readonly ingest: IngestService;
  readonly streams: StreamService;
  readonly dataflows: DataflowService;
  readonly samples: SampleService;
  readonly profiles: ProfileService;
  readonly rebuilds: RebuildService;
  readonly reports: ReportService;
  readonly takeovers: TakeoverService;
  readonly deletions: DeletionService;
  readonly vitals: Vitals;
}

/** Adds the routes of every domain. */
export function allRoutes(app: ApiApp, services: Services): void {
  healthRoutes(app, services.vitals);
  accessRoutes(app, services.access);
  definitionRoutes(app, services.definitions);
  ingestRoutes(app, services.ingest);
  streamRoutes(app, services.streams);
  streamIdRoutes(app, services.streams);
  dataflowRoutes(app, services.dataflows);
  sampleRoutes(app, services.samples);
  identityRoutes(app, services);
  audienceRoutes(app, { audiences: services.audiences });
  activationRoutes(app, services.activations);
  takeoverRoutes(app, services.takeovers);
  deletionRoutes(app, services.deletions);
}
