import { Readable } from "node:stream";
import {
  activationDefinition,
  audienceDefinition,
  PERSON_STATES,
  type PersonState,
  remedyOf,
} from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { csvLine } from "../http/csv.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { StandingPerson } from "./people-repository.ts";
import type { ActivationService } from "./service.ts";

const state = z
  .enum(Object.keys(PERSON_STATES) as PersonState[])
  .describe("The first five are of members and add up to the size; the others leave.");
const personId = z.string().min(1).max(255);

const person = z
  .object({
    personId: z.string().nullable().describe("As the destination knows the person"),
    profile: z.int().nullable().describe("Null: nobody owns the id any more"),
    lastSentAt: instant.nullable(),
    refusal: z
      .object({
        code: z.string(),
        reason: z.string().describe("What the destination answered"),
        attempts: z.int().describe("How often in a row"),
        at: instant,
        nextAttemptAt: instant,
      })
      .nullable(),
  })
  .meta({ id: "PersonInSegment" });

const refusals = z.object({
  items: z.array(
    z.object({
      audienceId: z.string(),
      membership: z.boolean().describe("true: they were to join; false: to leave"),
      code: z.string(),
      reason: z.string().describe("One of the answers; others differ in ids and numbers only"),
      remedy: z.string(),
      people: z.int(),
      nextAttemptAt: instant.describe("When the first of them is tried again"),
    }),
  ),
  next: z.null(),
});

const id = activationDefinition.shape.id;
const segment = z.object({ id, audience: audienceDefinition.shape.id });

/** Who stands how in a segment. */
export function peopleRoutes(app: ApiApp, service: ActivationService): void {
  app.post(
    "/api/v1/activations/:id/audiences/:audience/people/search",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listPeople",
        summary: "The people of one state in a segment, as the status counts them",
        tags: ["activations"],
        params: segment,
        // In a body: addresses end up in logs, and ids of people, which cursors hold too, do not belong there.
        body: z.strictObject({
          state,
          personId: personId.optional().describe("Only this person"),
          cursor: z.string().max(1000).optional(),
          limit: z.int().min(1).max(1000).default(50),
        }),
        response: { 200: z.object({ items: z.array(person), next: z.string().nullable() }) },
      },
    },
    async ({ params, body: { state: asked, ...page } }) => {
      const { items, next } = await service.people.list(params.id, params.audience, asked, page);
      return { items: items.map(show), next };
    },
  );

  app.get(
    "/api/v1/activations/:id/audiences/:audience/people.csv",
    {
      schema: {
        operationId: "exportPeople",
        summary: "The same, all of them, as CSV",
        tags: ["activations"],
        params: segment,
        querystring: z.object({ state }),
        produces: ["text/csv"],
        response: {
          200: {
            description:
              "A line for each person: `personId`, `profile`, `lastSentAt`, `reason`, `attempts`, `nextAttemptAt`",
            // It goes out as a stream, so no schema of ours checks it.
            content: { "text/csv": { schema: z.unknown().meta({ type: "string" }) } },
          },
        },
      },
    },
    async ({ params, query }, reply) => {
      const people = await service.people.all(params.id, params.audience, query.state);
      return reply
        .type("text/csv; charset=utf-8")
        .header("Content-Disposition", `attachment; filename="${params.audience}-${query.state}.csv"`)
        .send(Readable.from(csv(people)));
    },
  );

  app.post(
    "/api/v1/activations/:id/audiences/:audience/people/send-again",
    {
      schema: {
        operationId: "sendPeopleAgain",
        summary: "Send refused people again with the next run, whatever their time",
        tags: ["activations"],
        params: segment,
        body: z.strictObject({
          personIds: z.array(personId).min(1).max(10_000).optional().describe("Absent: all who are refused"),
        }),
        response: { 200: z.object({ people: z.int().describe("Who had to wait and don't any more") }) },
      },
    },
    async ({ params, body }) => ({
      people: await service.people.sendAgain(params.id, params.audience, body.personIds),
    }),
  );

  app.get(
    "/api/v1/activations/:id/left-behind",
    {
      schema: {
        operationId: "listLeftBehind",
        summary: "Who stays in segments whose audiences were taken off: nothing updates them",
        tags: ["activations"],
        params: z.object({ id }),
        response: {
          200: z.object({
            items: z.array(
              z.object({
                audienceId: z.string(),
                name: z.string().nullable().describe("Null: the audience was deleted"),
                people: z.int(),
              }),
            ),
            next: z.null(),
          }),
        },
      },
    },
    async ({ params }) => ({ items: await service.people.leftBehind(params.id), next: null }),
  );

  app.get(
    "/api/v1/activations/:id/refusals",
    {
      schema: {
        operationId: "listRefusals",
        summary: "Why people are refused now, equal answers together, the most frequent first",
        tags: ["activations"],
        params: z.object({ id }),
        response: { 200: refusals },
      },
    },
    async ({ params }) => ({
      items: (await service.people.refusals(params.id)).map(({ audience, nextAttemptAt, ...group }) => ({
        audienceId: audience,
        ...group,
        remedy: remedyOf(group.code),
        nextAttemptAt: instantText(nextAttemptAt),
      })),
      next: null,
    }),
  );
}

function show({ refusal, lastSentAt, ...rest }: StandingPerson) {
  return {
    ...rest,
    lastSentAt: instantOrNull(lastSentAt),
    refusal: refusal && {
      ...refusal,
      at: instantText(refusal.at),
      nextAttemptAt: instantText(refusal.nextAttemptAt),
    },
  };
}

async function* csv(blocks: AsyncIterable<readonly StandingPerson[]>): AsyncGenerator<string> {
  yield "personId,profile,lastSentAt,reason,attempts,nextAttemptAt\r\n";
  for await (const people of blocks) yield people.map(line).join("");
}

function line(of: StandingPerson): string {
  const { personId: its, profile, lastSentAt, refusal } = show(of);
  return csvLine([its, profile, lastSentAt, refusal?.reason, refusal?.attempts, refusal?.nextAttemptAt]);
}
