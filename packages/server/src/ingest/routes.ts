import { Readable } from "node:stream";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { csvLine } from "../http/csv.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { ImportView, IngestService, RefusedRow } from "./service.ts";
import { countsSchema, faultsSchema, importState, readingSchema } from "./shapes.ts";

const SOURCES = ["file", "stream", "draft", "snapshot"] as const;

const importSchema = z
  .object({
    id: z.number().int(),
    dataflowId: z.string(),
    dataflowNumber: z.number().int(),
    fileName: z.string(),
    source: z.enum(SOURCES).describe("A file, a stream, a stream's drafts, or a stream's complete snapshot"),
    sha256: z.string(),
    size: z.number().int().describe("Bytes of the file as it came"),
    state: importState,
    repeats: z
      .number()
      .int()
      .nullable()
      .describe("For an unchanged one, the import that brought the same file"),
    held: z.enum(["paused"]).nullable().describe("Why a queued one is not begun: its dataflow is paused"),
    againOf: z.number().int().nullable().describe("The import whose rows or file it takes in once more"),
    replacedBy: z
      .number()
      .int()
      .nullable()
      .describe("The import by which it was run again: nothing of it counts any more"),
    sentBy: z.string().nullable().describe("The name of the token that sent it"),
    cameAt: instant.describe("When its rows came: of one that is run again, when they came first"),
    operation: z.number().int().nullable(),
    arrivalFrom: z.number().int().nullable(),
    arrivalTo: z.number().int().nullable(),
    reading: readingSchema
      .nullable()
      .describe("How the file was read: what the dataflow says, and what was recognised"),
    columns: z
      .array(z.string())
      .readonly()
      .nullable()
      .describe("Of the file's header; of nested rows, what the mapping names"),
    counts: countsSchema.nullable().describe("Of what is not published: how its rows would have come out"),
    progress: z
      .object({ step: z.string(), done: z.number().int(), total: z.number().int().nullable() })
      .nullable(),
    error: z
      .object({
        code: z.string(),
        detail: z.string(),
        faults: faultsSchema,
      })
      .nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: "Import" });

const refusedRow = z
  .object({
    line: z.number().int(),
    column: z.string(),
    reason: z.string(),
    raw: z.string().describe("The row as it stood in the file"),
  })
  .meta({ id: "RefusedRow" });

const idParams = z.object({ id: z.coerce.number().int().min(1).max(0xffff_ffff) });

/** Files in, and what became of them. */
export function ingestRoutes(app: ApiApp, ingest: IngestService): void {
  void app.register(async (scope) => {
    const files = scope as ApiApp;
    // A file is never parsed or held in memory here: the body goes to the disk as it comes, whatever its type says.
    files.removeAllContentTypeParsers();
    files.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    files.post(
      "/api/v1/dataflows/:id/imports",
      {
        // Only what is parsed in memory needs the limit; files are as large as the disk allows.
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          operationId: "importFile",
          summary: "Send a file; the body is the file as it is, plain or gzip",
          tags: ["ingest"],
          params: z.object({ id: z.string() }),
          querystring: z.object({
            fileName: z.string().max(500).default("upload").describe("For people to recognise it by"),
          }),
          consumes: ["application/octet-stream", "text/csv", "application/gzip"],
          body: z.unknown().meta({ type: "string", format: "binary" }),
          response: { 202: importSchema },
        },
      },
      async (request, reply) => {
        const body = request.body instanceof Readable ? request.body : request.raw;
        const queued = await ingest.upload(request.params.id, request.query.fileName, body, request.caller);
        return reply.code(202).header("Location", `/api/v1/imports/${queued.id}`).send(showImport(queued));
      },
    );
  });

  app.get(
    "/api/v1/imports",
    {
      schema: {
        operationId: "listImports",
        summary: "Imports, newest first",
        tags: ["ingest"],
        querystring: z.object({
          dataflow: z.string().optional(),
          source: z.enum(SOURCES).optional(),
          cursor: z.string().optional(),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ items: z.array(importSchema), next: z.string().nullable() }) },
      },
    },
    async ({ query }) => {
      const { items, next } = await ingest.list({
        dataflowId: query.dataflow,
        source: query.source,
        cursor: query.cursor,
        limit: query.limit,
      });
      return { items: items.map(showImport), next: next ?? null };
    },
  );
  app.get(
    "/api/v1/imports/:id",
    {
      schema: {
        operationId: "getImport",
        summary: "An import with its progress and its counts",
        tags: ["ingest"],
        params: idParams,
        response: { 200: importSchema },
      },
    },
    async ({ params }) => showImport(await ingest.get(params.id)),
  );
  app.post(
    "/api/v1/imports/:id/run-again",
    {
      schema: {
        operationId: "runImportAgain",
        summary: "Take its rows in once more by the dataflow's mapping of today; what it brought is replaced",
        tags: ["ingest"],
        params: idParams,
        response: { 202: importSchema },
      },
    },
    async ({ params, caller }, reply) => {
      const queued = await ingest.runAgain(params.id, caller);
      return reply.code(202).header("Location", `/api/v1/imports/${queued.id}`).send(showImport(queued));
    },
  );
  app.get(
    "/api/v1/imports/:id/refused",
    {
      schema: {
        operationId: "pageRefusedRows",
        summary: "The refused rows with line, column and reason, page by page in the order of the file",
        tags: ["ingest"],
        params: idParams,
        querystring: z.object({
          cursor: z.string().max(20_000).optional(),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ items: z.array(refusedRow), next: z.string().nullable() }) },
      },
    },
    async ({ params, query }) => ingest.refusedPage(params.id, query),
  );
  app.get(
    "/api/v1/imports/:id/refused.csv",
    {
      schema: {
        operationId: "listRefusedRows",
        summary: "The refused rows with line, column and reason, as CSV",
        tags: ["ingest"],
        params: idParams,
        produces: ["text/csv"],
        response: {
          200: {
            description: "A line for each refused row: `line`, `column`, `reason`, `raw`",
            // It goes out as a stream, so no schema of ours checks it.
            content: { "text/csv": { schema: z.unknown().meta({ type: "string" }) } },
          },
        },
      },
    },
    async ({ params }, reply) => {
      await ingest.get(params.id);
      return reply
        .type("text/csv; charset=utf-8")
        .header("Content-Disposition", `attachment; filename="refused-${params.id}.csv"`)
        .send(Readable.from(refusedCsv(ingest.refusedRows(params.id))));
    },
  );
}

function showImport({ createdAt, cameAt, startedAt, finishedAt, ...view }: ImportView) {
  return {
    ...view,
    cameAt: instantText(cameAt),
    createdAt: instantText(createdAt),
    startedAt: instantOrNull(startedAt),
    finishedAt: instantOrNull(finishedAt),
  };
}

async function* refusedCsv(blocks: AsyncIterable<RefusedRow[]>): AsyncGenerator<string> {
  yield "line,column,reason,raw\r\n";
  for await (const rows of blocks) {
    yield rows.map(({ line, column, reason, raw }) => csvLine([line, column, reason, raw])).join("");
  }
}
