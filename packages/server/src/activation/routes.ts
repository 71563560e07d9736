import { activationDefinition, STATUS_WORDS } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantOrNull } from "../http/instant.ts";
import { seenVersion } from "../http/seen-version.ts";
import { explanationRoutes } from "./explanation-routes.ts";
import { holdRoutes } from "./hold-routes.ts";
import { liveRoutes } from "./live-routes.ts";
import { peopleRoutes } from "./people-routes.ts";
import { previewRoutes } from "./preview-routes.ts";
import { requestRoutes } from "./request-routes.ts";
import { run, showRun } from "./run-shape.ts";
import type { ActivationService, ShownActivation } from "./service.ts";
import { settingWarning, showWarning } from "./setting-warning.ts";
import { activationSetupRoutes } from "./setup-routes.ts";
import type { ActivationStatus } from "./status.ts";
import { activationTestRoutes } from "./test-routes.ts";
import { activationTypeRoutes } from "./type-routes.ts";

const oldestUnsentAt = instant
  .nullable()
  .describe("Since when the oldest change that is to be sent has been waiting; null: nothing waits.");

const shown = z
  .object({
    ...activationDefinition.shape,
    version: z.int(),
    origin: z.enum(["api", "file"]),
    secrets: z
      .array(z.string())
      .describe("Names of the secrets that are stored; their values are never shown."),
    warnings: z.array(settingWarning),
    oldestUnsentAt,
  })
  .meta({ id: "ShownActivation" });

const status = z
  .object({
    id: z.string(),
    name: z.string(),
    paused: z.boolean(),
    run: run.nullable().describe("The run that is under way, or the last one."),
    lastFailure: run
      .nullable()
      .describe("The last run that failed, until one has ended well: also while it is tried again."),
    runAsked: z
      .boolean()
      .describe("Somebody asked for something that no run has heard of: one more follows what is under way."),
    oldestUnsentAt,
    segments: z.array(
      z.object({
        audienceId: z.string(),
        name: z.string(),
        status: z.enum(Object.keys(STATUS_WORDS) as (keyof typeof STATUS_WORDS)[]),
        statusText: z.string(),
        takingOut: z.boolean(),
        lastSynchronizedAt: instant.nullable(),
        lastCheckedAt: instant.nullable(),
        size: z.int(),
        accepted: z.int(),
        waiting: z.int(),
        refused: z.int(),
        withoutIdentifier: z.int(),
        suppressed: z.int(),
        leaving: z.object({
          waiting: z.int(),
          refused: z.int(),
          held: z.int().describe("Removals that the guard holds"),
        }),
        error: z.object({ code: z.string(), detail: z.string(), remedy: z.string() }).nullable(),
      }),
    ),
  })
  .meta({ id: "ActivationStatus" });

const askedRun = z
  .discriminatedUnion("outcome", [
    z.object({ outcome: z.literal("begun"), run }),
    z.object({
      outcome: z
        .literal("follows")
        .describe("A run is under way, or the activation is in use otherwise: one more run follows."),
      run: run.nullable().describe("The run that is under way, or the last one."),
    }),
  ])
  .meta({ id: "AskedRun" });

const parameters = z.object({ id: activationDefinition.shape.id });
const people = z
  .enum(["takeOut", "leave"])
  .optional()
  .describe("What becomes of the people of audiences that are taken off: `takeOut` (default) or `leave`.");

function showActivation({
  definition,
  version,
  origin,
  secrets,
  warnings,
  oldestUnsentAt: oldest,
}: ShownActivation) {
  return {
    ...definition,
    version,
    origin,
    secrets: [...secrets],
    warnings: warnings.map(showWarning),
    oldestUnsentAt: instantOrNull(oldest),
  };
}

function showStatus(found: ActivationStatus) {
  return {
    id: found.id,
    name: found.name,
    paused: found.paused,
    run: found.run && showRun(found.run),
    lastFailure: found.lastFailure && showRun(found.lastFailure),
    runAsked: found.runAsked,
    oldestUnsentAt: instantOrNull(found.oldestUnsentAt),
    segments: found.segments.map((segment) => ({
      audienceId: segment.audienceId,
      name: segment.name,
      status: segment.status,
      statusText: STATUS_WORDS[segment.status],
      takingOut: segment.takingOut,
      lastSynchronizedAt: instantOrNull(segment.lastSynchronizedAt),
      lastCheckedAt: instantOrNull(segment.lastCheckedAt),
      ...segment.numbers,
      leaving: { ...segment.numbers.leaving },
      error: segment.error && { ...segment.error },
    })),
  };
}

