import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { ApiProblem, api, dataOf } from "../api/client.ts";
import type { Schemas } from "../api/schemas.ts";

export type DataflowStanding = Schemas["DataflowStanding"];
export type DataflowState = DataflowStanding["definition"]["state"];
export type Import = Schemas["Import"];
export type ImportState = Import["state"];
export type ImportCounts = Schemas["ImportCounts"];
export type Sample = Schemas["Sample"];
export type SampleColumn = Schemas["SampleColumn"];
export type SamplePreview = Schemas["SamplePreview"];
export type SampleValidation = Schemas["SampleValidation"];

/** How often what changes by itself is asked for again, in ms. */
const LIVE_MS = 2_000;
const CALM_MS = 10_000;

/** Whether an import goes on by itself. */
export function isUnderWay(state: ImportState): boolean {
  return state === "queued" || state === "running";
}

/** Definitions are few; pages of 500 are put together. */
async function definitionsOf(kind: "identifier" | "schema") {
  type Page = Awaited<ReturnType<typeof page>>;
  const page = async (cursor: string | undefined) => {
    const query = { kind, limit: 500, ...(cursor === undefined ? {} : { cursor }) };
    return dataOf(await api.GET("/api/v1/definitions", { params: { query } }));
  };
  const all: Page["items"][number][] = [];
  let found = await page(undefined);
  all.push(...found.items);
  while (found.next !== null) {
    found = await page(found.next);
    all.push(...found.items);
  }
  return all;
}

export const identifiersQuery = queryOptions({
  queryKey: ["definitions", "identifier"],
  queryFn: async () =>
    (await definitionsOf("identifier")).flatMap(({ definition, ...record }) =>
      definition.kind === "identifier" ? [{ ...record, definition }] : [],
    ),
});

export const schemasQuery = queryOptions({
  queryKey: ["definitions", "schema"],
  queryFn: async () =>
    (await definitionsOf("schema")).flatMap(({ definition, ...record }) =>
      definition.kind === "schema" ? [{ ...record, definition }] : [],
    ),
});

/** A schema as it is now, to be saved over; not as it was when somebody began to look at it. */
export async function schemaNow(id: string): Promise<Pick<SchemaRecord, "definition" | "version">> {
  const params = { path: { kind: "schema" as const, id } };
  const { version, definition } = dataOf(await api.GET("/api/v1/definitions/{kind}/{id}", { params }));
  if (definition.kind !== "schema") throw new Error(`the schema ${id} is of kind ${definition.kind}`);
  return { version, definition };
}

export type SchemaRecord = Awaited<ReturnType<NonNullable<typeof schemasQuery.queryFn>>>[number];
export type IdentifierRecord = Awaited<ReturnType<NonNullable<typeof identifiersQuery.queryFn>>>[number];

export const dataflowsQuery = queryOptions({
  queryKey: ["dataflows"],
  queryFn: async () => dataOf(await api.GET("/api/v1/dataflows")).items,
  refetchInterval: ({ state }) => (state.data?.some(({ waiting }) => waiting > 0) ? LIVE_MS : CALM_MS),
});

export function dataflowQuery(id: string) {
  return queryOptions({
    queryKey: ["dataflows", id],
    queryFn: async () => dataOf(await api.GET("/api/v1/dataflows/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) => ((state.data?.waiting ?? 0) > 0 ? LIVE_MS : CALM_MS),
  });
}

export function dataflowLogQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["dataflows", id, "log"],
    queryFn: async ({ pageParam: cursor }) => {
      const query = { limit: 25, ...(cursor === "" ? {} : { cursor }) };
      return dataOf(await api.GET("/api/v1/dataflows/{id}/log", { params: { path: { id }, query } }));
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
}

/** What the deletion of a dataflow would withdraw. */
export function dataflowDeletionQuery(id: string) {
  return queryOptions({
    queryKey: ["dataflows", id, "deletion"],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/dataflows/{id}/deletion", { params: { path: { id } } })),
  });
}

export function streamIdsQuery(dataflow: string) {
  return queryOptions({
    queryKey: ["stream-ids", dataflow],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/stream-ids", { params: { query: { dataflow } } })).items,
  });
}

/** @param dataflow only its imports; undefined: those of all */
export function importsQuery(dataflow: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ["imports", { dataflow }],
    queryFn: async ({ pageParam: cursor }) => {
      const query = {
        limit: 50,
        ...(cursor === "" ? {} : { cursor }),
        ...(dataflow === undefined ? {} : { dataflow }),
      };
      return dataOf(await api.GET("/api/v1/imports", { params: { query } }));
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((one) => isUnderWay(one.state))) ? LIVE_MS : CALM_MS,
  });
}

