export { compareGenerations, generationDigest } from "./generation.ts";
export { findViolations, type Violation } from "./invariants.ts";
export { type Profile, ProfileService } from "./profile-service.ts";
export { type DeriveImport, type RebuildResult, rebuild } from "./rebuild.ts";
export { RebuildService, type RebuildServiceOptions, type RebuildStatus } from "./rebuild-service.ts";
export { type ResolvedImport, type ResolveImportOptions, resolveImport } from "./resolve-import.ts";
export { identityRoutes } from "./routes.ts";
export { identityTables } from "./scratch.ts";
