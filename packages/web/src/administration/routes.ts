import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/shell-route.ts";

const users = createRoute({
  getParentRoute: () => shellRoute,
  path: "/users",
  component: lazyRouteComponent(() => import("./UserList.tsx"), "UserList"),
});

/** Who may do what. */
export const administrationRoutes = [users] as const;