export function importQuery(id: number) {
  return queryOptions({
    queryKey: ["imports", id],
    queryFn: async () => dataOf(await api.GET("/api/v1/imports/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) =>
      state.data === undefined || isUnderWay(state.data.state) ? LIVE_MS / 2 : false,
  });
}

export function refusedRowsQuery(id: number) {
  return infiniteQueryOptions({
    queryKey: ["imports", id, "refused"],
    queryFn: async ({ pageParam: cursor }) => {
      const query = { limit: 50, ...(cursor === "" ? {} : { cursor }) };
      return dataOf(await api.GET("/api/v1/imports/{id}/refused", { params: { path: { id }, query } }));
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
}

export function sampleQuery(id: string) {
  return queryOptions({
    queryKey: ["samples", id],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/samples/{id}", { params: { path: { id }, query: { rows: 20 } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Samples are kept for a day. */
export async function isSampleThere(id: string): Promise<boolean> {
  try {
    await api.GET("/api/v1/samples/{id}", { params: { path: { id }, query: { rows: 0 } } });
    return true;
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.code === "notFound") return false;
    throw error;
  }
}

/** Where rows that have come are found: the latest drafts of a stream, or the latest import that has kept some. */
export type LatestOf = "drafts" | "import";

/** Makes a sample of rows that a dataflow has got, of the first of these places that has some. */
export async function latestSample(
  dataflow: string,
  places: readonly LatestOf[],
): Promise<Sample | undefined> {
  for (const of of places) {
    try {
      const params = { path: { id: dataflow }, query: { rows: 20, of } };
      return dataOf(await api.POST("/api/v1/dataflows/{id}/samples", { params }));
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.problem.code !== "notFound") throw error;
    }
  }
  return undefined;
}

/** What definitions that need not be saved make of a sample's first rows; without a dataflow to look at, its faults. */
export function samplePreviewQuery(id: string, documents: readonly unknown[]) {
  return queryOptions({
    queryKey: ["samples", id, "preview", documents],
    queryFn: async () =>
      dataOf(
        await api.POST("/api/v1/samples/{id}/preview", {
          params: { path: { id }, query: { rows: 20 } },
          body: { documents: [...documents] },
        }),
      ),
  });
}

export function sampleValidationQuery(id: string, documents: readonly unknown[]) {
  return queryOptions({
    queryKey: ["samples", id, "validation", documents],
    queryFn: async () =>
      dataOf(
        await api.POST("/api/v1/samples/{id}/validation", {
          params: { path: { id } },
          body: { documents: [...documents] },
        }),
      ),
  });
}

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
      // Looked for first: a new installation has none, and a browser tells of every answer 404.
      const isThere = (await definitionsOf("identifier")).some((one) => one.id === id);
      if (!isThere) {
        return { profiles: 0, withIdentifier: 0, missing: `There is no identifier \`${id}\` yet.` };
      }
      return dataOf(await api.GET("/api/v1/identifiers/{id}/profiles", { params: { path: { id } } }));
    },
  });
}

export function identifierReportQuery(id: string) {
  return queryOptions({
    queryKey: ["identifiers", id, "report"],
    queryFn: async () =>
      dataOf(await api.GET("/api/v1/identifiers/{id}/report", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? LIVE_MS / 2 : false),
  });
}

export const conflictsQuery = infiniteQueryOptions({
  queryKey: ["conflicts"],
  queryFn: async ({ pageParam: cursor }) =>
    dataOf(
      await api.GET("/api/v1/conflicts", {
        params: { query: { limit: 25, ...(cursor === "" ? {} : { cursor }) } },
      }),
    ),
  initialPageParam: "",
  getNextPageParam: ({ next }) => next,
});
