import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";

interface Context {
  readonly queries: QueryClient;
}

/** Above all pages. */
export const rootRoute = createRootRouteWithContext<Context>()({ component: Outlet });
