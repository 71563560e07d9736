export { accessRoutes } from "./routes.ts";
export { AccessService } from "./service.ts";
