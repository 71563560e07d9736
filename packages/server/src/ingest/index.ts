export { deriveAgain } from "./derive-again.ts";
export { keptIdentifiers } from "./kept-identifiers.ts";
export { ingestRoutes } from "./routes.ts";
export { type ImportView, type IngestLog, type IngestOptions, IngestService } from "./service.ts";
