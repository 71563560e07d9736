import rateLimit from "@fastify/rate-limit";
import { PeregrineError } from "@peregrine/core";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import type { UserRecord } from "../store/index.ts";
import type { AccessService } from "./service.ts";
import { emailSchema, nameSchema, passwordSchema, showUser, userSchema } from "./user-schema.ts";

const sessionSchema = z
  .object({
    user: userSchema.nullable().describe("Who is signed in"),
    awaitsSetup: z.boolean().describe("Nobody can come in yet but with the set-up code"),
  })
  .meta({ id: "Session" });

/** A person types slower than this; a program that guesses does not. Per address that the request comes from. */
const ATTEMPTS = { max: 20, timeWindow: 60_000 } as const;

/** Signing in and out at the pages. */
export function sessionRoutes(app: ApiApp, access: AccessService): void {
  const begin = async (request: FastifyRequest, user: UserRecord) => {
    // A new id, so that one that was planted before opens nothing.
    await request.session.regenerate();
    request.session.options({ secure: request.protocol === "https" });
    request.session.userId = user.id;
    return { user: showUser(user), awaitsSetup: false };
  };

  app.get(
    "/api/v1/session",
    {
      config: { access: "public" },
      schema: {
        operationId: "getSession",
        summary: "Who is signed in, and whether the installation awaits its first administrator",
        tags: ["access"],
        security: [],
        response: { 200: sessionSchema },
      },
    },
    async ({ session }) => {
      const user = session.userId === undefined ? undefined : await access.user(session.userId);
      return {
        user: user === undefined ? null : showUser(user),
        awaitsSetup: user === undefined && (await access.awaitsSetup()),
      };
    },
  );

  void app.register(async (scope) => {
    const limited = scope as ApiApp;
    await limited.register(rateLimit, {
      ...ATTEMPTS,
      errorResponseBuilder: () => new PeregrineError("signInLimited"),
    });
    limited.post(
      "/api/v1/session",
      {
        config: { access: "public" },
        schema: {
          operationId: "signIn",
          summary: "Sign in; the answer sets the session's cookie",
          tags: ["access"],
          security: [],
          body: z.strictObject({ email: z.string().max(254), password: z.string().max(1000) }),
          response: { 200: sessionSchema },
        },
      },
      async (request) =>
        begin(request, await access.signIn(request.body.email.trim(), request.body.password)),
    );
    limited.post(
      "/api/v1/setup/administrator",
      {
        config: { access: "public" },
        schema: {
          operationId: "setUpAdministrator",
          summary: "The first administrator, for the set-up code that the first start printed; signs in",
          tags: ["access"],
          security: [],
          body: z.strictObject({
            code: z.string().min(1).max(200),
            name: nameSchema,
            email: emailSchema,
            password: passwordSchema,
          }),
          response: { 200: sessionSchema },
        },
      },
      async (request) => {
        const { code, ...user } = request.body;
        return begin(request, await access.setUpAdministrator(code, user));
      },
    );
    limited.post(
      "/api/v1/session/password",
      {
        config: { access: "viewer" },
        schema: {
          operationId: "changePassword",
          summary: "A new password of one's own; other sessions of the user end",
          tags: ["access"],
          body: z.strictObject({ old: z.string().max(1000), password: passwordSchema }),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { session, body } = request;
        const user = session.userId === undefined ? undefined : await access.user(session.userId);
        if (user === undefined) throw new PeregrineError("signedOut");
        await access.changePassword(user, body, session.sessionId);
        return reply.code(204).send(null);
      },
    );
  });

  app.delete(
    "/api/v1/session",
    {
      config: { access: "public" },
      schema: {
        operationId: "signOut",
        summary: "Sign out: the session opens nothing any more",
        tags: ["access"],
        security: [],
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await request.session.destroy();
      return reply.code(204).send(null);
    },
  );
}
