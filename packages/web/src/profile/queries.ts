import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { ApiProblem, api, dataOf } from "../api/client.ts";
import type { Schemas } from "../api/schemas.ts";

export type Profile = Schemas["Profile"];
export type ProfileEvent = Schemas["ProfileEvent"];
export type PersonInSegment = Schemas["ExplainedPerson"];

export type PersonDeletion = Schemas["PersonDeletion"];

const LIVE_MS = 2_000;
const CALM_MS = 10_000;

async function found(ask: Promise<{ data?: Profile }>): Promise<Profile | undefined> {
  try {
    return dataOf(await ask);
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.code === "notFound") return undefined;
    throw error;
  }
}

/**
 * Whoever has a value under any of the kinds of identifiers, each once; a kind may be named, `email:jo@example.com`.
 *
 * @param kinds ids of the identifiers
 */
export function profileSearchQuery(sought: string, kinds: readonly string[]) {
  return queryOptions({
    queryKey: ["profiles", "search", sought, kinds],
    queryFn: async () => {
      const named = kinds.find((kind) => sought.startsWith(`${kind}:`));
      const asked = named === undefined ? kinds.map((kind) => `${kind}:${sought}`) : [sought];
      const profiles = await Promise.all(
        asked.map((identifier) => found(api.GET("/api/v1/profiles", { params: { query: { identifier } } }))),
      );
      return [...new Map(profiles.flatMap((one) => (one === undefined ? [] : [[one.number, one]]))).values()];
    },
    enabled: sought !== "",
  });
}

export function profileQuery(number: number) {
  return queryOptions({
    queryKey: ["profiles", number],
    queryFn: async () => dataOf(await api.GET("/api/v1/profiles/{number}", { params: { path: { number } } })),
  });
}

/** A person's events, newest first, page by page. */
export function profileEventsQuery(number: number) {
  return infiniteQueryOptions({
    queryKey: ["profiles", number, "events"],
    queryFn: async ({ pageParam: cursor }) => {
      const query = { limit: 20, ...(cursor === "" ? {} : { cursor }) };
      return dataOf(
        await api.GET("/api/v1/profiles/{number}/events", { params: { path: { number }, query } }),
      );
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
}

export function profileSegmentsQuery(number: number) {
  return queryOptions({
    queryKey: ["profiles", number, "segments"],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/profiles/{number}/segments", { params: { path: { number } } })).items,
    refetchInterval: CALM_MS,
  });
}

/** Why a person is in an audience or is not. */
export function whyQuery(number: number, audience: string) {
  return queryOptions({
    queryKey: ["profiles", number, "why", audience],
    queryFn: async () =>
      dataOf(
        await api.POST("/api/v1/audiences/{id}/explain", {
          params: { path: { id: audience } },
          body: { person: String(number) },
        }),
      ),
  });
}

/** What deleting a person would do. */
export function foreseenDeletionQuery(number: number) {
  return queryOptions({
    queryKey: ["profiles", number, "deletion"],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/profiles/{number}/deletion", { params: { path: { number } } })),
  });
}

/** All deletions of people, the latest first, page by page. */
export const deletionsQuery = infiniteQueryOptions({
  queryKey: ["deletions", "list"],
  queryFn: async ({ pageParam: cursor }) => {
    const query = { limit: 50, ...(cursor === null ? {} : { cursor }) };
    return dataOf(await api.GET("/api/v1/deletions", { params: { query } }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: ({ next }) => next,
  refetchInterval: CALM_MS,
});

export function deletionQuery(id: number) {
  return queryOptions({
    queryKey: ["deletions", id],
    queryFn: async () => dataOf(await api.GET("/api/v1/deletions/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.state === "done" ? false : LIVE_MS),
  });
}
