export { definitionInvalid } from "./definition-invalid.ts";
export type {
  Answers,
  CheckContext,
  KindHooks,
  Note,
} from "./hooks.ts";
export { differences } from "./plan.ts";
export { definitionRoutes } from "./routes.ts";
export { type ApplyOptions, DefinitionService, secretOwner } from "./service.ts";
