export { takeoverRoutes } from "./routes.ts";
export { TakeoverService } from "./service.ts";
