import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";

/** How many entries of a list come at once. */
const PAGE = 50;

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: async () => dataOf(await api.GET("/api/v1/users")).items,
});

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async () => dataOf(await api.GET("/api/v1/tokens")).items,
});

export const serverStatusQuery = queryOptions({
  queryKey: ["server-status"],
  queryFn: async () => dataOf(await api.GET("/api/v1/status")),
});

/** Who did what when; of one kind of things where it is named. */
export function auditQuery(kind: string) {
  return infiniteQueryOptions({
    queryKey: ["audit", kind],
    queryFn: async ({ pageParam: cursor }) => {
      const query = {
        limit: PAGE,
        ...(kind === "" ? {} : { kind }),
        ...(cursor === null ? {} : { cursor }),
      };
      return dataOf(await api.GET("/api/v1/audit", { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}
