import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { activationsQuery } from "../activation/queries.ts";
import { searchedOf, textOf } from "../shell/searched.ts";
import { shellRoute } from "../shell/shell-route.ts";
import type { AudienceSearch } from "./find-audiences.ts";
import { audienceQuery, audiencesQuery, catalogQuery } from "./queries.ts";
import { STARTS, type Start } from "./rule/start.ts";
import { AUDIENCE_TABS, type AudienceTab } from "./tabs.ts";

const audiences = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audiences",
  validateSearch: ({ tag, page, ...search }: Record<string, unknown>): AudienceSearch => ({
    ...searchedOf(search),
    ...textOf("tag", tag),
    ...(typeof page === "number" && Number.isInteger(page) && page > 1 ? { page } : {}),
  }),
  loader: ({ context: { queries } }) =>
    Promise.all([queries.prefetchQuery(audiencesQuery), queries.prefetchQuery(activationsQuery)]),
  component: lazyRouteComponent(() => import("./AudienceList.tsx"), "AudienceList"),
});

const audience = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audiences/$id",
  validateSearch: ({ tab }: Record<string, unknown>): { readonly tab?: AudienceTab } => {
    const known = AUDIENCE_TABS.find((one) => one === tab);
    return known === undefined || known === "rule" ? {} : { tab: known };
  },
  loader: ({ context: { queries }, params: { id } }) => queries.prefetchQuery(audienceQuery(id)),
  component: lazyRouteComponent(() => import("./page/AudiencePage.tsx"), "AudiencePage"),
});

const newAudience = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audiences/new",
  validateSearch: ({ from }: Record<string, unknown>): { readonly from?: Start } => {
    const known = STARTS.find((one) => one === from);
    return known === undefined ? {} : { from: known };
  },
  loader: ({ context: { queries } }) => queries.prefetchQuery(catalogQuery),
  component: lazyRouteComponent(() => import("./builder/NewAudiencePage.tsx"), "NewAudiencePage"),
});

const editAudience = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audiences/$id/edit",
  loader: ({ context: { queries }, params: { id } }) =>
    Promise.all([queries.prefetchQuery(audienceQuery(id)), queries.prefetchQuery(catalogQuery)]),
  component: lazyRouteComponent(() => import("./builder/EditAudiencePage.tsx"), "EditAudiencePage"),
});

/** Groups of people by a rule. */
export const audienceRoutes = [audiences, newAudience, audience, editAudience] as const;
