export { definitionInvalid } from "./definition-invalid.ts";
export type {
  CheckContext,
  KindHooks,
} from "./hooks.ts";
export { differences } from "./plan.ts";
export { definitionRoutes } from "./routes.ts";
export { type ApplyOptions, DefinitionService, secretOwner } from "./service.ts";
