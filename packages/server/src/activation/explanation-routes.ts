import { activationDefinition, audienceDefinition, PERSON_STATES, type PersonState } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { PersonInSegment } from "./explanations.ts";
import { sentRequest, showRequest } from "./request-routes.ts";
import type { ActivationService } from "./service.ts";

const explained = z
  .object({
    activation: z.object({ id: z.string(), name: z.string() }),
    audience: z.object({ id: z.string(), name: z.string() }),
    profile: z.int().nullable().describe("Null: nobody owns the id any more"),
    personId: z.string().nullable().describe("As the destination knows the person"),
    state: z
      .enum(Object.keys(PERSON_STATES) as PersonState[])
      .nullable()
      .describe("Null: neither a member nor in the segment"),
    stateText: z.string().nullable(),
    steps: z
      .array(
        z.object({
          name: z.enum(["rule", "membership", "identifier", "held", "answer", "next"]),
          sentence: z.string(),
        }),
      )
      .describe("The way from the rule to the next step, one plain sentence each"),
    rule: z
      .object({ holds: z.boolean(), sentences: z.array(z.string()) })
      .nullable()
      .describe("What decided; null: the rule can't be evaluated, or the person or the audience is gone"),
    memberSince: instant.nullable().describe("By the last evaluation; null: no member"),
    held: z.enum(["absent", "out", "in", "unknown"]).describe("`absent`: nothing was ever sent"),
    lastSentAt: instant.nullable(),
    refusal: z
      .object({
        membership: z.boolean(),
        code: z.string(),
        reason: z.string(),
        attempts: z.int(),
        at: instant,
        nextAttemptAt: instant,
      })
      .nullable(),
    requests: z.array(sentRequest).describe("The latest 20 about the person, newest first"),
    next: z.object({
      sentence: z.string(),
      at: instant.nullable().describe("Null: at once, or never"),
    }),
  })
  .meta({ id: "ExplainedPerson" });

// In a body: addresses end up in logs, and personal data do not belong there.
const whom = z.strictObject({
  person: z.string().min(1).max(1_000).describe("Number of the profile, or `kind:value` of any identifier"),
});

/** Why a person is in a segment or is not, and what happens next. */
export function explanationRoutes(app: ApiApp, service: ActivationService): void {
  app.post(
    "/api/v1/activations/:id/audiences/:audience/explain",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "explainInSegment",
        summary: "One person in one segment: from the rule to the answers and the next step",
        tags: ["activations"],
        params: z.object({ id: activationDefinition.shape.id, audience: audienceDefinition.shape.id }),
        body: whom,
        response: { 200: explained },
      },
    },
    async ({ params, body }) =>
      show(await service.explanations.explain(params.id, params.audience, body.person)),
  );

  app.get(
    "/api/v1/profiles/:number/segments",
    {
      schema: {
        operationId: "listSegmentsOfProfile",
        summary: "Every segment that a person is to be in, or may be in: why, since when, and what is next",
        tags: ["profiles"],
        params: z.object({ number: z.coerce.number().int().min(1).max(4_294_967_295) }),
        response: { 200: z.object({ items: z.array(explained), next: z.null() }) },
      },
    },
    async ({ params }) => ({
      items: (await service.explanations.segmentsOf(String(params.number))).map(show),
      next: null,
    }),
  );
}

function show({ steps, rule, lastSentAt, refusal, requests, next, state, ...rest }: PersonInSegment) {
  return {
    ...rest,
    state,
    stateText: state && PERSON_STATES[state],
    steps: [...steps],
    rule: rule && { holds: rule.holds, sentences: [...rule.sentences] },
    lastSentAt: instantOrNull(lastSentAt),
    refusal: refusal && {
      ...refusal,
      at: instantText(refusal.at),
      nextAttemptAt: instantText(refusal.nextAttemptAt),
    },
    requests: requests.map(showRequest),
    next: { ...next, at: instantOrNull(next.at) },
  };
}
