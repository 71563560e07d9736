import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { activationRoutes } from "./activation/routes.ts";
import { administrationRoutes } from "./administration/routes.ts";
import { audienceRoutes } from "./audience/routes.ts";
import { dataRoutes } from "./data/routes.ts";
import { overviewRoutes } from "./overview/routes.ts";
import { profileRoutes } from "./profile/routes.ts";
import { sessionRoutes } from "./session/routes.ts";
import { PageFailure } from "./shell/PageFailure.tsx";
import { PageMissing } from "./shell/PageMissing.tsx";
import { rootRoute } from "./shell/root-route.ts";
import { shellRoute } from "./shell/shell-route.ts";

/** The addresses of all pages: each domain's own, put together. */
export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      ...sessionRoutes,
      shellRoute.addChildren([
        ...overviewRoutes,
        ...audienceRoutes,
        ...activationRoutes,
        ...profileRoutes,
        ...dataRoutes,
        ...administrationRoutes,
      ]),
    ]),
    context: { queries },
    defaultPreload: "intent",
    defaultErrorComponent: PageFailure,
    defaultNotFoundComponent: PageMissing,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
