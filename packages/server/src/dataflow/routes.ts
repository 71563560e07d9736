import { dataflow as dataflowDefinition, definitionId, SCHEMA_PARENTS } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import { seenVersion } from "../http/seen-version.ts";
import { countsSchema, faultsSchema, importState } from "../ingest/index.ts";
import type { Activity } from "./activity-log.ts";
import type { DataflowService, DataflowView } from "./dataflow-service.ts";

const counts = countsSchema.nullable();

const dataflowSchema = z
  .object({
    definition: dataflowDefinition,
    parent: z.enum(SCHEMA_PARENTS).nullable(),
    version: z.number().int(),
    origin: z.enum(["api", "file"]),
    updatedAt: instant,
    updatedBy: z.string(),
    waiting: z
      .number()
      .int()
      .describe("Imports that have not ended; of a paused one they wait until it is resumed"),
    lastImport: z
      .object({
        id: z.number().int(),
        fileName: z.string(),
        state: importState,
        counts,
        createdAt: instant,
        finishedAt: instant.nullable(),
      })
      .nullable(),
  })
  .meta({ id: "DataflowStanding" });

const activitySchema = z
  .object({
    at: instant,
    by: z.string().nullable(),
    what: z.enum(["created", "changed", "activated", "paused", "resumed", "deleted", "import"]),
    version: z.number().int().nullable(),
    fields: z.array(z.string()).readonly().describe("JSON pointers of what was changed"),
    import: z
      .object({
        id: z.number().int(),
        fileName: z.string(),
        state: importState,
        counts,
        againOf: z.number().int().nullable(),
      })
      .nullable(),
  })
  .meta({ id: "DataflowActivity" });

const deletionSchema = z
  .object({
    people: z.number().int().describe("Who lose something; their profiles and what links them stay"),
    attributes: z.number().int().describe("Values of attributes, each of one person"),
    events: z.number().int(),
    waiting: z.number().int().describe("Imports that have not ended, and come to nothing"),
    audiences: z
      .array(z.object({ id: z.string(), name: z.string() }))
      .readonly()
      .describe("Whose rules read any of this data"),
    faults: faultsSchema.describe("Why it can't be deleted as things are"),
  })
  .meta({ id: "DataflowDeletion" });

const params = z.object({ id: definitionId });

/** Dataflows: how they stand, and what can be done with them. Their definitions change as all definitions do. */
export function dataflowRoutes(app: ApiApp, service: DataflowService): void {
  app.get(
    "/api/v1/dataflows",
    {
      schema: {
        operationId: "listDataflows",
        summary: "All dataflows, how they stand",
        tags: ["dataflows"],
        response: { 200: z.object({ items: z.array(dataflowSchema) }) },
      },
    },
    async () => ({ items: (await service.list()).map(show) }),
  );
  app.get(
    "/api/v1/dataflows/:id",
    {
      schema: {
        operationId: "getDataflow",
        summary: "A dataflow, how it stands",
        tags: ["dataflows"],
        params,
        response: { 200: dataflowSchema },
      },
    },
    async ({ params: { id } }) => show(await service.get(id)),
  );
  const turns = {
    activate: "Let it take rows in",
    pause: "Keep what comes until it is resumed",
    resume: "Take in what has waited, and what comes",
  } as const;
  for (const turn of ["activate", "pause", "resume"] as const) {
    app.post(
      `/api/v1/dataflows/:id/${turn}`,
      {
        schema: {
          operationId: `${turn}Dataflow`,
          summary: turns[turn],
          tags: ["dataflows"],
          params,
          response: { 200: dataflowSchema },
        },
      },
      async ({ params: { id }, caller }) => show(await service[turn](id, caller)),
    );
  }
  app.post(
    "/api/v1/dataflows/:id/clone",
    {
      schema: {
        operationId: "cloneDataflow",
        summary: "A new draft with the same mapping to the same schema",
        tags: ["dataflows"],
        params,
        body: z.strictObject({ id: definitionId, name: z.string().min(1).max(200).optional() }),
        response: { 201: dataflowSchema },
      },
    },
    async ({ params: { id }, body, caller }, reply) =>
      reply.code(201).send(show(await service.clone(id, body, caller))),
  );
  app.get(
    "/api/v1/dataflows/:id/log",
    {
      schema: {
        operationId: "listDataflowActivity",
        summary: "Who changed what, and the files that came, the latest first; also of a deleted one",
        tags: ["dataflows"],
        params,
        querystring: z.object({
          cursor: z.string().max(1000).optional(),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ items: z.array(activitySchema), next: z.string().nullable() }) },
      },
    },
    async ({ params: { id }, query }) => {
      const { items, next } = await service.log(id, query);
      return { items: items.map(showActivity), next };
    },
  );
  app.get(
    "/api/v1/dataflows/:id/deletion",
    {
      schema: {
        operationId: "foreseeDataflowDeletion",
        summary: "What its deletion would withdraw, and which audiences read of it; nothing is changed",
        tags: ["dataflows"],
        params,
        response: { 200: deletionSchema },
      },
    },
    async ({ params: { id } }) => service.deletion(id),
  );
  app.delete(
    "/api/v1/dataflows/:id",
    {
      schema: {
        operationId: "deleteDataflow",
        summary: "Delete it, and with it all that it has brought; profiles and what links them stay",
        tags: ["dataflows"],
        params,
        querystring: z.object({ version: seenVersion }),
        response: { 200: deletionSchema },
      },
    },
    async ({ params: { id }, query, caller }) => service.delete(id, caller, { ofVersion: query.version }),
  );
}

function show({ updatedAt, lastImport, ...view }: DataflowView): z.output<typeof dataflowSchema> {
  return {
    ...view,
    updatedAt: instantText(updatedAt),
    lastImport: lastImport && {
      ...lastImport,
      counts: lastImport.counts && { ...lastImport.counts },
      createdAt: instantText(lastImport.createdAt),
      finishedAt: instantOrNull(lastImport.finishedAt),
    },
  };
}

function showActivity({ at, import: of, ...entry }: Activity): z.output<typeof activitySchema> {
  return { ...entry, at: instantText(at), import: of && { ...of, counts: of.counts && { ...of.counts } } };
}
