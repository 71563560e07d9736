import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";

/** Who is signed in, and whether the installation awaits its first administrator. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async () => dataOf(await api.GET("/api/v1/session")),
  staleTime: 60_000,
});
