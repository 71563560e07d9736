export { deletionRoutes } from "./routes.ts";
export { DeletionService } from "./service.ts";
