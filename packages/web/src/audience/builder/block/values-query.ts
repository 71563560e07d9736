import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "../../../api/client.ts";

/** Whose values are asked for. */
export type ValueSource =
  | { readonly attribute: string }
  | { readonly event: string; readonly property: string };

/** Values to choose from while typing, the likeliest first. */
export function valuesQuery(source: ValueSource, contains: string) {
  return queryOptions({
    queryKey: ["catalog", "values", source, contains],
    queryFn: async ({ signal }) =>
      dataOf(
        await api.GET("/api/v1/catalog/values", {
          params: { query: { ...source, contains: contains.slice(0, 200), limit: 20 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    // Suggestions are a help: where there are none, one types.
    retry: false,
  });
}
