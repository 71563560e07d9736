import { COLUMN_TYPES } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull } from "../http/instant.ts";
import type { AudienceService } from "./service.ts";

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

/** Numbers, instants and elements of lists come as text, as they were compared and counted. */
const valuesSchema = z
  .object({
    type: z.enum(COLUMN_TYPES),
    asOf: instant
      .nullable()
      .describe("When the latest data in the counts were published; null: not counted yet"),
    upToDate: z.boolean().describe("No data were published since"),
    having: z.number().int().describe("How many people, or events, have a value"),
    different: z.number().int().describe("How many different values there are; of lists, elements"),
    exact: z.boolean().describe("false: there are more different values, and counts may be too low"),
    minimum: z.string().nullable().describe("Of numbers and times"),
    maximum: z.string().nullable(),
    values: z
      .array(
        z.object({
          value: z.union([z.string(), z.boolean()]),
          count: z.number().int().nullable().describe("null: it was found in the rows and not counted"),
        }),
      )
      .describe("Those that begin with what was typed first, then the most frequent"),
    complete: z.boolean().describe("false: there may be further values that fit"),
  })
  .meta({ id: "SeenValues" });

const valuesQuery = z
  .object({
    attribute: z.string().max(200).optional().describe("The attribute whose values are asked for"),
    event: z.string().max(200).optional().describe("Or the type of events …"),
    property: z.string().max(200).optional().describe("… and its property"),
    contains: z.string().max(200).default("").describe("What was typed; upper and lower case are alike"),
    limit: z.coerce.number().int().min(1).max(1_000).default(20),
  })
  .refine(
    ({ attribute, event, property }) =>
      (attribute === undefined) === (event !== undefined && property !== undefined),
    {
      message: "either `attribute`, or `event` and `property` are expected",
    },
  );

/** As many texts as one condition of a rule may name, each as long, and as many conditions. */
const MOST_TEXTS = 10_000;
const LONGEST_TEXT = 10_000;
const MOST_CONDITIONS = 200;

const name = z.string().max(200);
const missingBody = z.strictObject({
  asked: z
    .array(
      z.strictObject({
        of: z.union([z.strictObject({ attribute: name }), z.strictObject({ event: name, property: name })]),
        texts: z.array(z.string().max(LONGEST_TEXT)).max(MOST_TEXTS),
        ignoreCase: z.boolean().default(false).describe("Upper and lower case are alike"),
      }),
    )
    .max(MOST_CONDITIONS),
});

const missingSchema = z.object({
  items: z
    .array(
      z.object({
        missing: z.array(z.string()).readonly().describe("Those of the texts that no value is"),
        complete: z.boolean().describe("false: they may stand in rows that were not looked through"),
      }),
    )
    .describe("For each that was asked, in this order; nothing is missing of a name that isn't there"),
});

/** What rules may name. */
export function catalogRoutes(app: ApiApp, audiences: AudienceService): void {
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
    async () => audiences.suggestions.catalog(),
  );
  app.get(
    "/api/v1/catalog/values",
    {
      schema: {
        operationId: "getCatalogValues",
        summary:
          "Values that an attribute or an event's property has, with counts, to choose from while typing",
        tags: ["audiences"],
        querystring: valuesQuery,
        response: { 200: valuesSchema },
      },
    },
    async ({ query: { attribute, event = "", property = "", contains, limit } }) => {
      const of = attribute === undefined ? { event, property } : { attribute };
      const { asOf, type, values, ...found } = await audiences.suggestions.values(of, contains, limit);
      return {
        ...found,
        type,
        asOf: instantOrNull(asOf),
        values: values.map(({ value, count }) => ({
          value: type === "boolean" ? value === "true" : value,
          count,
        })),
      };
    },
  );
  app.post(
    "/api/v1/catalog/values/missing",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "findMissingValues",
        summary: "Which of some texts no value of an attribute or an event's property is, such as a rule's",
        tags: ["audiences"],
        body: missingBody,
        response: { 200: missingSchema },
      },
    },
    async ({ body: { asked } }) => ({ items: await audiences.suggestions.missing(asked) }),
  );
}
