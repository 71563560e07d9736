import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/shell-route.ts";

const users = createRoute({
  getParentRoute: () => shellRoute,
  path: "/users",
  component: lazyRouteComponent(() => import("./UserList.tsx"), "UserList"),
});

const tokens = createRoute({
  getParentRoute: () => shellRoute,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./TokenList.tsx"), "TokenList"),
});

const audit = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audit",
  validateSearch: (search: Record<string, unknown>): { kind?: string } =>
    typeof search["kind"] === "string" && search["kind"] !== "" ? { kind: search["kind"] } : {},
  component: lazyRouteComponent(() => import("./AuditPage.tsx"), "AuditPage"),
});

const settings = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./SettingsPage.tsx"), "SettingsPage"),
});

/** Who may do what, who did what, and what this installation is. */
export const administrationRoutes = [users, tokens, audit, settings] as const;
