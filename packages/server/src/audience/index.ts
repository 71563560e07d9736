export type { EvaluationResult } from "./evaluation.ts";
export type { Preview, PreviewPerson } from "./preview.ts";
export { currentMembersSql, type Fragment, membersAndPersons } from "./repository.ts";
export { audienceRoutes } from "./routes.ts";
export { AudienceService, type AudienceServiceOptions, type AudienceView } from "./service.ts";
