import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { EntryFailure } from "../shell/EntryFailure.tsx";
import { EntryAwaited } from "../shell/PageAwaited.tsx";
import { rootRoute } from "../shell/root-route.ts";
import { sessionQuery } from "./queries.ts";

/** Where somebody was going who has to sign in first; only an address of ours. */
function back(to: unknown): string {
  return typeof to === "string" && /^\/(?!\/)/.test(to) ? to : "/";
}

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>) => ({ to: back(search["to"]) }),
  beforeLoad: async ({ context }) => {
    const { awaitsSetup } = await context.queries.fetchQuery({ ...sessionQuery, staleTime: 0 });
    if (awaitsSetup) throw redirect({ to: "/set-up" });
  },
  pendingComponent: EntryAwaited,
  errorComponent: EntryFailure,
  component: lazyRouteComponent(() => import("./SignIn.tsx"), "SignIn"),
});

const setUp = createRoute({
  getParentRoute: () => rootRoute,
  path: "/set-up",
  component: lazyRouteComponent(() => import("./SetUp.tsx"), "SetUp"),
});

/** The pages before the sign-in. */
export const sessionRoutes = [signIn, setUp] as const;
