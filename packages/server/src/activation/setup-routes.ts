import { activationDefinition } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import type { ActivationSetup } from "./activation-setup.ts";
import type { ActivationService } from "./service.ts";
import { settingWarning, showWarning } from "./setting-warning.ts";

const setup = z
  .object({
    version: z.string(),
    versions: z.array(z.string()).describe("Of the destination; the newest first."),
    parts: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        file: z.string().nullable().describe("Where `text` goes; null: it is a command, or something to do."),
        language: z.enum(["dotenv", "yaml", "sh"]).nullable(),
        text: z.string().nullable().describe("To copy."),
        basis: z
          .enum(["documented", "follows"])
          .describe("By the destination's documentation, or following from it."),
        notes: z.array(z.string()),
      }),
    ),
    gaps: z
      .array(
        z.object({
          setting: z.string(),
          placeholder: z.string().describe("Stands in texts in place of the setting."),
          why: z.enum(["stored", "missing"]).describe("`stored`: a secret, which is never read back."),
        }),
      )
      .describe("What is to be filled in by hand."),
    warnings: z.array(settingWarning),
    faults: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: "ActivationSetup" });

const version = z.string().max(20).optional().describe("Of the destination, such as `5.x`; else the newest.");
const parameters = z.object({ id: activationDefinition.shape.id });

function show({ versions, parts, gaps, warnings, faults, ...of }: ActivationSetup): z.input<typeof setup> {
  return {
    ...of,
    versions: [...versions],
    parts: parts.map(({ file = null, language = null, text = null, notes, ...part }) => ({
      ...part,
      file,
      language,
      text,
      notes: [...notes],
    })),
    gaps: gaps.map((gap) => ({ ...gap })),
    warnings: warnings.map(showWarning),
    faults: faults.map((fault) => ({ ...fault })),
  };
}

/** The destination's own side, to copy, and credentials for both sides. */
export function activationSetupRoutes(app: ApiApp, service: ActivationService): void {
  app.get(
    "/api/v1/activations/:id/setup",
    {
      schema: {
        operationId: "getActivationSetup",
        summary: "What to set up at the destination, filled in; stored secrets are never in it",
        tags: ["activations"],
        params: parameters,
        querystring: z.object({ version }),
        response: { 200: setup },
      },
    },
    async (request) => show(await service.setup(request.params.id, { version: request.query.version })),
  );

  app.post(
    "/api/v1/activations/:id/setup",
    {
      schema: {
        operationId: "draftActivationSetup",
        summary: "The same for settings as far as they are typed, with what is likely wrong with them",
        tags: ["activations"],
        params: parameters,
        body: z.strictObject({
          version,
          type: activationDefinition.shape.type.optional(),
          settings: activationDefinition.shape.settings.unwrap(),
        }),
        response: { 200: setup },
      },
    },
    async (request, reply) => {
      // What was typed, a secret too, stands in the answer.
      reply.header("cache-control", "no-store");
      return show(await service.setup(request.params.id, request.body));
    },
  );

  app.post(
    "/api/v1/activation-types/:type/credentials",
    {
      schema: {
        operationId: "generateCredentials",
        summary: "New credentials for both sides, hard to guess; they are shown this once and kept nowhere",
        tags: ["activations"],
        params: z.object({ type: activationDefinition.shape.type }),
        response: { 200: z.object({ settings: z.record(z.string(), z.string()) }) },
      },
    },
    async (request, reply) => {
      reply.header("cache-control", "no-store");
      return { settings: service.credentials(request.params.type) };
    },
  );
}
