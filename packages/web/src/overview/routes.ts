import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { prefetchActivations } from "../activation/queries.ts";
import { audiencesQuery } from "../audience/queries.ts";
import { identifierProfilesQuery } from "../data/queries.ts";
import { shellRoute } from "../shell/shell-route.ts";
import { latestImportsQuery, PERSON_IDENTIFIER } from "./queries.ts";

const overview = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  loader: ({ context: { queries } }) =>
    Promise.all([
      prefetchActivations(queries),
      queries.prefetchQuery(audiencesQuery),
      queries.prefetchQuery(identifierProfilesQuery(PERSON_IDENTIFIER)),
      queries.prefetchQuery(latestImportsQuery),
    ]),
  component: lazyRouteComponent(() => import("./OverviewPage.tsx"), "OverviewPage"),
});

/** Where the address without a path leads. */
export const overviewRoutes = [overview] as const;
