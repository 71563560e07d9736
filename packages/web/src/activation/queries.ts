import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";
import type { Schemas } from "../api/schemas.ts";

export type ShownActivation = Schemas["ShownActivation"];
export type ActivationStatus = Schemas["ActivationStatus"];
export type SegmentStatus = ActivationStatus["segments"][number];
export type SettingWarning = Schemas["SettingWarning"];
export type ActivationSetup = Schemas["ActivationSetup"];

/** How often what changes by itself is asked for again, in ms. */
const LIVE_MS = 3_000;

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

/** How an activation stands; asked for again and again while somebody looks at it. */
export function activationStatusQuery(id: string) {
  return queryOptions({
    queryKey: ["activations", id, "status"],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/activations/{id}/status", { params: { path: { id } } })),
    refetchInterval: LIVE_MS,
  });
}

/** Settings as far as they are typed: what is wrong with them or likely a mistake, and Ibexa's side to copy. */
export function draftSetupQuery(settings: Readonly<Record<string, string>>, version: string | undefined) {
  return queryOptions({
    // The secret is part of what is asked: nothing of it is kept once nobody looks.
    gcTime: 0,
    queryKey: ["activation-setup", settings, version ?? ""],
    queryFn: async () =>
      dataOf(
        await api.POST("/api/v1/activations/{id}/setup", {
          params: { path: { id: "new" } },
          body: { type: "ibexa", settings, ...(version === undefined ? {} : { version }) },
        }),
      ),
  });
}
