export { membersAndPersons } from "./repository.ts";
export { audienceRoutes } from "./routes.ts";
export { AudienceService } from "./service.ts";
