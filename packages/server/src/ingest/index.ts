export { areDerivedTogether, deriveAgain } from "./derive-again.ts";
export type { IngestLog } from "./ingest-log.ts";
export { keptIdentifiers } from "./kept-identifiers.ts";
export { ingestRoutes } from "./routes.ts";
export { type ImportView, type IngestOptions, IngestService } from "./service.ts";
export { StreamService, streamHooks, streamIdRoutes, streamRoutes } from "./stream/index.ts";
