import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: async () => dataOf(await api.GET("/api/v1/users")).items,
});
