export type {
  Answers,
  CheckContext,
  DefinitionChange,
  KindHooks,
  NumberedChange,
  OpenedDefinition,
} from "./hooks.ts";
export type { Action } from "./plan.ts";
export { definitionRoutes } from "./routes.ts";
export { type ApplyOptions, type ApplyResult, DefinitionService, secretOwner } from "./service.ts";
