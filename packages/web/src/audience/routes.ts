import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/shell-route.ts";

const audiences = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audiences",
  component: lazyRouteComponent(() => import("./AudienceList.tsx"), "AudienceList"),
});

/** Groups of people by a rule. */
export const audienceRoutes = [audiences] as const;
