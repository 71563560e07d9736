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

const personId = z.string().min(1).max(255);

const testPerson = z
  .object({
    ok: z.boolean(),
    run: z.int().describe("It stands among the activation's runs, with every request."),
    segment: z.object({ identifier: z.string(), name: z.string(), group: z.string() }),
    steps: z.array(
      z.object({ name: z.enum(["segment", "person", "detach"]), done: z.boolean(), text: z.string() }),
    ),
    failure: advice.nullable(),
    notices: z.array(advice),
    left: z.array(z.string()).describe("Who is in the test segment now, or may be."),
  })
  .meta({ id: "TestPerson" });

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

  app.post(
    "/api/v1/activations/:id/test-person",
    {
      schema: {
        operationId: "testPerson",
        summary: "Bring one person into a segment of its own at the destination, or take them out of it",
        tags: ["activations"],
        params: parameters,
        body: z.discriminatedUnion("action", [
          z.strictObject({
            action: z.literal("add"),
            personId: personId.describe("As the destination knows the person."),
          }),
          z.strictObject({
            action: z.literal("remove"),
            personId: personId.optional().describe("Without it, everybody whom tests have brought in."),
          }),
        ]),
        response: { 200: testPerson },
      },
    },
    async (request) => {
      const { action, personId: person } = request.body;
      const result = await service.tests.person(
        request.params.id,
        action === "add" ? { membership: true, personId: person } : { membership: false, personId: person },
      );
      const { run, segment, steps, failure, notices, left } = result;
      return {
        ok: failure === undefined,
        run,
        segment: { ...segment },
        steps: steps.map((step) => ({ ...step })),
        failure: failure === undefined ? null : show(failure),
        notices: notices.map(show),
        left: [...left],
      };
    },
  );
}
