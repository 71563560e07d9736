import { type AudienceComparison, audienceDefinition } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantText } from "../http/instant.ts";
import { audienceSchema, showAudience } from "./audience-schema.ts";
import type { AudienceService } from "./service.ts";
import type { AudienceVersion } from "./versions.ts";

const byId = z.object({ id: audienceDefinition.shape.id });
const number = z.coerce.number().int().min(1).max(1_000_000_000);
const byVersion = byId.extend({ version: number });

const headSchema = z
  .object({
    version: z.number().int().describe("Counts the changes, from 1"),
    at: instant,
    by: z.string().describe("The name of the token that saved it"),
    origin: z.enum(["api", "file"]).nullable().describe("null: it was not kept yet"),
    deleted: z.boolean().describe("This change deleted the audience"),
    name: z.string().nullable(),
    sentence: z.string().nullable().describe("The rule in words"),
    changed: z
      .array(z.string())
      .describe("Fields that differ from the version before; none where only the origin does"),
  })
  .meta({ id: "AudienceVersion" });

const versionSchema = headSchema
  .extend({ audience: audienceDefinition.nullable().describe("All of it; null where it was deleted") })
  .meta({ id: "AudienceVersionContent" });

const differenceSchema = z
  .object({
    action: z
      .enum(["added", "removed", "changed", "reordered"])
      .describe("`reordered`: only the order changed, which means nothing"),
    path: z.string().describe("JSON pointer, of what was removed into the earlier rule, else into the later"),
    group: z.enum(["all", "any"]).nullable().describe("How it is joined with what stands beside it"),
    before: z.string().nullable().describe("In words"),
    after: z.string().nullable(),
  })
  .meta({ id: "RuleDifference" });

const comparisonSchema = z
  .object({
    from: headSchema,
    to: headSchema,
    fields: z
      .array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() }))
      .describe("All fields but the rule; null where a field was not there"),
    rule: z
      .array(differenceSchema)
      .nullable()
      .describe("null: they differ, and the words of one are not known to this version of the program"),
  })
  .meta({ id: "AudienceComparison" });

/** The versions of audiences. */
export function versionRoutes(app: ApiApp, audiences: AudienceService): void {
  app.get(
    "/api/v1/audiences/:id/versions",
    {
      schema: {
        operationId: "listAudienceVersions",
        summary: "What an audience was at each change, the latest first; also of a deleted one",
        tags: ["audiences"],
        params: byId,
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(200).default(50),
          cursor: z.string().optional(),
        }),
        response: { 200: z.object({ items: z.array(headSchema), next: z.string().nullable() }) },
      },
    },
    async ({ params, query }) => {
      const { items, next } = await audiences.versions.list(params.id, query.limit, query.cursor);
      return { items: items.map(headOf), next };
    },
  );
  app.get(
    "/api/v1/audiences/:id/versions/:version",
    {
      schema: {
        operationId: "getAudienceVersion",
        summary: "One version of an audience, with its rule",
        tags: ["audiences"],
        params: byVersion,
        response: { 200: versionSchema },
      },
    },
    async ({ params }) => {
      const version = await audiences.versions.get(params.id, params.version);
      return { ...headOf(version), audience: version.audience };
    },
  );
  app.get(
    "/api/v1/audiences/:id/comparison",
    {
      schema: {
        operationId: "compareAudienceVersions",
        summary: "What two versions of an audience have different, part by part and in words",
        tags: ["audiences"],
        params: byId,
        querystring: z.object({
          from: number.optional().describe("Unless given, the version before `to`"),
          to: number.optional().describe("Unless given, the latest"),
        }),
        response: { 200: comparisonSchema },
      },
    },
    async ({ params, query }) => {
      const { from, to, comparison } = await audiences.versions.compare(params.id, query);
      return { from: headOf(from), to: headOf(to), ...showComparison(comparison) };
    },
  );
  app.post(
    "/api/v1/audiences/:id/versions/:version/restore",
    {
      schema: {
        operationId: "restoreAudienceVersion",
        summary: "Save what an earlier version was as a new one; refused when its rule has faults by now",
        tags: ["audiences"],
        params: byVersion,
        response: { 200: audienceSchema },
      },
    },
    async ({ params, caller }) => {
      await audiences.versions.restore(params.id, params.version, caller);
      return showAudience(await audiences.get(params.id));
    },
  );
}

function headOf({ audience, at, changed, ...version }: AudienceVersion): z.output<typeof headSchema> {
  return {
    ...version,
    at: instantText(at),
    deleted: audience === null,
    name: audience?.name ?? null,
    changed: [...changed],
  };
}

function showComparison({ fields, rule }: AudienceComparison) {
  return {
    fields: fields.map((one) => ({ ...one })),
    rule: rule === null ? null : rule.map((one) => ({ ...one })),
  };
}
