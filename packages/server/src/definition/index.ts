export type {
  CheckContext,
  KindHooks,
} from "./hooks.ts";

export { definitionRoutes } from "./routes.ts";
export { type ApplyOptions, DefinitionService, secretOwner } from "./service.ts";
