import { Readable } from "node:stream";
import { z } from "zod";
import type { TakeOverResult } from "../activation/index.ts";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantText } from "../http/instant.ts";
import type { MemberListRecord } from "../store/index.ts";
import { type ComparedPerson, PARTS } from "./repository.ts";
import type { Comparison, TakeoverService } from "./service.ts";

const memberList = z
  .object({
    id: z.int(),
    name: z.string(),
    identifier: z.string().describe("By which people are named"),
    audiences: z.array(z.object({ id: z.string(), people: z.int() })),
    people: z.int().describe("Pairs of audience and person, each once"),
    repeated: z.int().describe("Lines that said again what another said"),
    createdAt: instant,
  })
  .meta({ id: "MemberList", description: "Who is in which segment, by another CDP. Kept for 30 days." });

const person = z.object({ person: z.string(), profile: z.int().nullable() });

const comparison = z
  .object({
    list: memberList,
    comparedAt: instant,
    audiences: z.array(
      z.object({
        id: z.string(),
        name: z.string().nullable().describe("null: there is no such audience here"),
        there: z.int().describe("there = both + onlyThere + withoutProfile"),
        here: z.int().describe("here = both + onlyHere + withoutIdentifier"),
        both: z.int(),
        onlyThere: z.int().describe("Known here, and not in the audience"),
        onlyHere: z.int(),
        withoutProfile: z.int().describe("There, and nobody here is known by this id"),
        withoutIdentifier: z.int().describe("Members here who have no such id"),
        examples: z.object({
          onlyThere: z.array(person),
          onlyHere: z.array(person),
          withoutProfile: z.array(person),
        }),
        error: z.object({ code: z.string(), detail: z.string() }).nullable(),
      }),
    ),
  })
  .meta({ id: "MemberComparison" });

const taken = z
  .object({
    audienceId: z.string(),
    stay: z.int().describe("There and in the audience: they are told again, and never leave"),
    join: z.int(),
    leave: z.int(),
    settled: z.int().describe("Of whom the activation knows already; the list changes nothing for them"),
    examples: z.object({
      stay: z.array(z.string()),
      join: z.array(z.string()),
      leave: z.array(z.string()),
    }),
    recorded: z.int().nullable().describe("People who were recorded; null: it was a preview"),
    unconfirmed: z.string().nullable().describe("Why it needs to be confirmed; null: it doesn't"),
  })
  .meta({ id: "SegmentTakeOver" });

const byId = z.object({ id: z.coerce.number().int().min(1).max(0xffff_ffff) });

function showList({ identifierId, createdAt, audiences, ...list }: MemberListRecord) {
  return {
    ...list,
    identifier: identifierId,
    audiences: audiences.map((one) => ({ ...one })),
    createdAt: instantText(createdAt),
  };
}

function showComparison({ list, comparedAt, audiences }: Comparison) {
  const shown = (people: readonly ComparedPerson[]) =>
    people.map(({ person: id, profile }) => ({ person: id, profile }));
  return {
    list: showList(list),
    comparedAt: instantText(comparedAt),
    audiences: audiences.map(({ counts, examples, ...rest }) => ({
      ...rest,
      ...counts,
      examples: {
        onlyThere: shown(examples.onlyThere),
        onlyHere: shown(examples.onlyHere),
        withoutProfile: shown(examples.withoutProfile),
      },
    })),
  };
}

function showTaken({ examples: { stay, join, leave }, ...rest }: TakeOverResult) {
  return { ...rest, examples: { stay: [...stay], join: [...join], leave: [...leave] } };
}

/** Taking over from another CDP. */
export function takeoverRoutes(app: ApiApp, takeovers: TakeoverService): void {
  void app.register(async (scope) => {
    const lists = scope as ApiApp;
    // Millions of people are read line by line, never held in memory as one body.
    lists.removeAllContentTypeParsers();
    lists.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    lists.post(
      "/api/v1/member-lists",
      {
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          operationId: "keepMemberList",
          summary: "Send who is in which segment there; the body is a line of JSON for each person",
          tags: ["takeover"],
          querystring: z.object({
            name: z.string().min(1).max(200).default("members").describe("For people to recognise it by"),
            identifier: z.string().min(1).max(64).default("userid").describe("By which people are named"),
          }),
          consumes: ["application/x-ndjson"],
          body: z.unknown().meta({ type: "string", description: 'Lines such as `["5d822e81","14"]`' }),
          response: { 201: memberList },
        },
      },
      async (request, reply) => {
        const body = request.body instanceof Readable ? request.body : request.raw;
        const { name, identifier } = request.query;
        return reply.code(201).send(showList(await takeovers.keep(name, identifier, body)));
      },
    );
  });
  app.get(
    "/api/v1/member-lists/:id",
    {
      schema: {
        operationId: "getMemberList",
        summary: "A list of members that was sent in",
        tags: ["takeover"],
        params: byId,
        response: { 200: memberList },
      },
    },
    async ({ params }) => showList(await takeovers.list(params.id)),
  );
  app.post(
    "/api/v1/member-lists/:id/comparison",
    {
      schema: {
        operationId: "compareMemberList",
        summary: "Check the list's audiences, and compare their members person by person with the list",
        tags: ["takeover"],
        params: byId,
        response: { 200: comparison },
      },
    },
    async ({ params }) => showComparison(await takeovers.compare(params.id)),
  );
  app.get(
    "/api/v1/member-lists/:id/people.csv",
    {
      schema: {
        operationId: "listComparedPeople",
        summary: "Everybody there and here as of the last check, as CSV",
        tags: ["takeover"],
        params: byId,
        querystring: z.object({ audience: z.string().optional(), part: z.enum(PARTS).optional() }),
        produces: ["text/csv"],
        response: {
          200: {
            description: "A line for each person: `audience`, `part`, `person`, `profile`",
            content: { "text/csv": { schema: z.unknown().meta({ type: "string" }) } },
          },
        },
      },
    },
    async ({ params, query }, reply) => {
      await takeovers.list(params.id);
      return reply
        .type("text/csv; charset=utf-8")
        .header("Content-Disposition", `attachment; filename="people-${params.id}.csv"`)
        .send(Readable.from(csv(takeovers.people(params.id, query))));
    },
  );
  app.post(
    "/api/v1/activations/:activation/segments/:audience/take-over",
    {
      schema: {
        operationId: "takeOverSegment",
        summary:
          "Record who is in a segment before the first run, so that it is never emptied; or preview it",
        tags: ["takeover"],
        params: z.object({ activation: z.string().min(1).max(64), audience: z.string().min(1).max(64) }),
        body: z.object({
          list: z.int().min(1).max(0xffff_ffff).describe("Who is known to be there"),
          preview: z.boolean().default(true).describe("Only tell who stays, joins and leaves"),
          force: z.string().optional().describe("The audience's id, to confirm what is refused otherwise"),
        }),
        response: { 200: taken },
      },
    },
    async ({ params, body }) =>
      showTaken(
        await takeovers.segment({ activationId: params.activation, audienceId: params.audience, ...body }),
      ),
  );
}

async function* csv(
  blocks: AsyncIterable<readonly (ComparedPerson & { readonly audience: string })[]>,
): AsyncGenerator<string> {
  yield "audience,part,person,profile\r\n";
  for await (const people of blocks) {
    yield people
      .map(({ audience, part, person: id, profile }) =>
        [cell(audience), part, cell(id), profile === null ? "" : String(profile)].join(","),
      )
      .map((line) => `${line}\r\n`)
      .join("");
  }
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
