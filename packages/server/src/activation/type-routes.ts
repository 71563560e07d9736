import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import type { ActivationService } from "./service.ts";

const activationType = z
  .object({
    id: z.string(),
    name: z.string(),
    personIdentifier: z.string().describe("The identifier by which the destination knows people."),
    settings: z
      .record(z.string(), z.unknown())
      .describe("JSON Schema of the settings; `title` is the label, `secret` marks what is never read back."),
  })
  .meta({ id: "ActivationType" });

/** The kinds of destinations. */
export function activationTypeRoutes(app: ApiApp, service: ActivationService): void {
  app.get(
    "/api/v1/activation-types",
    {
      schema: {
        operationId: "listActivationTypes",
        summary: "The kinds of destinations, with their settings",
        tags: ["activations"],
        response: { 200: z.object({ items: z.array(activationType) }) },
      },
    },
    async () => ({
      items: service.types.map(({ id, name, personIdentifier, settings }) => ({
        id,
        name,
        personIdentifier,
        settings: { ...z.toJSONSchema(settings, { io: "input" }) },
      })),
    }),
  );
}
