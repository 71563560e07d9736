import { createRoute, redirect } from "@tanstack/react-router";
import { sessionQuery } from "../session/queries.ts";
import { EntryFailure } from "./EntryFailure.tsx";
import { EntryAwaited } from "./PageAwaited.tsx";
import { rootRoute } from "./root-route.ts";
import { Shell } from "./Shell.tsx";

/** Above all pages behind the sign-in; each domain's routes name it as their parent. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    const { user, awaitsSetup } = await context.queries.ensureQueryData(sessionQuery);
    if (awaitsSetup) throw redirect({ to: "/set-up" });
    if (user === null) throw redirect({ to: "/sign-in", search: { to: location.href } });
    return { user };
  },
  pendingComponent: EntryAwaited,
  errorComponent: EntryFailure,
  component: Shell,
});
