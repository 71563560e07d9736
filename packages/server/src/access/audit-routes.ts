import { AUDIT_ACTIONS, type AuditAction } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { instant, instantText } from "../http/instant.ts";
import type { AuditEntry } from "../store/index.ts";
import { AUDITED, type Audited, isAudited } from "./audited.ts";
import type { AccessService } from "./service.ts";

const entrySchema = z
  .object({
    id: z.int(),
    at: instant,
    by: z.string().describe("The name of the user or the token"),
    action: z.enum(Object.keys(AUDIT_ACTIONS) as AuditAction[]),
    actionText: z.string(),
    kind: z.string().describe("Of what it was done to: `activation`, `audience`, `user`, `token`, …"),
    subject: z.string().describe("Its id"),
    before: z.unknown().describe("What it was, without secrets; null where there was nothing"),
    after: z.unknown().describe("What it is since; null where there is nothing"),
  })
  .meta({ id: "AuditEntry" });

const page = {
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

function show({ at, action, ...entry }: AuditEntry) {
  return { ...entry, at: instantText(at), action, actionText: AUDIT_ACTIONS[action] };
}

/** Who did what when; and what keeps it: every request that changed something by {@link AUDITED}. */
export function auditRoutes(app: ApiApp, access: AccessService): void {
  app.get(
    "/api/v1/audit",
    {
      config: { access: "admin" },
      schema: {
        operationId: "listAuditEntries",
        summary: "Who did what when, before and after, the latest first; secrets are left out",
        tags: ["access"],
        querystring: z.object({
          kind: z.string().max(100).optional(),
          subject: z.string().max(300).optional(),
          ...page,
        }),
        response: { 200: z.object({ items: z.array(entrySchema), next: z.string().nullable() }) },
      },
    },
    async ({ query }) => {
      const { items, next } = await access.auditLog(query);
      return { items: items.map(show), next };
    },
  );
  app.get(
    "/api/v1/activations/:id/history",
    {
      schema: {
        operationId: "listActivationHistory",
        summary: "Who changed an activation, or decided for it, and when; the latest first",
        tags: ["activations"],
        params: z.object({ id: z.string().max(300) }),
        querystring: z.object(page),
        response: { 200: z.object({ items: z.array(entrySchema), next: z.string().nullable() }) },
      },
    },
    async ({ params, query }) => {
      const { items, next } = await access.auditLog({ kind: "activation", subject: params.id, ...query });
      return { items: items.map(show), next };
    },
  );
  app.addHook("onResponse", async (request, reply) => {
    const operation = request.routeOptions.schema?.operationId;
    if (reply.statusCode >= 400 || operation === undefined || !isAudited(operation)) return;
    const { action, kind, parameter, tells }: Audited = AUDITED[operation];
    const params: unknown = request.params;
    await access.record({
      by: request.caller,
      action,
      kind,
      subject: parameter === undefined ? "" : textOf(params, parameter),
      after: Object.fromEntries(
        tells.map((name) => [name, textOf(params, name) || textOf(request.body, name)]),
      ),
    });
  });
}

function textOf(values: unknown, name: string): string {
  if (typeof values !== "object" || values === null) return "";
  const value: unknown = Object.entries(values).find(([key]) => key === name)?.[1];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
