import type { PersonState } from "@peregrine/core";
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";
import type { Schemas } from "../api/schemas.ts";

export type ShownActivation = Schemas["ShownActivation"];
export type ActivationStatus = Schemas["ActivationStatus"];
export type SegmentStatus = ActivationStatus["segments"][number];
export type SettingWarning = Schemas["SettingWarning"];
export type ActivationSetup = Schemas["ActivationSetup"];
export type Run = Schemas["Run"];

/** How often what changes by itself is asked for again, in ms. */
const LIVE_MS = 3_000;
/** How many rows of a list come at once. */
const PAGE = 50;
/** How many values of an identifier are shown. */
const EXAMPLES = 5;

export const activationsQuery = queryOptions({
  queryKey: ["activations"],
  queryFn: async () => dataOf(await api.GET("/api/v1/activations")).items,
});

export const activationTypesQuery = queryOptions({
  queryKey: ["activation-types"],
  queryFn: async () => dataOf(await api.GET("/api/v1/activation-types")).items,
  staleTime: Number.POSITIVE_INFINITY,
});

export function activationQuery(id: string) {
  return queryOptions({
    queryKey: ["activations", id],
    queryFn: async () => dataOf(await api.GET("/api/v1/activations/{id}", { params: { path: { id } } })),
  });
}

/** A few values that profiles have of an identifier, to compare with what the destination has. */
export function exampleIdsQuery(identifier: string) {
  return queryOptions({
    queryKey: ["identifiers", identifier, "examples"],
    queryFn: async () => {
      const body = { rule: { everyone: true as const }, personIdentifier: identifier };
      const { people } = dataOf(await api.POST("/api/v1/rules/preview", { body }));
      return people.flatMap(({ identifiers }) => identifiers[identifier] ?? []).slice(0, EXAMPLES);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** So long it is awaited how all activations stand before a page that lists them is shown without it, in ms. */
const PATIENCE_MS = 2_000;
/** Of so many it is asked every {@link LIVE_MS}; of more less often, else a list that is open would keep a server busy. */
const LIVE_ACTIVATIONS = 20;

/** How all activations stand, in one answer, by id. */
export const activationStatusesQuery = queryOptions({
  queryKey: ["activations", "*", "status"],
  queryFn: async () => {
    const { items } = dataOf(await api.GET("/api/v1/activation-statuses"));
    return new Map(items.map((status) => [status.id, status]));
  },
  refetchInterval: ({ state }) => LIVE_MS * Math.max(1, (state.data?.size ?? 0) / LIVE_ACTIVATIONS),
});

/** Asks for all activations and how they stand. What fails is asked again by the page, which tells of it. */
export async function prefetchActivations(queries: QueryClient): Promise<void> {
  const statuses = queries.prefetchQuery(activationStatusesQuery);
  await queries.prefetchQuery(activationsQuery);
  await Promise.race([statuses, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

/** How an activation stands; asked for again and again while somebody looks at it. */
export function activationStatusQuery(id: string) {
  return queryOptions({
    queryKey: ["activations", id, "status"],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/activations/{id}/status", { params: { path: { id } } })),
    refetchInterval: LIVE_MS,
  });
}

/** Has all that is known of an activation asked for again, how it stands among the others too. */
export async function refreshActivation(queries: QueryClient, id: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ["activations", id] }),
    queries.invalidateQueries({ queryKey: activationStatusesQuery.queryKey }),
  ]);
}

export function runsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["activations", id, "runs"],
    queryFn: async ({ pageParam: cursor }) => {
      const query = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
      return dataOf(await api.GET("/api/v1/activations/{id}/runs", { params: { path: { id }, query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

/** Why people were refused in a run, equal answers together. @param refused how many are so far: more have more reasons */
export function runRefusalsQuery(id: string, run: number, refused: number) {
  return queryOptions({
    queryKey: ["activations", id, "runs", run, "refusals", refused],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/activations/{id}/runs/{run}/refusals", { params: { path: { id, run } } }))
        .items,
  });
}

/** Who changed an activation or decided for it, and when. */
export function historyQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["activations", id, "history"],
    queryFn: async ({ pageParam: cursor }) => {
      const query = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
      return dataOf(await api.GET("/api/v1/activations/{id}/history", { params: { path: { id }, query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

/** Removals that wait for somebody's decision, and what was decided. */
export function holdsQuery(id: string) {
  return queryOptions({
    queryKey: ["activations", id, "holds"],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/activations/{id}/holds", { params: { path: { id } } })).items,
    refetchInterval: LIVE_MS,
  });
}

/** Who stays in segments whose audiences were taken off. */
export function leftBehindQuery(id: string) {
  return queryOptions({
    queryKey: ["activations", id, "left-behind"],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/activations/{id}/left-behind", { params: { path: { id } } })).items,
  });
}

/** Why people are refused now, equal answers together. */
export function refusalsQuery(id: string) {
  return queryOptions({
    queryKey: ["activations", id, "refusals"],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/activations/{id}/refusals", { params: { path: { id } } })).items,
    refetchInterval: LIVE_MS,
  });
}

/** The people of one state in one segment, page by page. */
export function peopleQuery(id: string, audience: string, state: PersonState, personId: string) {
  return infiniteQueryOptions({
    queryKey: ["activations", id, "people", audience, state, personId],
    queryFn: async ({ pageParam: cursor }) =>
      dataOf(
        await api.POST("/api/v1/activations/{id}/audiences/{audience}/people/search", {
          params: { path: { id, audience } },
          body: {
            state,
            limit: PAGE,
            ...(personId === "" ? {} : { personId }),
            ...(cursor === null ? {} : { cursor }),
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

/** What a run would send after a save with these audiences; sends nothing. Asked anew each time: it is about now. */
export function previewQuery(id: string, audiences: readonly string[], personIdentifier: string) {
  return queryOptions({
    queryKey: ["activation-preview", id, audiences, personIdentifier],
    queryFn: async () =>
      dataOf(
        await api.POST("/api/v1/activations/{id}/preview", {
          params: { path: { id } },
          body: { audiences: [...audiences], personIdentifier },
        }),
      ),
    staleTime: 0,
  });
}

/** Settings as far as they are typed: what is wrong with them or likely a mistake, and Ibexa's side to copy. */
export function draftSetupQuery(
  id: string,
  settings: Readonly<Record<string, unknown>>,
  version: string | undefined,
) {
  return queryOptions({
    // The secret is part of what is asked: nothing of it is kept once nobody looks.
    gcTime: 0,
    queryKey: ["activation-setup", id, settings, version ?? ""],
    queryFn: async () =>
      dataOf(
        await api.POST("/api/v1/activations/{id}/setup", {
          params: { path: { id } },
          body: { type: "ibexa", settings, ...(version === undefined ? {} : { version }) },
        }),
      ),
  });
}
