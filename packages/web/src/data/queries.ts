import { queryOptions } from "@tanstack/react-query";
import { ApiProblem, api, dataOf } from "../api/client.ts";

export const identifiersQuery = queryOptions({
  queryKey: ["definitions", "identifier"],
  queryFn: async () =>
    dataOf(await api.GET("/api/v1/definitions", { params: { query: { kind: "identifier", limit: 500 } } }))
      .items,
});

/** How many profiles have an identifier, and what keeps activations from using it; null: nothing does. */
export interface IdentifierProfiles {
  readonly profiles: number;
  readonly withIdentifier: number;
  readonly missing: string | null;
}

/** Whether an identifier is available to activations, and how many profiles have one. */
export function identifierProfilesQuery(id: string) {
  return queryOptions({
    queryKey: ["identifiers", id, "profiles"],
    queryFn: async (): Promise<IdentifierProfiles> => {
      try {
        return dataOf(await api.GET("/api/v1/identifiers/{id}/profiles", { params: { path: { id } } }));
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.problem.code !== "notFound") throw error;
        return { profiles: 0, withIdentifier: 0, missing: error.message };
      }
    },
  });
}
