import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { DeletionService, DeletionStanding, ForeseenDeletion } from "./service.ts";

const named = z.object({ id: z.string(), name: z.string() });

const stillIn = z
  .object({
    activation: named,
    audience: named,
    because: z
      .enum(["toBeSent", "refused", "paused"])
      .describe("`paused`: the activation is, and takes nobody out until it is resumed"),
    answer: z.string().nullable().describe("What the destination said last, if it refused"),
  })
  .meta({ id: "SegmentStillIn", description: "A segment that still has the person, or perhaps" });

const foreseen = z
  .object({
    profile: z.int(),
    identifiers: z.array(z.object({ identifier: z.string(), value: z.string() })),
    attributes: z.int(),
    events: z.int(),
    audiences: z.array(named),
    segments: z.array(stillIn).describe("The person is taken out of these first"),
    refuseUntil: instant.describe("Until then rows that come late about the person would be refused"),
  })
  .meta({ id: "ForeseenPersonDeletion" });

const deletion = z
  .object({
    id: z.int(),
    profile: z.int().describe("Its number is never issued again"),
    state: z.enum(["takingOut", "purging", "done"]),
    forced: z.boolean().describe("Somebody decided not to wait for the destinations"),
    waitsFor: z.array(stillIn),
    requestedAt: instant,
    requestedBy: z.string(),
    refuseUntil: instant.describe("Until then rows that come late about the person are refused"),
    finishedAt: instant.nullable(),
    counts: z
      .object({ rows: z.int(), events: z.int(), attributes: z.int(), identifiers: z.int() })
      .nullable()
      .describe("What was purged"),
  })
  .meta({ id: "PersonDeletion", description: "A request to delete a person" });

const byId = z.object({ id: z.coerce.number().int().min(1).max(0xffff_ffff) });
const byNumber = z.object({ number: z.coerce.number().int().min(1).max(0xffff_ffff) });

function show({ identifiers: _, numbers: __, ...of }: DeletionStanding) {
  return {
    ...of,
    waitsFor: [...of.waitsFor],
    requestedAt: instantText(of.requestedAt),
    refuseUntil: instantText(of.refuseUntil),
    finishedAt: instantOrNull(of.finishedAt),
  };
}

function showForeseen({ refuseUntil, ...of }: ForeseenDeletion) {
  return {
    ...of,
    identifiers: [...of.identifiers],
    audiences: [...of.audiences],
    segments: [...of.segments],
    refuseUntil: instantText(refuseUntil),
  };
}

/** Deleting people. */
export function deletionRoutes(app: ApiApp, deletions: DeletionService): void {
  app.get(
    "/api/v1/profiles/:number/deletion",
    {
      schema: {
        operationId: "foreseeDeletion",
        summary: "What deleting a person would do; changes nothing",
        tags: ["privacy"],
        params: byNumber,
        response: { 200: foreseen },
      },
    },
    async ({ params: { number } }) => showForeseen(await deletions.foresee(String(number))),
  );
  app.delete(
    "/api/v1/profiles/:number",
    {
      config: { access: "admin" },
      schema: {
        operationId: "deleteProfile",
        summary: "Delete a person: excluded at once from everything that is sent, taken out, then purged",
        tags: ["privacy"],
        params: byNumber,
        response: { 202: deletion },
      },
    },
    async ({ params: { number }, caller }, reply) =>
      reply.code(202).send(show(await deletions.request(String(number), caller))),
  );
  app.get(
    "/api/v1/deletions",
    {
      schema: {
        operationId: "listDeletions",
        summary: "Requests to delete people, newest first",
        tags: ["privacy"],
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(200).default(50),
          cursor: z.string().optional(),
        }),
        response: { 200: z.object({ items: z.array(deletion), next: z.string().nullable() }) },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const page = await deletions.list(cursor, limit);
      return { ...page, items: page.items.map(show) };
    },
  );
  app.get(
    "/api/v1/deletions/:id",
    {
      schema: {
        operationId: "getDeletion",
        summary: "A request to delete a person, and what it waits for",
        tags: ["privacy"],
        params: byId,
        response: { 200: deletion },
      },
    },
    async ({ params: { id } }) => show(await deletions.get(id)),
  );
  app.post(
    "/api/v1/deletions/:id/finish",
    {
      config: { access: "admin" },
      schema: {
        operationId: "finishDeletion",
        summary:
          "Purge now, whatever destinations still have: they keep the person, and nothing updates them",
        tags: ["privacy"],
        params: byId,
        response: { 202: deletion },
      },
    },
    async ({ params: { id } }, reply) => reply.code(202).send(show(await deletions.force(id))),
  );
}
