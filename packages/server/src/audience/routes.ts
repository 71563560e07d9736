import { audienceDefinition, COLUMN_TYPES, uncheckedRule } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantText } from "../http/instant.ts";
import type { Preview } from "./preview.ts";
import type { AudienceService, AudienceView } from "./service.ts";

const fields = audienceDefinition.omit({ kind: true, id: true });
const id = audienceDefinition.shape.id;
const byId = z.object({ id });

const audienceSchema = audienceDefinition
  .omit({ kind: true })
  .extend({
    sentence: z.string().nullable().describe("The rule in words"),
    size: z.number().int().describe("Members after the last evaluation"),
    version: z.number().int(),
    origin: z.enum(["api", "file"]),
    updatedAt: instant,
    updatedBy: z.string(),
  })
  .meta({ id: "AudienceView" });

const previewSchema = z
  .object({
    asOf: instant,
    size: z.number().int(),
    personIdentifier: z.string().nullable(),
    withoutIdentifier: z.number().int().describe("How many of them have no value of the person identifier"),
    people: z
      .array(
        z.object({
          profile: z.number().int(),
          identifiers: z.record(z.string(), z.array(z.string())),
          attributes: z.record(z.string(), z.unknown()),
        }),
      )
      .describe("The first 25"),
  })
  .meta({ id: "AudiencePreview" });

const previewOptions = {
  personIdentifier: id.optional().describe("Unless given, the identifier of the highest priority"),
  asOf: z.iso
    .datetime({ offset: true, error: "an instant such as 2026-07-01T00:00:00Z is expected here" })
    .optional()
    .describe("Unless given, now"),
};

const faultSchema = z.object({ path: z.string(), message: z.string(), remedy: z.string().optional() });

const typed = z.object({ name: z.string(), type: z.enum(COLUMN_TYPES) });
const catalogSchema = z
  .object({
    attributes: z.array(typed),
    events: z.array(
      z.object({
        type: z.string(),
        schema: z.string(),
        count: z.number().int(),
        properties: z.array(typed),
      }),
    ),
  })
  .meta({ id: "Catalog" });

/** Audiences, and rules that are not saved. */
export function audienceRoutes(app: ApiApp, { audiences }: { readonly audiences: AudienceService }): void {
  app.get(
    "/api/v1/audiences",
    {
      schema: {
        operationId: "listAudiences",
        summary: "All audiences, by id",
        tags: ["audiences"],
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(200).default(50),
          cursor: z.string().optional(),
        }),
        response: { 200: z.object({ items: z.array(audienceSchema), next: z.string().nullable() }) },
      },
    },
    async ({ query }) => {
      const { items, next } = await audiences.list(query.limit, query.cursor);
      return { items: items.map(showAudience), next };
    },
  );
  app.post(
    "/api/v1/audiences",
    {
      schema: {
        operationId: "createAudience",
        summary: "A new audience under an id of its own",
        tags: ["audiences"],
        body: fields,
        response: { 201: audienceSchema },
      },
    },
    async ({ body, caller }, reply) => {
      const { audience } = await audiences.save(body, caller);
      return reply.code(201).send(showAudience(audience));
    },
  );
  app.get(
    "/api/v1/audiences/:id",
    {
      schema: {
        operationId: "getAudience",
        summary: "One audience",
        tags: ["audiences"],
        params: byId,
        response: { 200: audienceSchema },
      },
    },
    async ({ params }) => showAudience(await audiences.get(params.id)),
  );
  app.put(
    "/api/v1/audiences/:id",
    {
      schema: {
        operationId: "saveAudience",
        summary: "Save an audience, or create it under the id that it had in another CDP",
        tags: ["audiences"],
        params: byId,
        body: fields,
        response: { 200: audienceSchema, 201: audienceSchema },
      },
    },
    async ({ params, body, caller }, reply) => {
      const saved = await audiences.save({ ...body, id: params.id }, caller);
      return reply.code(saved.created ? 201 : 200).send(showAudience(saved.audience));
    },
  );
  app.delete(
    "/api/v1/audiences/:id",
    {
      schema: {
        operationId: "deleteAudience",
        summary: "Delete an audience that no activation carries",
        tags: ["audiences"],
        params: byId,
        response: { 204: z.null() },
      },
    },
    async ({ params, caller }, reply) => {
      await audiences.delete(params.id, caller);
      return reply.code(204).send(null);
    },
  );
  app.get(
    "/api/v1/audiences/:id/members",
    {
      schema: {
        operationId: "listMembers",
        summary: "Who belonged to the audience at its last evaluation, by number of profile",
        tags: ["audiences"],
        params: byId,
        querystring: z.object({
          personIdentifier: id.describe("The identifier whose value is shown"),
          limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
          cursor: z.string().optional(),
        }),
        response: {
          200: z.object({
            items: z.array(
              z.object({
                profile: z.number().int(),
                value: z.string().nullable().describe("null: the person has no such identifier"),
              }),
            ),
            next: z.string().nullable(),
          }),
        },
      },
    },
    async ({ params, query }) => {
      const { items, next } = await audiences.members(params.id, query.personIdentifier, query);
      return { items, next };
    },
  );
  app.get(
    "/api/v1/audiences/:id/preview",
    {
      schema: {
        operationId: "previewAudience",
        summary: "Whom the audience's rule finds now; changes nothing",
        tags: ["audiences"],
        params: byId,
        querystring: z.object(previewOptions),
        response: { 200: previewSchema },
      },
    },
    async ({ params, query }) =>
      showPreview(await audiences.preview(params.id, query.personIdentifier, milliseconds(query.asOf))),
  );
  app.get(
    "/api/v1/catalog",
    {
      schema: {
        operationId: "getCatalog",
        summary: "What rules may name: attributes, and the types of events with their counts",
        tags: ["audiences"],
        response: { 200: catalogSchema },
      },
    },
    async () => audiences.catalog(),
  );
  app.post(
    "/api/v1/rules/preview",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "previewRule",
        summary: "Whom a rule finds now, without saving it",
        tags: ["audiences"],
        body: z.strictObject({ rule: uncheckedRule, ...previewOptions }),
        response: { 200: previewSchema },
      },
    },
    async ({ body }) =>
      showPreview(await audiences.previewRule(body.rule, body.personIdentifier, milliseconds(body.asOf))),
  );
  app.post(
    "/api/v1/rules/validate",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "validateRule",
        summary: "Everything that is wrong with a rule, and its sentence when nothing is",
        tags: ["audiences"],
        body: z.strictObject({ rule: uncheckedRule }),
        response: {
          200: z.object({
            valid: z.boolean(),
            sentence: z.string().nullable(),
            faults: z.array(faultSchema).describe("Paths below the rule"),
          }),
        },
      },
    },
    async ({ body }) => audiences.validateRule(body.rule),
  );
}

function showAudience({ updatedAt, ...audience }: AudienceView) {
  return { ...audience, updatedAt: instantText(updatedAt) };
}

function showPreview({ asOf, ...preview }: Preview) {
  return { ...preview, asOf: instantText(asOf) };
}

function milliseconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
