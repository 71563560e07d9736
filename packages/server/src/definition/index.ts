export type { ApplyOptions } from "./apply-options.ts";
export { definitionInvalid } from "./definition-invalid.ts";
export type {
  Answers,
  CheckContext,
  KindHooks,
  Note,
} from "./hooks.ts";
export { differences } from "./plan.ts";
export { definitionRoutes } from "./routes.ts";
export { secretOwner } from "./secret-owner.ts";
export { DefinitionService } from "./service.ts";