/** The API of activations; what looks at their people and requests stands in files of its own. */
export function activationRoutes(app: ApiApp, service: ActivationService): void {
  app.get(
    "/api/v1/activations",
    {
      schema: {
        operationId: "listActivations",
        summary:
          "All activations, and since when the oldest change of each waits, told without counting people",
        tags: ["activations"],
        response: { 200: z.object({ items: z.array(shown), next: z.null() }) },
      },
    },
    async () => ({ items: (await service.list()).map(showActivation), next: null }),
  );

  app.get(
    "/api/v1/activations/:id",
    {
      schema: {
        operationId: "getActivation",
        summary: "One activation with its settings, without its secrets",
        tags: ["activations"],
        params: parameters,
        response: { 200: shown },
      },
    },
    async (request) => showActivation(await service.get(request.params.id)),
  );

  app.put(
    "/api/v1/activations/:id",
    {
      schema: {
        operationId: "saveActivation",
        summary: "Create or change an activation; secrets that are left out stay as they are",
        tags: ["activations"],
        params: parameters,
        querystring: z.object({
          people,
          version: seenVersion,
          destination: z
            .enum(["same", "different"])
            .optional()
            .describe("When the address changed: is it the same destination, or a different one?"),
        }),
        body: activationDefinition.omit({ kind: true, id: true }),
        response: { 200: shown },
      },
    },
    async (request) => {
      const definition = { kind: "activation" as const, id: request.params.id, ...request.body };
      const { people: choice, destination, version: ofVersion } = request.query;
      const saved = await service.save(definition, {
        by: request.caller,
        origin: "api",
        people: choice,
        destination,
        ofVersion,
      });
      return showActivation(saved);
    },
  );

  app.delete(
    "/api/v1/activations/:id",
    {
      schema: {
        operationId: "deleteActivation",
        summary: "Delete an activation, its people taken out first unless they are to be left",
        tags: ["activations"],
        params: parameters,
        querystring: z.object({ people, version: seenVersion }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { people: choice, version: ofVersion } = request.query;
      const options = { by: request.caller, origin: "api" as const, people: choice, ofVersion };
      await service.delete(request.params.id, options);
      return reply.code(204).send(null);
    },
  );

  app.get(
    "/api/v1/activations/:id/status",
    {
      schema: {
        operationId: "getActivationStatus",
        summary:
          "How each audience of an activation stands: numbers that add up, and why it failed if it did",
        tags: ["activations"],
        params: parameters,
        response: { 200: status },
      },
    },
    async (request) => showStatus(await service.status(request.params.id)),
  );

  app.get(
    "/api/v1/activation-statuses",
    {
      schema: {
        operationId: "listActivationStatuses",
        summary: "How all activations stand, by the same numbers as the status of each, in one answer",
        tags: ["activations"],
        response: { 200: z.object({ items: z.array(status), next: z.null() }) },
      },
    },
    async () => ({ items: (await service.statuses()).map(showStatus), next: null }),
  );

  app.get(
    "/api/v1/activations/:id/runs",
    {
      schema: {
        operationId: "listRuns",
        summary: "An activation's runs, newest first",
        tags: ["activations"],
        params: parameters,
        querystring: z.object({
          cursor: z.string().max(1000).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(50),
        }),
        response: { 200: z.object({ items: z.array(run), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      const { items, next } = await service.runs(request.params.id, request.query);
      return { items: items.map(showRun), next };
    },
  );

  app.post(
    "/api/v1/activations/:id/runs",
    {
      schema: {
        operationId: "startRun",
        summary:
          "Check, plan and deliver now, or once more right after the run that is under way; its progress is among the runs",
        tags: ["activations"],
        params: parameters,
        response: { 202: askedRun },
      },
    },
    async (request, reply) => {
      const asked = await service.ask(request.params.id);
      if (asked.outcome === "follows") {
        return reply.code(202).send({ outcome: asked.outcome, run: asked.run && showRun(asked.run) });
      }
      asked.ended.catch((error: unknown) =>
        request.log.warn({ err: error }, "a run could not be carried out"),
      );
      return reply.code(202).send({ outcome: asked.outcome, run: showRun(asked.run) });
    },
  );

  app.post(
    "/api/v1/activations/:id/resync",
    {
      schema: {
        operationId: "resyncActivation",
        summary: "Have the next run say everything again: members, and removals of all who ever were in",
        tags: ["activations"],
        params: parameters,
        response: { 202: z.object({ asked: z.literal(true) }) },
      },
    },
    async (request, reply) => {
      await service.resync(request.params.id);
      return reply.code(202).send({ asked: true as const });
    },
  );

  explanationRoutes(app, service);
  holdRoutes(app, service);
  liveRoutes(app, service);
  peopleRoutes(app, service);
  previewRoutes(app, service);
  requestRoutes(app, service);
  activationTestRoutes(app, service);
  activationSetupRoutes(app, service);
  activationTypeRoutes(app, service);
}
