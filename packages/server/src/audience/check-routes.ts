import { audienceDefinition } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { audienceSchema, showAudience } from "./audience-schema.ts";
import type { AudienceService } from "./service.ts";

const byId = z.object({ id: audienceDefinition.shape.id });

/** Checks that somebody asks for. */
export function checkRoutes(app: ApiApp, audiences: AudienceService): void {
  app.post(
    "/api/v1/audiences/:id/check",
    {
      schema: {
        operationId: "checkAudience",
        summary: "Evaluate an audience now, whatever it has chosen; who joined or left is sent",
        tags: ["audiences"],
        params: byId,
        response: { 200: audienceSchema },
      },
    },
    async ({ params }) => showAudience(await audiences.check(params.id)),
  );
  app.post(
    "/api/v1/audiences/:id/refresh",
    {
      schema: {
        operationId: "refreshAudience",
        summary: "Count whom an audience's rule finds now; nobody joins or leaves, and nothing is sent",
        tags: ["audiences"],
        params: byId,
        response: { 200: audienceSchema },
      },
    },
    async ({ params }) => showAudience(await audiences.refresh(params.id)),
  );
}
