export type { PieceSize } from "./membership-repository.ts";
export type { SampleSize } from "./preview.ts";
export { firstChanges, membersAndPersons } from "./repository.ts";
export { audienceRoutes } from "./routes.ts";
export { RULE_SETTINGS } from "./rule-settings.ts";
export { askInPasses } from "./rules-in-passes.ts";
export { AudienceService } from "./service.ts";
export { tiedAttributes } from "./tied-attributes.ts";
