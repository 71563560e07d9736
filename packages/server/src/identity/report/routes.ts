import { IDENTIFIER_PROBLEMS, identifierFigures } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../../http/api-app.ts";
import { instant, instantText } from "../../http/instant.ts";
import type { ReportService, ReportStatus } from "./report-service.ts";

const status = z
  .object({
    state: z.enum(["none", "running", "failed", "done"]),
    progress: z
      .object({ step: z.string(), done: z.number().int(), total: z.number().int().nullable() })
      .nullable(),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    report: z
      .object({
        takenAt: instant.describe("The figures are true for this instant"),
        isCurrent: z.boolean().describe("Nothing has been published or defined since"),
        figures: identifierFigures,
        problems: z
          .array(
            z.object({
              kind: z.enum(IDENTIFIER_PROBLEMS),
              count: z.int(),
              text: z.string(),
              remedy: z.string(),
              examples: z.array(z.string()).readonly(),
            }),
          )
          .describe("The gravest first; empty: all is as it should be"),
      })
      .nullable()
      .describe("The latest one that was made"),
  })
  .meta({ id: "IdentifierReport" });

const byId = z.object({ id: z.string().min(1).max(64) });

function show({ report, ...rest }: ReportStatus) {
  if (report === null) return { ...rest, report };
  const { takenAt, isCurrent, figures, problems } = report;
  return {
    ...rest,
    report: { takenAt: instantText(takenAt), isCurrent, figures, problems: [...problems] },
  };
}

/** Is an identifier right? */
export function reportRoutes(app: ApiApp, reports: ReportService): void {
  app.get(
    "/api/v1/identifiers/:id/profiles",
    {
      schema: {
        operationId: "countProfilesOfIdentifier",
        summary: "Whether activations can use an identifier, and how many of the profiles have one",
        tags: ["identifiers"],
        params: byId,
        response: {
          200: z.object({
            profiles: z.number().int(),
            withIdentifier: z.number().int(),
            missing: z
              .string()
              .nullable()
              .describe("What keeps activations from using the identifier; null: it is available"),
          }),
        },
      },
    },
    async ({ params }) => ({
      ...(await reports.profiles(params.id)),
      missing: (await reports.missing(params.id)) ?? null,
    }),
  );
  app.get(
    "/api/v1/identifiers/:id/report",
    {
      schema: {
        operationId: "getIdentifierReport",
        summary: "The latest report on an identifier: counts, examples, and each problem with what to do",
        tags: ["identifiers"],
        params: byId,
        response: { 200: status },
      },
    },
    async ({ params }) => show(await reports.status(params.id)),
  );
  app.post(
    "/api/v1/identifiers/:id/report",
    {
      schema: {
        operationId: "makeIdentifierReport",
        summary: "Make a report in the background, from all kept rows; unless one is being made",
        tags: ["identifiers"],
        params: byId,
        response: { 202: status },
      },
    },
    async ({ params }, reply) => reply.code(202).send(show(await reports.start(params.id))),
  );
}
