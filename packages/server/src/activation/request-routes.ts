import {
  activationDefinition,
  audienceDefinition,
  REQUEST_OUTCOMES,
  type RequestOutcome,
  remedyOf,
} from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantText } from "../http/instant.ts";
import type { StoredRequest } from "./request-repository.ts";
import type { ActivationService } from "./service.ts";

const outcome = z.enum(Object.keys(REQUEST_OUTCOMES) as RequestOutcome[]);

const sent = {
  id: z.string().describe("Names the request within its activation"),
  run: z.int(),
  action: z.string().describe("`create`, `membershipChanges`, `metadata`, `detach` or `heartbeat`"),
  sentAt: instant,
  durationMs: z.int(),
  status: z.int().describe("The answer's status; 0: no answer came"),
  outcome,
  outcomeText: z.string(),
  code: z.string().nullable().describe("Of the table of errors; null when it was accepted"),
  answer: z.string().describe("The beginning of the answer, or why none came; secrets are removed"),
  changes: z.int().describe("How many changes of members it carried"),
};
/** A request as the API shows it. */
export const sentRequest = z.object(sent).meta({ id: "SentRequest" });
const sentRequestWithPeople = z
  .object({
    ...sent,
    people: z
      .array(
        z.object({
          audienceId: z.string(),
          audienceName: z.string(),
          personId: z.string(),
          membership: z.boolean().describe("true: was to join; false: was to leave"),
        }),
      )
      .describe("Whom it was about, in the order of the message"),
  })
  .meta({ id: "SentRequestWithPeople" });

const asked = z.iso.datetime({
  offset: true,
  error: "an instant such as 2026-07-01T00:00:00Z is expected here",
});
const id = activationDefinition.shape.id;
const REQUEST_ID = /^(\d{1,15})-(\d{1,10})-(\d{1,10})$/;

/** The search in the request log. */
export function requestRoutes(app: ApiApp, service: ActivationService): void {
  app.post(
    "/api/v1/activations/:id/requests/search",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "searchRequests",
        summary: "The requests of the last 14 days with their answers, newest first",
        tags: ["activations"],
        params: z.object({ id }),
        // In a body: addresses end up in logs, and ids of people do not belong there.
        body: z.strictObject({
          run: z.int().min(1).optional(),
          outcome: outcome.optional(),
          code: z.string().max(64).optional(),
          status: z.int().min(0).max(999).optional().describe("0: no answer came"),
          action: z.string().max(32).optional(),
          audience: audienceDefinition.shape.id.optional().describe("About changes of this audience"),
          personId: z
            .string()
            .min(1)
            .max(255)
            .optional()
            .describe("About this person, as the destination knows them"),
          from: asked.optional(),
          to: asked.optional().describe("Before this instant"),
          cursor: z.string().max(1000).optional(),
          limit: z.int().min(1).max(500).default(50),
        }),
        response: { 200: z.object({ items: z.array(sentRequest), next: z.string().nullable() }) },
      },
    },
    async ({ params, body: { cursor, limit, from, to, ...filter } }) => {
      const times = {
        ...(from === undefined ? {} : { from: Date.parse(from) }),
        ...(to === undefined ? {} : { to: Date.parse(to) }),
      };
      const { items, next } = await service.requests.list(
        params.id,
        { ...filter, ...times },
        { cursor, limit },
      );
      return { items: items.map(showRequest), next };
    },
  );

  app.get(
    "/api/v1/activations/:id/requests/:request",
    {
      schema: {
        operationId: "getRequest",
        summary: "One request with its answer and the people whom it was about",
        tags: ["activations"],
        params: z.object({
          id,
          request: z.string().regex(REQUEST_ID, "is no id of a request; the search tells them"),
        }),
        response: { 200: sentRequestWithPeople },
      },
    },
    async ({ params }) => {
      const [, run, epoch, request] = REQUEST_ID.exec(params.request) ?? [];
      const key = { run: Number(run), epoch: Number(epoch), request: Number(request) };
      const { people, ...found } = await service.requests.get(params.id, key);
      return {
        ...showRequest(found),
        people: people.map(({ audience, ...person }) => ({ audienceId: audience, ...person })),
      };
    },
  );

  runRefusalRoute(app, service);
}

/** Why people were refused in a run. */
function runRefusalRoute(app: ApiApp, service: ActivationService): void {
  app.get(
    "/api/v1/activations/:id/runs/:run/refusals",
    {
      schema: {
        operationId: "listRunRefusals",
        summary: "Why people were refused in a run, equal answers together, the most frequent first",
        tags: ["activations"],
        params: z.object({ id, run: z.coerce.number().int().min(1) }),
        response: {
          200: z.object({
            items: z.array(
              z.object({
                code: z.string(),
                reason: z.string().describe("One of the answers; others differ in ids and numbers only"),
                remedy: z.string(),
                people: z.int(),
              }),
            ),
            next: z.null(),
          }),
        },
      },
    },
    async ({ params }) => ({
      items: (await service.requests.refusalsOf(params.id, params.run)).map((group) => ({
        ...group,
        remedy: remedyOf(group.code),
      })),
      next: null,
    }),
  );
}

/** A request as the API shows it. */
export function showRequest({ run, epoch, request, sentAt, code, outcome: its, ...rest }: StoredRequest) {
  return {
    ...rest,
    id: `${run}-${epoch}-${request}`,
    run,
    sentAt: instantText(sentAt),
    outcome: its,
    outcomeText: REQUEST_OUTCOMES[its],
    code: code === "" ? null : code,
  };
}
