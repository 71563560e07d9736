import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";
import type { Schemas } from "../api/schemas.ts";
import { isSavedSince } from "./saved-since.ts";

/** An audience with its rule as it came: whoever reads the rule parses it. */
export interface AudienceView extends Omit<Schemas["AudienceView"], "rule"> {
  readonly rule: unknown;
}
export type AudiencePreview = Schemas["AudiencePreview"];
export type PreviewPerson = AudiencePreview["people"][number];
export type AudienceVersion = Schemas["AudienceVersion"];

/** How often sizes and checks, which change by themselves, are asked for again, in ms. */
const LIVE_MS = 15_000;
/** The same while a check is awaited that follows a save at once, in ms. */
const AWAITED_MS = 1_500;

async function audiencePage(cursor: string | undefined) {
  const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
  return dataOf(await api.GET("/api/v1/audiences", { params: { query } }));
}

/** All audiences, page by page: lists are filtered here. */
export const audiencesQuery = queryOptions({
  queryKey: ["audiences"],
  queryFn: async () => {
    const all: AudienceView[] = [];
    let page = await audiencePage(undefined);
    all.push(...page.items);
    while (page.next !== null) {
      page = await audiencePage(page.next);
      all.push(...page.items);
    }
    return all;
  },
});

/** One audience; asked for again while somebody looks at it. */
export function audienceQuery(id: string) {
  return queryOptions({
    queryKey: ["audiences", id],
    queryFn: async (): Promise<AudienceView> =>
      dataOf(await api.GET("/api/v1/audiences/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && (data.check ?? "automatic") === "automatic" && isSavedSince(data)
        ? AWAITED_MS
        : LIVE_MS,
  });
}

/** Whom the saved rule finds now, block by block. @param version so that a saved change is counted anew */
export function savedPreviewQuery(id: string, version: number) {
  return queryOptions({
    queryKey: ["audiences", id, "preview", version],
    queryFn: async ({ signal }) =>
      dataOf(await api.GET("/api/v1/audiences/{id}/preview", { params: { path: { id } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** The latest versions, as many as a page of the API has. */
export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ["audiences", id, "versions"],
    queryFn: async () =>
      dataOf(
        await api.GET("/api/v1/audiences/{id}/versions", {
          params: { path: { id }, query: { limit: 200 } },
        }),
      ).items,
  });
}

/** What rules may name. */
export const catalogQuery = queryOptions({
  queryKey: ["catalog"],
  queryFn: async () => dataOf(await api.GET("/api/v1/catalog")),
  staleTime: 60_000,
});

/** What two versions have different, in words. */
export function comparisonQuery(id: string, from: number, to: number) {
  return queryOptions({
    queryKey: ["audiences", id, "comparison", from, to],
    queryFn: async () =>
      dataOf(
        await api.GET("/api/v1/audiences/{id}/comparison", {
          params: { path: { id }, query: { from, to } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
