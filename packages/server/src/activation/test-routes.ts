import { type Advice, activationDefinition, TICKS } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull } from "../http/instant.ts";
import type { ActivationService } from "./service.ts";

const advice = z
  .object({
    code: z.string().describe("Of the table of errors; docs/errors has a page for each."),
    reason: z.string().describe("What happened here."),
    meaning: z.string(),
    look: z.string().describe("Where to look, on the destination's side first."),
    remedy: z.string(),
  })
  .meta({ id: "Advice" });

const connectionTest = z
  .object({
    ok: z.boolean().describe("Nothing failed; what is unknown isn't claimed."),
    ticks: z.array(
      z.object({
        name: z.enum(TICKS),
        label: z.string(),
        state: z
          .enum(["yes", "no", "unknown"])
          .describe("`unknown`: no answer has shown it yet, and none has disproved it."),
        text: z.string(),
      }),
    ),
    failure: advice.nullable(),
    notices: z.array(advice),
    messageVerifiedAt: instant
      .nullable()
      .describe("When a change of members was last accepted with these settings."),
  })
  .meta({ id: "ConnectionTest" });

const parameters = z.object({ id: activationDefinition.shape.id });

function show({ ...of }: Advice): Advice {
  return of;
}

/** Tests of a connection, and one person to try it with. */
export function activationTestRoutes(app: ApiApp, service: ActivationService): void {
  app.post(
    "/api/v1/activations/:id/test",
    {
      schema: {
        operationId: "testActivation",
        summary: "Send a heartbeat and say what its answer shows; nothing changes at the destination",
        tags: ["activations"],
        params: parameters,
        body: z
          .object({
            type: activationDefinition.shape.type.optional(),
            settings: activationDefinition.shape.settings
              .unwrap()
              .optional()
              .describe(
                "Settings that aren't saved yet; without them, the saved ones. Secrets that are left out are those that are stored, as long as they go to where they were saved for.",
              ),
          })
          .nullish(),
        response: { 200: connectionTest },
      },
    },
    async (request) => {
      const { ticks, failure, notices, verifiedAt } = await service.tests.connection(
        request.params.id,
        request.body ?? {},
      );
      return {
        ok: failure === undefined,
        ticks: ticks.map((tick) => ({ ...tick })),
        failure: failure === undefined ? null : show(failure),
        notices: notices.map(show),
        messageVerifiedAt: instantOrNull(verifiedAt ?? null),
      };
    },
  );
}
