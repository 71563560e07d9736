import { activationDefinition, audienceDefinition } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { ShownHold } from "./holds.ts";
import type { ActivationService } from "./service.ts";

const hold = z
  .object({
    id: z.int(),
    audienceId: z.string(),
    audienceName: z.string(),
    state: z
      .enum(["waiting", "left", "approved"])
      .describe("`left`: nothing is sent until the members change; `approved`: the next run takes them out"),
    people: z.int().describe("Who would be taken out; the state `leavingHeld` tells who"),
    reasons: z.array(z.object({ kind: z.enum(["many", "emptied", "stale"]), sentence: z.string() })),
    heldAt: instant,
    decidedAt: instant.nullable(),
    decidedBy: z.string().nullable(),
  })
  .meta({ id: "RemovalHold" });
const holds = z.object({ items: z.array(hold), next: z.null() });
const id = activationDefinition.shape.id;

/** What the removal guard holds, and decisions about it. */
export function holdRoutes(app: ApiApp, service: ActivationService): void {
  app.get(
    "/api/v1/activations/:id/holds",
    {
      schema: {
        operationId: "listHolds",
        summary: "Removals that wait for somebody's decision, and what was decided",
        tags: ["activations"],
        params: z.object({ id }),
        response: { 200: holds },
      },
    },
    async ({ params }) => show(await service.holds.list(params.id)),
  );

  app.post(
    "/api/v1/activations/:id/audiences/:audience/hold",
    {
      schema: {
        operationId: "decideHold",
        summary: "Take the held people out with the next run, or leave them until the members change",
        tags: ["activations"],
        params: z.object({ id, audience: audienceDefinition.shape.id }),
        body: z.strictObject({
          hold: z.int().min(1).describe("The hold that was looked at: others may be held by now"),
          decision: z.enum(["approve", "leave"]),
        }),
        response: { 200: holds },
      },
    },
    async ({ params, body, caller }) =>
      show(await service.holds.decide(params.id, params.audience, { ...body, by: caller })),
  );
}

function show(items: readonly ShownHold[]) {
  return {
    items: items.map(({ reasons, heldAt, decidedAt, ...rest }) => ({
      ...rest,
      reasons: reasons.map((reason) => ({ ...reason })),
      heldAt: instantText(heldAt),
      decidedAt: instantOrNull(decidedAt),
    })),
    next: null,
  };
}
