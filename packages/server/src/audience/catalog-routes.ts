import { COLUMN_TYPES } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
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
    async () => audiences.catalog(),
  );
}
