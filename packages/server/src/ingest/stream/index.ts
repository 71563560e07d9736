export { streamHooks } from "./definition-hooks.ts";
export { streamIdRoutes } from "./id-routes.ts";
export { streamRoutes } from "./routes.ts";
export { openSegment } from "./segment-file-rows.ts";
export { StreamService } from "./service.ts";
