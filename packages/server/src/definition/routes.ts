import { definition, definitionId, KINDS } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantText } from "../http/instant.ts";
import { seenVersion } from "../http/seen-version.ts";
import type { DefinitionRecord } from "../store/index.ts";
import type { ApplyResult, DefinitionService } from "./service.ts";

const recordSchema = z
  .object({
    kind: z.enum(KINDS),
    id: z.string(),
    version: z.number().int().describe("Counts its changes, from 1"),
    origin: z.enum(["api", "file"]).describe("`file`: it came by `peregrine apply` and is changed there"),
    updatedAt: instant,
    updatedBy: z.string(),
    definition,
  })
  .meta({ id: "DefinitionRecord" });

const changeSchema = z
  .object({
    action: z.enum(["created", "changed", "unchanged", "deleted"]),
    kind: z.enum(KINDS),
    id: z.string(),
    fields: z.array(z.string()).describe("JSON pointers of what differs; of a changed one only"),
  })
  .meta({ id: "DefinitionChange" });

const resultSchema = z
  .object({
    dryRun: z.boolean(),
    changes: z.array(changeSchema),
    left: z
      .array(z.object({ kind: z.enum(KINDS), id: z.string() }))
      .describe("What came from files and stands in none of them any more; `prune` deletes it"),
    notes: z
      .array(z.object({ kind: z.enum(KINDS), id: z.string(), path: z.string(), message: z.string() }))
      .describe(
        "What whoever changes it should know: settings that are likely a mistake, and what becomes of people who are in segments",
      ),
  })
  .meta({ id: "ApplyResult" });

const place = z.object({ kind: z.enum(KINDS), id: definitionId });
const answers = {
  destination: z
    .enum(["same", "different"])
    .optional()
    .describe("For an activation whose address changes: is it the same destination at a new address?"),
  people: z
    .enum(["takeOut", "leave"])
    .optional()
    .describe(
      "For audiences that an activation carries no more: take their people out first, or leave them?",
    ),
};
const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

/** Definitions of all kinds. */
export function definitionRoutes(app: ApiApp, service: DefinitionService): void {
  app.post(
    "/api/v1/apply",
    {
      schema: {
        operationId: "applyDefinitions",
        summary: "Bring definitions to what documents say, all together or not at all",
        tags: ["definitions"],
        body: z.strictObject({
          documents: z
            .array(z.unknown())
            .max(5000)
            .describe("Definitions, each with `kind` and `id`; see the schemas of the kinds"),
          dryRun: z.boolean().default(false).describe("Only say what would change"),
          prune: z.boolean().default(false).describe("Delete what came from files and is not among these"),
          origin: z.enum(["api", "file"]).default("api"),
          versions: z
            .array(place.extend({ version: z.number().int().min(0) }))
            .max(5000)
            .optional()
            .describe(
              "Of definitions that were seen before: refused (409) when one that would change has another version by now; 0: it was not there",
            ),
          ...answers,
        }),
        response: { 200: resultSchema },
      },
    },
    async ({ body: { documents, ...options }, caller }) =>
      resultOf(await service.apply(documents, { ...options, by: caller })),
  );

  app.get(
    "/api/v1/definitions",
    {
      schema: {
        operationId: "listDefinitions",
        summary: "Definitions, by kind and id",
        tags: ["definitions"],
        querystring: z.object({
          kind: z.enum(KINDS).optional(),
          cursor: z.string().max(1000).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: { 200: z.object({ items: z.array(recordSchema), next: z.string().nullable() }) },
      },
    },
    async ({ query }) => {
      const { items, next } = await service.page(query);
      return { items: items.map(recordOf), next };
    },
  );

  app.get(
    "/api/v1/definitions/:kind/:id",
    {
      schema: {
        operationId: "getDefinition",
        summary: "One definition",
        tags: ["definitions"],
        params: place,
        response: {
          200: recordSchema.extend({
            secrets: z
              .array(z.string())
              .describe("Which secrets are stored for it; their values are never told"),
          }),
        },
      },
    },
    async ({ params }) => {
      const record = await service.get(params.kind, params.id);
      return { ...recordOf(record), secrets: [...record.secrets] };
    },
  );

  app.put(
    "/api/v1/definitions/:kind/:id",
    {
      schema: {
        operationId: "putDefinition",
        summary: "Create or change one definition",
        tags: ["definitions"],
        params: place,
        querystring: z.object({ dryRun: flag, version: seenVersion, ...answers }),
        body: z.looseObject({}).describe("The definition; `kind` and `id` may be left out"),
        response: { 200: resultSchema },
      },
    },
    async ({ params, query: { version: ofVersion, ...query }, body, caller }) => {
      const options = { ...query, ofVersion, origin: "api" as const, by: caller };
      return resultOf(await service.apply([{ ...body, ...params }], options));
    },
  );

  app.delete(
    "/api/v1/definitions/:kind/:id",
    {
      schema: {
        operationId: "deleteDefinition",
        summary: "Delete one definition, unless others need it",
        tags: ["definitions"],
        params: place,
        querystring: z.object({ dryRun: flag, version: seenVersion, people: answers.people }),
        response: { 200: resultSchema },
      },
    },
    async ({ params, query: { version: ofVersion, ...query }, caller }) => {
      const options = { ...query, ofVersion, origin: "api" as const, by: caller };
      return resultOf(await service.delete(params.kind, params.id, options));
    },
  );
}

function recordOf(record: DefinitionRecord): z.output<typeof recordSchema> {
  const { kind, id, version, origin, updatedAt, updatedBy, body } = record;
  return { kind, id, version, origin, updatedAt: instantText(updatedAt), updatedBy, definition: body };
}

function resultOf({ dryRun, changes, left, notes }: ApplyResult): z.output<typeof resultSchema> {
  return {
    dryRun,
    changes: changes.map(({ action, body: { kind, id }, fields }) => ({
      action,
      kind,
      id,
      fields: [...fields],
    })),
    left: left.map(({ kind, id }) => ({ kind, id })),
    notes: notes.map(({ kind, id, path, message }) => ({ kind, id, path, message })),
  };
}
