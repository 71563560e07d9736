import {
  audienceDefinition,
  COLUMN_TYPES,
  type ExplainedNode,
  type Saw,
  uncheckedRule,
} from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { PersonExplanation } from "./explain.ts";
import type { AudienceService } from "./service.ts";

const id = audienceDefinition.shape.id;

const value = z.union([z.string(), z.boolean(), z.array(z.string())]);
const bound = instant.nullable();

const sawSchema = z
  .discriminatedUnion("of", [
    z.object({
      of: z.literal("have"),
      attribute: z.string(),
      type: z.enum(COLUMN_TYPES),
      value: value.nullable().describe("Decimals and instants as text; null: there is none"),
      cleared: z.boolean().describe("There was one, and it was cleared"),
      time: bound.describe("Since when the value is so"),
      source: z.string().nullable().describe("The dataflow that brought it"),
      after: bound.describe("Of a span of time that is asked for: after < value <= upTo"),
      upTo: bound,
    }),
    z.object({
      of: z.literal("did"),
      event: z.string(),
      after: bound.describe("Of the window: after < time <= upTo"),
      upTo: instant,
      count: z.number().int().describe("How many events count; for a first or last time all that match"),
      measure: z.enum(["count", "distinct", "sum", "average", "minimum", "maximum"]),
      measured: z.string().nullable().describe("What the measure comes to; null: no event has a value"),
      occurredAt: bound.describe("When the first or the last of all was, where that is asked"),
      events: z
        .array(
          z.object({ time: instant, source: z.string().nullable(), properties: z.record(z.string(), value) }),
        )
        .describe("The newest 10 that count, with the properties that the condition reads"),
    }),
    z.object({ of: z.literal("inAudience"), id: z.string(), name: z.string() }),
    z.object({ of: z.literal("everyone") }),
  ])
  .meta({ id: "ExplainedCondition" });

interface ShownNode extends Omit<ExplainedNode, "of" | "saw"> {
  readonly of: ShownNode[];
  readonly saw: z.output<typeof sawSchema> | null;
}

const nodeSchema: z.ZodType<ShownNode> = z
  .lazy(() =>
    z.object({
      path: z.string().describe("JSON pointer below the rule; the rule itself is the empty text"),
      sentence: z.string(),
      holds: z.boolean(),
      decides: z
        .boolean()
        .describe("The verdict stays the same whatever all nodes that do not decide may be"),
      of: z.array(nodeSchema),
      saw: sawSchema.nullable().describe("What a condition looked at; null for a group and for `not`"),
    }),
  )
  .meta({ id: "ExplainedNode" });

const explanationSchema = z
  .object({
    profile: z.number().int(),
    asOf: instant,
    holds: z.boolean().describe("Whether the rule holds for the person"),
    sentences: z.array(z.string()).describe("What decided, condition by condition"),
    tree: nodeSchema,
    audiences: z
      .array(z.object({ id: z.string(), name: z.string(), tree: nodeSchema }))
      .describe("Each audience that the rule names, on whatever way, explained once"),
    membership: z
      .object({
        audience: z.string(),
        member: z.boolean(),
        since: instant.nullable(),
        evaluatedAsOf: instant.nullable().describe("As of when it was evaluated; null: never"),
        agrees: z.boolean().describe("Whether that is what the rule says"),
      })
      .nullable()
      .describe("By the audience's last evaluation; null where no audience was named"),
  })
  .meta({ id: "PersonExplanation" });

// In a body: addresses end up in logs, and personal data do not belong there.
const question = {
  person: z.string().min(1).max(1_000).describe("Number of the profile, or `kind:value` of any identifier"),
  asOf: z.iso
    .datetime({ offset: true, error: "an instant such as 2026-07-01T00:00:00Z is expected here" })
    .optional()
    .describe("Unless given, now"),
};

/** Why a person is in an audience, or is not. */
export function explainRoutes(app: ApiApp, audiences: AudienceService): void {
  app.post(
    "/api/v1/audiences/:id/explain",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "explainPerson",
        summary: "Why a person is in an audience or is not: what decided, with the person's values",
        tags: ["audiences"],
        params: z.object({ id }),
        body: z.strictObject(question),
        response: { 200: explanationSchema },
      },
    },
    async ({ params, body }) =>
      shown(await audiences.rules.explainOf(params.id, { ...body, asOf: milliseconds(body.asOf) })),
  );
  app.post(
    "/api/v1/rules/explain",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "explainRule",
        summary: "The same for a rule that need not be saved",
        tags: ["audiences"],
        body: z.strictObject({
          rule: uncheckedRule,
          audience: id.optional().describe("The rule would be this audience's"),
          ...question,
        }),
        response: { 200: explanationSchema },
      },
    },
    async ({ body }) =>
      shown(await audiences.rules.explain(body.rule, { ...body, asOf: milliseconds(body.asOf) })),
  );
}

function shown({ asOf, membership, tree, audiences, sentences, ...rest }: PersonExplanation) {
  return {
    ...rest,
    asOf: instantText(asOf),
    sentences: [...sentences],
    tree: shownNode(tree),
    audiences: audiences.map((one) => ({ ...one, tree: shownNode(one.tree) })),
    membership: membership && { ...membership, evaluatedAsOf: instantOrNull(membership.evaluatedAsOf) },
  };
}

function shownNode({ of, saw, ...node }: ExplainedNode): ShownNode {
  return { ...node, of: of.map(shownNode), saw: saw === null ? null : shownCondition(saw) };
}

function shownCondition(saw: Saw): z.output<typeof sawSchema> {
  if (saw.of === "have") {
    const { value: its, time, after, upTo, ...rest } = saw;
    return {
      ...rest,
      value: copied(its),
      time: instantOrNull(time),
      after: instantOrNull(after),
      upTo: instantOrNull(upTo),
    };
  }
  if (saw.of !== "did") return { ...saw };
  const { after, upTo, occurredAt, events, ...rest } = saw;
  return {
    ...rest,
    after: instantOrNull(after),
    upTo: instantText(upTo),
    occurredAt: instantOrNull(occurredAt),
    events: events.map(({ time, source, properties }) => ({
      time: instantText(time),
      source,
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, its]) => [name, copied(its)] as const),
      ),
    })),
  };
}

function copied<Shown extends string | boolean | readonly string[] | null>(its: Shown) {
  return (typeof its === "object" && its !== null ? [...its] : its) as
    | Exclude<Shown, readonly string[]>
    | string[];
}

function milliseconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
