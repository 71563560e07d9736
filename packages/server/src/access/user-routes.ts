import { z } from "zod";
import { type ApiApp, ROLES } from "../http/api-app.ts";
import type { AccessService } from "./service.ts";
import { emailSchema, nameSchema, passwordSchema, showUser, userSchema } from "./user-schema.ts";

/** The users, for administrators. */
export function userRoutes(app: ApiApp, access: AccessService): void {
  app.get(
    "/api/v1/users",
    {
      config: { access: "admin" },
      schema: {
        operationId: "listUsers",
        summary: "All users, without their passwords",
        tags: ["access"],
        response: { 200: z.object({ items: z.array(userSchema) }) },
      },
    },
    async () => ({ items: (await access.listUsers()).map(showUser) }),
  );
  app.post(
    "/api/v1/users",
    {
      config: { access: "admin" },
      schema: {
        operationId: "createUser",
        summary: "A new user, who signs in at the pages",
        tags: ["access"],
        body: z.strictObject({
          email: emailSchema,
          name: nameSchema,
          role: z.enum(ROLES),
          password: passwordSchema,
        }),
        response: { 201: userSchema },
      },
    },
    async (request, reply) =>
      reply.code(201).send(showUser(await access.createUser(request.body, request.caller))),
  );
  app.patch(
    "/api/v1/users/:id",
    {
      config: { access: "admin" },
      schema: {
        operationId: "updateUser",
        summary: "Change a user: name, role, password, or whether they may sign in",
        tags: ["access"],
        params: z.object({ id: z.string() }),
        body: z.strictObject({
          name: nameSchema.optional(),
          role: z.enum(ROLES).optional(),
          password: passwordSchema.optional(),
          disabled: z.boolean().optional(),
        }),
        response: { 200: userSchema },
      },
    },
    async (request) => showUser(await access.updateUser(request.params.id, request.body, request.caller)),
  );
}
