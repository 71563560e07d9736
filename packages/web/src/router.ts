import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { activationRoutes } from "./activation/routes.ts";
import { administrationRoutes } from "./administration/routes.ts";
import { audienceRoutes } from "./audience/routes.ts";
import { dataRoutes } from "./data/routes.ts";
import { overviewRoutes } from "./overview/routes.ts";
import { profileRoutes } from "./profile/routes.ts";
import { sessionRoutes } from "./session/routes.ts";
import { PageAwaited } from "./shell/PageAwaited.tsx";
import { PageFailure } from "./shell/PageFailure.tsx";
import { PageMissing } from "./shell/PageMissing.tsx";
import { rootRoute } from "./shell/root-route.ts";
import { shellRoute } from "./shell/shell-route.ts";

/**
 * The addresses of all pages: each domain's own, put together. A route's loader asks for what its page shows while the
 * page's script comes, and waits: a page that is drawn before its data is held back by React for another 300 ms.
 */
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
    // Queries know how old they are.
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: PageAwaited,
    defaultPendingMinMs: 0,
    defaultErrorComponent: PageFailure,
    defaultNotFoundComponent: PageMissing,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
