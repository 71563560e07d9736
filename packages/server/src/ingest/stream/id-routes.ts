import { z } from "zod";
import type { ApiApp } from "../../http/api-app.ts";
import { instant, instantOrNull, instantText } from "../../http/instant.ts";
import type { StreamIdRecord } from "../../store/index.ts";
import type { StreamService } from "./service.ts";

const streamIdSchema = z
  .object({
    id: z.string().describe("The beginning of its hash; it opens nothing"),
    dataflowId: z.string(),
    name: z.string(),
    origin: z.enum(["made", "given"]).describe("Made here, or brought by the dataflow's definition"),
    createdAt: instant,
    lastUsedAt: instant.nullable().describe("To the minute"),
    revokedAt: instant.nullable(),
  })
  .meta({ id: "StreamId" });

const newStreamIdSchema = streamIdSchema
  .extend({
    streamId: z.string().describe("Shown this once and not kept"),
    path: z.string().describe("Where rows are sent to on this server"),
  })
  .meta({ id: "NewStreamId" });

/** Who may send rows, and that they may no more. */
export function streamIdRoutes(app: ApiApp, streams: StreamService): void {
  app.post(
    "/api/v1/dataflows/:id/stream-ids",
    {
      schema: {
        operationId: "createStreamId",
        summary: "A new stream id for a dataflow: whoever has it may send rows",
        tags: ["stream"],
        params: z.object({ id: z.string() }),
        body: z.strictObject({ name: z.string().trim().min(1).max(200).default("stream") }),
        response: { 201: newStreamIdSchema },
      },
    },
    async (request, reply) => {
      const { streamId, ...made } = await streams.createId(request.params.id, request.body.name);
      return reply.code(201).send({ ...show(made), streamId, path: streams.path });
    },
  );
  app.get(
    "/api/v1/stream-ids",
    {
      schema: {
        operationId: "listStreamIds",
        summary: "Stream ids, without what opens the stream",
        tags: ["stream"],
        querystring: z.object({ dataflow: z.string().optional() }),
        response: { 200: z.object({ items: z.array(streamIdSchema) }) },
      },
    },
    async ({ query }) => ({ items: (await streams.listIds(query.dataflow)).map(show) }),
  );
  app.delete(
    "/api/v1/stream-ids/:id",
    {
      schema: {
        operationId: "revokeStreamId",
        summary: "Revoke a stream id: it opens nothing from now on",
        tags: ["stream"],
        params: z.object({ id: z.string() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await streams.revokeId(request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function show({ dataflowNumber: _, createdAt, lastUsedAt, revokedAt, ...record }: StreamIdRecord) {
  return {
    ...record,
    createdAt: instantText(createdAt),
    lastUsedAt: instantOrNull(lastUsedAt),
    revokedAt: instantOrNull(revokedAt),
  };
}
