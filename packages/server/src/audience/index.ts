export type { SampleSize } from "./preview.ts";
export { firstChanges, membersAndPersons } from "./repository.ts";
export { audienceRoutes } from "./routes.ts";
export { RULE_SETTINGS } from "./rule-settings.ts";
export { AudienceService } from "./service.ts";
export { tiedAttributes } from "./tied-attributes.ts";
