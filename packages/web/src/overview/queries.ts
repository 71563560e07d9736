import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";

/** The identifier by which Ibexa knows people. */
export const PERSON_IDENTIFIER = "userid";

const LATEST = 5;
/** How often imports that go on are asked for again, in ms. */
const LIVE_MS = 5_000;

/** The latest imports of all dataflows. */
export const latestImportsQuery = queryOptions({
  queryKey: ["imports", "latest"],
  queryFn: async () =>
    dataOf(await api.GET("/api/v1/imports", { params: { query: { limit: LATEST } } })).items,
  refetchInterval: LIVE_MS,
});
