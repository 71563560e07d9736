import { Readable } from "node:stream";
import { dataflowSource, definitionId, isTimeZone, SCHEMA_PARENTS } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instantText } from "../http/instant.ts";
import type { SampleService } from "./sample-service.ts";
import type { SampleView } from "./sample-view.ts";
import { previewSchema, proposalSchema, sampleSchema, validationSchema } from "./shapes.ts";

const params = z.object({ id: z.string().max(100) });
const shown = z.object({
  rows: z.coerce.number().int().min(0).max(200).default(20).describe("How many rows are shown"),
});
const documents = z
  .array(z.unknown())
  .min(1)
  .max(100)
  .describe("As `apply` takes them: one dataflow, and with it what is not saved or is to change");

/** Files to be looked at before anything is imported. */
export function sampleRoutes(app: ApiApp, samples: SampleService): void {
  void app.register(async (scope) => {
    const files = scope as ApiApp;
    // As with imports: a file is never parsed or held in memory here.
    files.removeAllContentTypeParsers();
    files.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    files.post(
      "/api/v1/samples",
      {
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          operationId: "createSample",
          summary: "Send a file to look at, without importing it; its first part is kept for a day",
          tags: ["dataflows"],
          querystring: shown.extend({
            fileName: z.string().max(500).default("upload").describe("For people to recognise it by"),
          }),
          consumes: ["application/octet-stream", "text/csv", "application/gzip"],
          body: z.unknown().meta({ type: "string", format: "binary" }),
          response: { 201: sampleSchema },
        },
      },
      async ({ body, raw, query }, reply) => {
        const sent = body instanceof Readable ? body : raw;
        const sample = await samples.take(query.fileName, sent, query.rows);
        return reply.code(201).header("Location", `/api/v1/samples/${sample.id}`).send(show(sample));
      },
    );
  });

  app.post(
    "/api/v1/dataflows/:id/samples",
    {
      schema: {
        operationId: "sampleDrafts",
        summary:
          "Look at rows that have come: the latest drafts of a stream, or the first of the latest import; they are kept for a day as they are now",
        tags: ["dataflows"],
        params: z.object({ id: definitionId }),
        querystring: shown.extend({
          of: z
            .enum(["drafts", "import"])
            .default("drafts")
            .describe("`import`: the rows that the latest published import has kept, a thousand at most"),
        }),
        response: { 201: sampleSchema },
      },
    },
    async ({ params: { id }, query }, reply) => {
      const take = { drafts: "takeDrafts", import: "takeLatest" } as const;
      const sample = await samples[take[query.of]](id, query.rows);
      return reply.code(201).header("Location", `/api/v1/samples/${sample.id}`).send(show(sample));
    },
  );
  app.get(
    "/api/v1/samples/:id",
    {
      schema: {
        operationId: "getSample",
        summary: "What a sample is: how it is written, its columns, its first rows",
        tags: ["dataflows"],
        params,
        querystring: shown,
        response: { 200: sampleSchema },
      },
    },
    async ({ params: { id }, query }) => show(await samples.get(id, query.rows)),
  );
  app.put(
    "/api/v1/samples/:id/source",
    {
      schema: {
        operationId: "describeSample",
        summary: "Correct how a sample is written, as in the dataflow's `source`",
        tags: ["dataflows"],
        params,
        querystring: shown,
        body: dataflowSource,
        response: { 200: sampleSchema },
      },
    },
    async ({ params: { id }, query, body }) => show(await samples.describe(id, body, query.rows)),
  );
  app.delete(
    "/api/v1/samples/:id",
    {
      schema: {
        operationId: "deleteSample",
        summary: "Forget a sample",
        tags: ["dataflows"],
        params,
        response: { 204: z.null() },
      },
    },
    async ({ params: { id } }, reply) => {
      await samples.remove(id);
      return reply.code(204).send(null);
    },
  );
  app.post(
    "/api/v1/samples/:id/proposal",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "proposeDataflow",
        summary: "A schema and a dataflow for such files, from names and values; nothing is saved",
        tags: ["dataflows"],
        params,
        body: z.strictObject({
          parent: z.enum(SCHEMA_PARENTS).default("PersonalData"),
          id: definitionId.optional().describe("Of the dataflow; else made of the file's name"),
          name: z.string().min(1).max(200).optional(),
          schema: definitionId.optional().describe("A schema that is there; columns are added to it"),
          personIdentifier: definitionId.optional(),
          documents: documents
            .optional()
            .describe(
              "A dataflow whose mapping stands instead of what would be proposed, as `apply` takes it, and with it what is not saved",
            ),
          timeZone: z
            .string()
            .refine(isTimeZone, "a time zone, such as Europe/Berlin")
            .optional()
            .describe("By whose clock times without a zone are meant; else the installation's"),
        }),
        response: { 200: proposalSchema },
      },
    },
    async ({ params: { id }, body }) => samples.propose(id, body),
  );
  app.post(
    "/api/v1/samples/:id/preview",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "previewSample",
        summary: "What definitions, saved or not, make of the sample's first rows",
        tags: ["dataflows"],
        params,
        querystring: shown,
        body: z.strictObject({ documents }),
        response: { 200: previewSchema },
      },
    },
    async ({ params: { id }, query, body }) => samples.preview(id, body.documents, query.rows),
  );
  app.post(
    "/api/v1/samples/:id/validation",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "validateSample",
        summary: "What definitions, saved or not, make of all of the sample, as numbers that add up",
        tags: ["dataflows"],
        params,
        body: z.strictObject({ documents }),
        response: { 200: validationSchema },
      },
    },
    async ({ params: { id }, body }) => samples.validate(id, body.documents),
  );
}

function show({ createdAt, expiresAt, ...sample }: SampleView): z.output<typeof sampleSchema> {
  return { ...sample, createdAt: instantText(createdAt), expiresAt: instantText(expiresAt) };
}
