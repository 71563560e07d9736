import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull } from "../http/instant.ts";
import type { Conflict, Profile, ProfileService } from "./profile-service.ts";
import type { RebuildService, RebuildStatus } from "./rebuild-service.ts";
import type { ReportService } from "./report/report-service.ts";
import { reportRoutes } from "./report/routes.ts";
import type { Source } from "./sources.ts";

const source = z
  .object({
    arrival: z.number().int().describe("The row's place in the order of everything that came"),
    import: z.number().int().nullable(),
    dataflow: z.string().nullable(),
    fileName: z.string().nullable(),
    at: instant.nullable().describe("When the file came"),
  })
  .meta({ id: "RowSource" });

const attributeValue = z.object({
  value: z.unknown().describe("null: it was cleared"),
  time: instant,
  dataflow: z.string(),
  import: z.number().int(),
});

const event = z
  .object({
    type: z.string(),
    time: instant,
    schema: z.string(),
    dataflow: z.string(),
    import: z.number().int(),
    properties: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "ProfileEvent" });

const profile = z
  .object({
    number: z.number().int(),
    merged: z.array(z.number().int()).readonly().describe("Numbers that were merged into it"),
    identifiers: z.array(z.object({ identifier: z.string(), value: z.string(), source })).readonly(),
    attributes: z
      .array(
        attributeValue.extend({
          name: z.string(),
          type: z.enum(["text", "number", "boolean", "time", "list"]),
          values: z.array(attributeValue).readonly().describe("What each dataflow says, the latest first"),
        }),
      )
      .readonly(),
    events: z.object({
      count: z.number().int(),
      types: z
        .array(
          z.object({
            type: z.string(),
            schema: z.string(),
            count: z.number().int(),
            first: instant,
            last: instant,
          }),
        )
        .readonly(),
      latest: z.array(event).readonly(),
      next: z.string().nullable().describe("A cursor for the events after these"),
    }),
    audiences: z.array(z.object({ id: z.string(), name: z.string(), since: instant })).readonly(),
  })
  .meta({ id: "Profile" });

const rebuildStatus = z
  .object({
    state: z.enum(["none", "waiting", "running", "done", "failed"]),
    progress: z
      .object({ step: z.string(), done: z.number().int(), total: z.number().int().nullable() })
      .nullable(),
    result: z
      .object({ operation: z.number().int(), imports: z.number().int(), rows: z.number().int() })
      .nullable(),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: "RebuildStatus" });

const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional(),
};
const byNumber = z.object({ number: z.coerce.number().int().min(1).max(0xffff_ffff) });

function showSource({ at, ...source }: Source) {
  return { ...source, at: instantOrNull(at) };
}

function showProfile({ identifiers, ...shown }: Profile) {
  return {
    ...shown,
    identifiers: identifiers.map(({ source: from, ...found }) => ({ ...found, source: showSource(from) })),
  };
}

function showConflict({ source: from, ...conflict }: Conflict) {
  return { ...conflict, source: showSource(from) };
}

function showRebuild({ startedAt, finishedAt, ...status }: RebuildStatus) {
  return { ...status, startedAt: instantOrNull(startedAt), finishedAt: instantOrNull(finishedAt) };
}

/** Profiles, identifiers that changed hands, and the rebuild of everything. */
export function identityRoutes(
  app: ApiApp,
  {
    profiles,
    rebuilds,
    reports,
  }: {
    readonly profiles: ProfileService;
    readonly rebuilds: RebuildService;
    readonly reports: ReportService;
  },
): void {
  reportRoutes(app, reports);
  app.get(
    "/api/v1/profiles",
    {
      schema: {
        operationId: "findProfile",
        summary: "The profile that owns an identifier",
        tags: ["profiles"],
        querystring: z.object({
          identifier: z.string().min(1).max(2000).describe("Kind and value: `email:jo@example.com`"),
        }),
        response: { 200: profile },
      },
    },
    async ({ query }) => showProfile(await profiles.byIdentifier(query.identifier)),
  );
  app.get(
    "/api/v1/profiles/:number",
    {
      schema: {
        operationId: "getProfile",
        summary: "A profile by its number, or by one that was merged into it",
        tags: ["profiles"],
        params: byNumber,
        response: { 200: profile },
      },
    },
    async ({ params }) => showProfile(await profiles.byNumber(params.number)),
  );
  app.get(
    "/api/v1/profiles/:number/events",
    {
      schema: {
        operationId: "listProfileEvents",
        summary: "A profile's events, newest first",
        tags: ["profiles"],
        params: byNumber,
        querystring: z.object(page),
        response: { 200: z.object({ items: z.array(event), next: z.string().nullable() }) },
      },
    },
    async ({ params, query }) => profiles.events(params.number, query.limit, query.cursor),
  );
  app.get(
    "/api/v1/conflicts",
    {
      schema: {
        operationId: "listConflicts",
        summary: "Identifiers that changed hands without a merge, the latest first",
        tags: ["identifiers"],
        querystring: z.object(page),
        response: {
          200: z.object({
            items: z.array(
              z.object({
                identifier: z.string(),
                value: z.string(),
                from: z.number().int(),
                to: z.number().int().nullable().describe("null: it belongs to nobody until it comes again"),
                source,
              }),
            ),
            next: z.string().nullable(),
          }),
        },
      },
    },
    async ({ query }) => {
      const { items, next } = await profiles.conflicts(query.limit, query.cursor);
      return { items: items.map(showConflict), next };
    },
  );
  app.post(
    "/api/v1/rebuild",
    {
      config: { access: "admin" },
      schema: {
        operationId: "startRebuild",
        summary: "Derive all profiles again from the stored rows; readers see the old ones until the end",
        tags: ["rebuild"],
        querystring: z.object({
          identifiers: z
            .enum(["recorded", "current"])
            .default("recorded")
            .describe("By which settings of the identifiers: those recorded with each import, or today's"),
        }),
        response: { 202: rebuildStatus },
      },
    },
    async ({ query }, reply) => reply.code(202).send(showRebuild(rebuilds.start(query.identifiers))),
  );
  app.get(
    "/api/v1/rebuild",
    {
      schema: {
        operationId: "getRebuild",
        summary: "How the latest rebuild since the server's start stands",
        tags: ["rebuild"],
        response: { 200: rebuildStatus },
      },
    },
    async () => showRebuild(rebuilds.status()),
  );
}
