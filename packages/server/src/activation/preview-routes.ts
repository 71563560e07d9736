import { activationDefinition, removalGuard } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantText } from "../http/instant.ts";
import type { Previewed, RunPreview } from "./previews.ts";
import type { ActivationService } from "./service.ts";

const some = { count: z.int(), people: z.array(z.string()).describe("The first 25 by person id") };
const preview = z
  .object({
    asOf: instant,
    joins: z.int(),
    leaves: z.int(),
    held: z.int(),
    segments: z.array(
      z.object({
        audienceId: z.string(),
        audienceName: z.string(),
        takingOut: z.boolean().describe("The audience was taken off: everybody goes"),
        size: z.int(),
        withoutIdentifier: z.int(),
        joins: z.object(some),
        leaves: z.object(some),
        held: z.object({
          ...some,
          reasons: z.array(z.object({ kind: z.enum(["many", "emptied", "stale"]), sentence: z.string() })),
        }),
      }),
    ),
  })
  .meta({ id: "RunPreview" });

const { id, audiences, personIdentifier } = activationDefinition.shape;

/** What a run would send. */
export function previewRoutes(app: ApiApp, service: ActivationService): void {
  app.post(
    "/api/v1/activations/:id/preview",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "previewRun",
        summary: "What a run would send now, or after a save; sends nothing and writes nothing",
        tags: ["activations"],
        params: z.object({ id }),
        body: z
          .strictObject({
            audiences: audiences.unwrap().optional(),
            personIdentifier: personIdentifier.optional(),
            guard: removalGuard.optional(),
            people: z.enum(["takeOut", "leave"]).optional(),
            destination: z.enum(["same", "different"]).optional(),
          })
          .describe(
            "As it would be saved; what is left out is as it is saved. A new id needs its audiences.",
          ),
        response: { 200: preview },
      },
    },
    async ({ params, body }) => show(await service.previews.of(params.id, body)),
  );
}

function show({ asOf, segments, ...sums }: RunPreview) {
  return {
    asOf: instantText(asOf),
    ...sums,
    segments: segments.map(({ joins, leaves, held, ...segment }) => ({
      ...segment,
      joins: copied(joins),
      leaves: copied(leaves),
      held: { ...copied(held), reasons: held.reasons.map((reason) => ({ ...reason })) },
    })),
  };
}

function copied({ count, people }: Previewed) {
  return { count, people: [...people] };
}
