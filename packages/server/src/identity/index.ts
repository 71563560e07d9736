export { compareGenerations, generationDigest, removeOlderGenerations } from "./generation.ts";
export { findViolations } from "./invariants.ts";
export { ProfileService } from "./profile-service.ts";
export { RebuildService } from "./rebuild-service.ts";
export { type ResolvedImport, type ResolveImportOptions, resolveImport } from "./resolve-import.ts";
export { identityRoutes } from "./routes.ts";
export { identityTables } from "./scratch.ts";
