import { audienceDefinition, uncheckedRule } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { Preview } from "./preview.ts";
import type { AudienceService } from "./service.ts";

const id = audienceDefinition.shape.id;
const byId = z.object({ id });

const people = z
  .array(
    z.object({
      profile: z.number().int(),
      identifiers: z.record(z.string(), z.array(z.string())),
      attributes: z.record(z.string(), z.unknown()),
    }),
  )
  .describe("The first 25 by number of the profile");

const margin = z
  .number()
  .int()
  .describe(
    "The true size is so far from an estimate at most, in 19 of 20 cases; 0 where everybody was counted",
  );

const previewSchema = z
  .object({
    asOf: instant,
    exact: z
      .boolean()
      .describe("Everybody was counted; otherwise all sizes are estimates, from a sample of the people"),
    size: z.number().int(),
    margin,
    personIdentifier: z.string().nullable(),
    withoutIdentifier: z.number().int().describe("How many of them have no value of the person identifier"),
    people,
    blocks: z
      .array(
        z.object({
          path: z.string().describe("JSON pointer below the rule; the rule itself is the empty text"),
          sentence: z.string().describe("The node in words"),
          size: z.number().int().describe("How many people it finds by itself"),
          margin,
        }),
      )
      .describe("Every node of the rule, each before what stands below it"),
    change: z
      .object({
        audience: z.string(),
        evaluatedAsOf: instant.nullable().describe("As of when its members were evaluated; null: never"),
        members: z.number().int(),
        joins: z.object({ size: z.number().int(), people }),
        leaves: z.object({ size: z.number().int(), people }),
      })
      .nullable()
      .describe(
        "Who would join and leave the audience that was named; null where none was, and beside an estimate",
      ),
  })
  .meta({ id: "AudiencePreview" });

const previewOptions = {
  personIdentifier: id.optional().describe("Unless given, the identifier of the highest priority"),
  asOf: z.iso
    .datetime({ offset: true, error: "an instant such as 2026-07-01T00:00:00Z is expected here" })
    .optional()
    .describe("Unless given, now"),
};
const estimate =
  "An estimate will do where counting everybody takes long; ask again without it to have the numbers";

const faultSchema = z.object({ path: z.string(), message: z.string(), remedy: z.string().optional() });

/** Rules that are saved or not: what is wrong with them, and whom they find. */
export function ruleRoutes(app: ApiApp, audiences: AudienceService): void {
  app.get(
    "/api/v1/audiences/:id/preview",
    {
      schema: {
        operationId: "previewAudience",
        summary:
          "Whom the audience's rule finds now, block by block, and who joins and leaves; changes nothing",
        tags: ["audiences"],
        params: byId,
        querystring: z.object({
          ...previewOptions,
          estimate: z.stringbool().optional().describe(estimate),
        }),
        response: { 200: previewSchema },
      },
    },
    async ({ params, query }) =>
      showPreview(
        await audiences.rules.previewOf(params.id, {
          personIdentifier: query.personIdentifier,
          asOf: milliseconds(query.asOf),
          estimate: query.estimate,
        }),
      ),
  );
  app.post(
    "/api/v1/rules/preview",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "previewRule",
        summary: "Whom a rule finds now, block by block, without saving it; changes nothing",
        tags: ["audiences"],
        body: z.strictObject({
          rule: uncheckedRule,
          audience: id.optional().describe("The rule would be this audience's: who would join and leave?"),
          ...previewOptions,
          estimate: z.boolean().optional().describe(estimate),
        }),
        response: { 200: previewSchema },
      },
    },
    async ({ body }) =>
      showPreview(await audiences.rules.preview(body.rule, { ...body, asOf: milliseconds(body.asOf) })),
  );
  app.post(
    "/api/v1/rules/validate",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "validateRule",
        summary: "Everything that is wrong with a rule, and its sentence when nothing is",
        tags: ["audiences"],
        body: z.strictObject({
          rule: uncheckedRule,
          audience: id.optional().describe("The rule would be this audience's: does it lead back to it?"),
        }),
        response: {
          200: z.object({
            valid: z.boolean(),
            sentence: z.string().nullable(),
            faults: z.array(faultSchema).describe("Paths below the rule"),
          }),
        },
      },
    },
    async ({ body }) => audiences.rules.validate(body.rule, body.audience),
  );
}

function showPreview({ asOf, change, ...preview }: Preview) {
  return {
    ...preview,
    asOf: instantText(asOf),
    change: change && { ...change, evaluatedAsOf: instantOrNull(change.evaluatedAsOf) },
  };
}

function milliseconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
