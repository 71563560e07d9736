export { accessRoutes } from "./routes.ts";
export { AccessService } from "./service.ts";
export { SESSION_MS, sessionStore } from "./session-store.ts";
