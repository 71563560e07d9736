import { createRoute, redirect } from "@tanstack/react-router";
import { shellRoute } from "../shell/shell-route.ts";

const home = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/activations" });
  },
});

/** Where the address without a path leads. */
export const overviewRoutes = [home] as const;
