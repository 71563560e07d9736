import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { audiencesQuery } from "../audience/queries.ts";
import { identifiersQuery } from "../data/queries.ts";
import { shellRoute } from "../shell/shell-route.ts";
import { profileEventsQuery, profileQuery, profileSegmentsQuery } from "./queries.ts";

const profiles = createRoute({
  getParentRoute: () => shellRoute,
  path: "/profiles",
  validateSearch: (search): { readonly q?: string } => {
    const { q } = search;
    // A router reads 17 in an address as a number.
    return typeof q === "string" || typeof q === "number" ? { q: String(q) } : {};
  },
  loader: ({ context: { queries } }) => queries.prefetchQuery(identifiersQuery),
  component: lazyRouteComponent(() => import("./ProfileSearch.tsx"), "ProfileSearch"),
});

const profile = createRoute({
  getParentRoute: () => shellRoute,
  path: "/profiles/$number",
  params: {
    parse: ({ number }) => ({ number: Number(number) }),
    stringify: ({ number }) => ({ number: String(number) }),
  },
  validateSearch: (search): { readonly why?: string } =>
    typeof search["why"] === "string" ? { why: search["why"] } : {},
  loader: ({ context: { queries }, params: { number } }) => {
    // What comes later on the page; it shows that it is awaited.
    void queries.prefetchQuery(profileSegmentsQuery(number));
    void queries.prefetchInfiniteQuery(profileEventsQuery(number));
    return Promise.all([queries.prefetchQuery(profileQuery(number)), queries.prefetchQuery(audiencesQuery)]);
  },
  component: lazyRouteComponent(() => import("./ProfilePage.tsx"), "ProfilePage"),
});

const deletions = createRoute({
  getParentRoute: () => shellRoute,
  path: "/deletions",
  component: lazyRouteComponent(() => import("./DeletionList.tsx"), "DeletionList"),
});

const deletion = createRoute({
  getParentRoute: () => shellRoute,
  path: "/deletions/$id",
  params: { parse: ({ id }) => ({ id: Number(id) }), stringify: ({ id }) => ({ id: String(id) }) },
  component: lazyRouteComponent(() => import("./DeletionPage.tsx"), "DeletionPage"),
});

/** People: found by any identifier, one of them, and the deletions of people. */
export const profileRoutes = [profiles, profile, deletions, deletion] as const;
