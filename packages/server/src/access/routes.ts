import { z } from "zod";
import { type ApiApp, ROLES } from "../http/api-app.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { TokenRecord } from "../store/index.ts";
import { auditRoutes } from "./audit-routes.ts";
import type { AccessService } from "./service.ts";
import { sessionRoutes } from "./session-routes.ts";
import { userRoutes } from "./user-routes.ts";
import { nameSchema } from "./user-schema.ts";

const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    createdAt: instant,
    lastUsedAt: instant.nullable().describe("To the minute"),
    revokedAt: instant.nullable(),
  })
  .meta({ id: "Token" });

const newTokenSchema = tokenSchema
  .extend({ token: z.string().describe("Shown this once and not kept") })
  .meta({ id: "NewToken" });

function showToken({ createdAt, lastUsedAt, revokedAt, ...token }: TokenRecord) {
  return {
    ...token,
    createdAt: instantText(createdAt),
    lastUsedAt: instantOrNull(lastUsedAt),
    revokedAt: instantOrNull(revokedAt),
  };
}

/** Set-up, API tokens, users and their sessions. */
export function accessRoutes(app: ApiApp, access: AccessService): void {
  sessionRoutes(app, access);
  userRoutes(app, access);
  auditRoutes(app, access);
  app.post(
    "/api/v1/setup",
    {
      config: { access: "public" },
      schema: {
        operationId: "setUp",
        summary: "The first administrator's token, for the set-up code that the first start printed",
        tags: ["access"],
        security: [],
        body: z.strictObject({ code: z.string().min(1).max(200), name: nameSchema }),
        response: { 201: newTokenSchema },
      },
    },
    async (request, reply) => {
      const { token, ...made } = await access.setUp(request.body.code, request.body.name);
      return reply.code(201).send({ ...showToken(made), token });
    },
  );
  app.get(
    "/api/v1/tokens",
    {
      config: { access: "admin" },
      schema: {
        operationId: "listTokens",
        summary: "All tokens, without what opens the door",
        tags: ["access"],
        response: { 200: z.object({ items: z.array(tokenSchema) }) },
      },
    },
    async () => ({ items: (await access.listTokens()).map(showToken) }),
  );
  app.post(
    "/api/v1/tokens",
    {
      config: { access: "admin" },
      schema: {
        operationId: "createToken",
        summary: "A new token",
        tags: ["access"],
        body: z.strictObject({ name: nameSchema, role: z.enum(ROLES) }),
        response: { 201: newTokenSchema },
      },
    },
    async (request, reply) => {
      const { token, ...made } = await access.createToken(
        request.body.name,
        request.body.role,
        request.caller,
      );
      return reply.code(201).send({ ...showToken(made), token });
    },
  );
  app.delete(
    "/api/v1/tokens/:id",
    {
      config: { access: "admin" },
      schema: {
        operationId: "revokeToken",
        summary: "Revoke a token: it opens nothing from now on",
        tags: ["access"],
        params: z.object({ id: z.string() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await access.revokeToken(request.params.id, request.caller);
      return reply.code(204).send(null);
    },
  );
}
