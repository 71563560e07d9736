import { z } from "zod";
import { OPERATION_KINDS, type OpenOperation } from "../store/index.ts";
import type { ApiApp } from "./api-app.ts";

/** What the operator's tools ask: does it serve, and from what. */
export interface Vitals {
  readonly version: string;
  readonly controlPlane: "sqlite" | "postgres";
  /** The embedded engine's process; null when the engine is a server. */
  readonly enginePid: () => number | null;
  readonly engineRestarts: () => number;
  readonly underWay: () => Promise<readonly OpenOperation[]>;
  /** Fails when the data plane doesn't answer. */
  readonly ping: () => Promise<void>;
}

/** `/health` for load balancers, without a token; `/api/v1/status` for administrators. */
export function healthRoutes(app: ApiApp, vitals: Vitals): void {
  app.get(
    "/health",
    {
      config: { access: "public" },
      schema: {
        operationId: "health",
        summary: "200 while the server serves and both planes answer",
        tags: ["operation"],
        security: [],
        response: { 200: z.object({ status: z.literal("ok") }) },
      },
    },
    async () => {
      await vitals.ping();
      return { status: "ok" as const };
    },
  );
  app.get(
    "/api/v1/status",
    {
      config: { access: "admin" },
      schema: {
        operationId: "getStatus",
        summary: "What this server runs on, and what is under way",
        tags: ["operation"],
        response: {
          200: z
            .object({
              version: z.string(),
              controlPlane: z.enum(["sqlite", "postgres"]),
              enginePid: z.number().int().nullable(),
              engineRestarts: z.number().int(),
              underWay: z
                .array(
                  z.object({
                    operation: z.number().int(),
                    kind: z.enum(OPERATION_KINDS),
                    subject: z.string(),
                    since: z.iso.datetime(),
                  }),
                )
                .describe("What is being written by any server and is not visible yet, oldest first"),
            })
            .meta({ id: "ServerStatus" }),
        },
      },
    },
    async () => ({
      version: vitals.version,
      controlPlane: vitals.controlPlane,
      enginePid: vitals.enginePid(),
      engineRestarts: vitals.engineRestarts(),
      underWay: (await vitals.underWay()).map(({ id, kind, subject, openedAt }) => ({
        operation: id,
        kind,
        subject,
        since: new Date(openedAt).toISOString(),
      })),
    }),
  );
}
