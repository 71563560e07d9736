import { PeregrineError } from "@peregrine/core";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiApp } from "../../http/api-app.ts";
import type { OpenedStream, StreamService } from "./service.ts";

const accountParams = z.object({ accountId: z.string().max(200) });
const snapshotParams = accountParams.extend({ snapshot: z.uuid() });
const deliveredSchema = z
  .object({
    rows: z.number().int().describe("Rows that were taken; they are on the disk"),
    draft: z.boolean(),
    repeated: z.boolean().describe("They were taken before, under the same `Idempotency-Key`"),
  })
  .meta({ id: "StreamDelivered" });

/** Named in the application: the header `x-streamid`. */
const SECURITY: Readonly<Record<string, string[]>>[] = [{ streamId: [] }];
const headers = (names: readonly string[]) =>
  z.looseObject(Object.fromEntries(names.map((name) => [name, z.string().optional()])));

/**
 * Rows in, as Ibexa's export commands send them. The stream id is the only credential; it is looked at before
 * anything of the body is read.
 */
export function streamRoutes(app: ApiApp, streams: StreamService): void {
  const opened = new WeakMap<FastifyRequest, OpenedStream>();
  const streamOf = (request: FastifyRequest): OpenedStream => {
    const stream = opened.get(request);
    if (stream === undefined) throw new Error("a request came past the stream id");
    return stream;
  };
  void app.register(async (scope) => {
    const open = scope as ApiApp;
    open.addHook("onRequest", async (request) => {
      const { accountId = "" } = request.params as { accountId?: string };
      opened.set(request, await streams.enter(accountId, header(request, "x-streamid")));
    });
    open.register(async (rows) => deliveryRoute(rows as ApiApp, streams, streamOf));
    snapshotRoutes(open, streams, streamOf);
  });
}

type StreamOf = (request: FastifyRequest) => OpenedStream;

function deliveryRoute(app: ApiApp, streams: StreamService, streamOf: StreamOf): void {
  // The body is read by the service, which bounds what all bodies together hold in memory.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  app.post(
    "/stream/:accountId",
    {
      config: { access: "public" },
      bodyLimit: Number.MAX_SAFE_INTEGER,
      schema: {
        operationId: "streamRows",
        summary: "Send rows: a JSON array of objects, plain or gzip",
        tags: ["stream"],
        security: SECURITY,
        params: accountParams,
        headers: headers(["x-isdraft", "x-snapshot", "idempotency-key"]),
        consumes: ["application/json"],
        body: z.unknown().meta({ type: "array", items: { type: "object" } }),
        response: { 200: deliveredSchema },
      },
    },
    async (request, reply) => {
      try {
        refuseOtherTypes(header(request, "content-type"));
        return await streams.deliver(
          streamOf(request),
          {
            stream: request.raw,
            length: header(request, "content-length"),
            gzip: isGzip(header(request, "content-encoding")),
          },
          {
            draft: isTrue(header(request, "x-isdraft")),
            snapshot: header(request, "x-snapshot"),
            key: header(request, "idempotency-key"),
          },
        );
      } catch (error) {
        // What was not read of the body would otherwise have to be read before the next request.
        if (!request.raw.readableEnded) void reply.header("Connection", "close");
        throw error;
      }
    },
  );
}

function snapshotRoutes(app: ApiApp, streams: StreamService, streamOf: StreamOf): void {
  app.post(
    "/stream/:accountId/snapshots",
    {
      config: { access: "public" },
      schema: {
        operationId: "openSnapshot",
        summary: "Begin a complete snapshot; its rows carry its id as `x-snapshot`",
        tags: ["stream"],
        security: SECURITY,
        params: accountParams,
        response: { 201: z.object({ snapshot: z.uuid() }) },
      },
    },
    async (request, reply) =>
      reply.code(201).send({ snapshot: await streams.openSnapshot(streamOf(request)) }),
  );
  app.post(
    "/stream/:accountId/snapshots/:snapshot/complete",
    {
      config: { access: "public" },
      schema: {
        operationId: "completeSnapshot",
        summary: "End a snapshot: it becomes one import, published at once",
        tags: ["stream"],
        security: SECURITY,
        params: snapshotParams,
        body: z
          .strictObject({ rows: z.number().int().min(0).describe("How many it must hold") })
          .nullish()
          .describe("May be left out"),
        response: {
          200: z.object({
            snapshot: z.uuid(),
            rows: z.number().int().nullable().describe("Null when it was completed before"),
          }),
        },
      },
    },
    async (request) => {
      const { snapshot } = request.params;
      const rows = await streams.completeSnapshot(streamOf(request), snapshot, request.body?.rows);
      return { snapshot, rows };
    },
  );
  app.delete(
    "/stream/:accountId/snapshots/:snapshot",
    {
      config: { access: "public" },
      schema: {
        operationId: "dropSnapshot",
        summary: "Drop an open snapshot with all its rows",
        tags: ["stream"],
        security: SECURITY,
        params: snapshotParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await streams.dropSnapshot(streamOf(request), request.params.snapshot);
      return reply.code(204).send(null);
    },
  );
}

/** Of a header that came twice the first. */
function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function refuseOtherTypes(type: string | undefined): void {
  const [kind = "", ...parameters] = (type ?? "").split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((each) => each.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  const readable =
    charset === undefined || charset === "utf-8" || charset === "utf8" || charset === "us-ascii";
  if (kind === "application/json" && readable) return;
  throw new PeregrineError("mediaTypeUnknown", {
    detail: readable
      ? "The content type is not application/json."
      : "The body is not UTF-8 by its content type.",
    remedy: "Send `Content-Type: application/json`, in UTF-8.",
  });
}

function isGzip(encoding: string | undefined): boolean {
  const name = (encoding ?? "identity").trim().toLowerCase();
  if (name === "identity" || name === "") return false;
  if (name === "gzip" || name === "x-gzip") return true;
  throw new PeregrineError("mediaTypeUnknown", {
    detail: "The content encoding is not gzip.",
    remedy: "Send the body as it is, or packed with `Content-Encoding: gzip`.",
  });
}

/** @throws PeregrineError `requestInvalid`: what is neither might be meant as a draft */
function isTrue(text: string | undefined): boolean {
  const word = (text ?? "false").trim().toLowerCase();
  if (word === "true" || word === "1") return true;
  if (word === "false" || word === "0" || word === "") return false;
  throw new PeregrineError("requestInvalid", {
    detail: "The header `x-isdraft` is neither true nor false.",
    faults: [{ path: "/headers/x-isdraft", message: "is neither true nor false" }],
  });
}
