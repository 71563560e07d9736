import { audienceDefinition } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { seenVersion } from "../http/seen-version.ts";
import { audienceSchema, showAudience } from "./audience-schema.ts";
import { catalogRoutes } from "./catalog-routes.ts";
import { checkRoutes } from "./check-routes.ts";
import { explainRoutes } from "./explain-routes.ts";
import { ruleRoutes } from "./rule-routes.ts";
import type { AudienceService } from "./service.ts";
import { versionRoutes } from "./version-routes.ts";

const fields = audienceDefinition.omit({ kind: true, id: true });
const id = audienceDefinition.shape.id;
const byId = z.object({ id });

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
        summary: "A new audience, under a new id or the one that it had in another CDP; never changes one",
        tags: ["audiences"],
        body: fields.extend({
          id: id.optional().describe("The id that it had in another CDP; unless given, 8 hex characters"),
        }),
        response: { 201: audienceSchema },
      },
    },
    async ({ body, caller }, reply) => {
      const { audience } = await audiences.save(body, caller, { mustBeNew: true });
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
        querystring: z.object({
          version: seenVersion,
        }),
        body: fields,
        response: { 200: audienceSchema, 201: audienceSchema },
      },
    },
    async ({ params, query, body, caller }, reply) => {
      const only = { ofVersion: query.version };
      const saved = await audiences.save({ ...body, id: params.id }, caller, only);
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
        querystring: z.object({ version: seenVersion }),
        response: { 204: z.null() },
      },
    },
    async ({ params, query, caller }, reply) => {
      await audiences.delete(params.id, caller, { ofVersion: query.version });
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
  checkRoutes(app, audiences);
  versionRoutes(app, audiences);
  ruleRoutes(app, audiences);
  explainRoutes(app, audiences);
  catalogRoutes(app, audiences);
}
