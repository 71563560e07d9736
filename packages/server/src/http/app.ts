import { maxHeaderSize } from "node:http";
import swagger from "@fastify/swagger";
import { notFound, PeregrineError } from "@peregrine/core";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyRequest,
  LogController,
} from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { Logger } from "pino";
import type { ApiApp, Role } from "./api-app.ts";
import { ROLES } from "./api-app.ts";
import { expectedError, PROBLEM_TYPE, problem, problemSchema } from "./problem.ts";
import { validatorCompiler } from "./validation.ts";

/** Who is behind a bearer token; undefined for a token that is unknown or revoked. */
export type Authenticate = (token: string) => Promise<{ name: string; role: Role } | undefined>;

interface AppOptions {
  readonly logger: Logger;
  readonly version: string;
  readonly authenticate: Authenticate;
  /** Adds the routes of all domains. */
  readonly routes: (app: ApiApp) => void;
}

/** JSON bodies: definitions and rules. Files come as streams and have a limit of their own. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** What every route answers instead when it can't do what was asked; added to each route's description. */
const PROBLEM_ANSWER = {
  description: "What went wrong, who has to act, and what to do",
  content: { [PROBLEM_TYPE]: { schema: problemSchema } },
};

function bearerToken(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization;
  return header?.toLowerCase().startsWith("bearer ") ? header.slice(7).trim() : undefined;
}

function neededRole(request: FastifyRequest): Role | "public" {
  return (
    request.routeOptions.config.access ??
    (request.method === "GET" || request.method === "HEAD" ? "viewer" : "editor")
  );
}

/** Lets a request through, or throws `tokenMissing`, `tokenUnknown` or `roleTooLow`. */
async function authorise(request: FastifyRequest, authenticate: Authenticate): Promise<void> {
  const needed = neededRole(request);
  if (needed === "public") return;
  const token = bearerToken(request);
  if (token === undefined) throw new PeregrineError("tokenMissing");
  const caller = await authenticate(token);
  if (caller === undefined) throw new PeregrineError("tokenUnknown");
  if (ROLES.indexOf(caller.role) < ROLES.indexOf(needed)) {
    throw new PeregrineError("roleTooLow", {
      detail: `This needs the role ${needed}; the token "${caller.name}" has the role ${caller.role}.`,
    });
  }
  request.caller = caller.name;
}

/**
 * The HTTP application: zod-typed routes under `/api/v1`, OpenAPI 3.1 at `/api/v1/openapi.json`, RFC 9457
 * problems for every error, `/health` without a token and nothing else without one.
 */
export function createApp(options: AppOptions): ApiApp {
  const loggerInstance: FastifyBaseLogger = options.logger;
  const app: ApiApp = Fastify({
    loggerInstance,
    bodyLimit: BODY_LIMIT,
    logController: new LogController({ disableRequestLogging: true }),
    // As long as Node lets a request's head be: what is too long for an id is told by the id's own schema.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderSize },
    genReqId: () => crypto.randomUUID(),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest("caller", "");

  void app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Peregrine",
        version: options.version,
        description: "Profiles, audiences and activations of a self-hosted customer data platform.",
      },
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer" },
          streamId: { type: "apiKey", in: "header", name: "x-streamid" },
        },
      },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });

  app.addHook("onRoute", (route) => {
    const success = route.schema?.response;
    const described = typeof success === "object" && success !== null ? success : {};
    route.schema = { ...route.schema, response: { ...described, default: PROBLEM_ANSWER } };
  });
  app.addHook("onRequest", (request) => authorise(request, options.authenticate));
  app.addHook("onSend", async (_request, reply) => {
    reply.headers({ "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store" });
  });
  app.setNotFoundHandler((request, reply) => {
    const missing = notFound("address", `There is no ${request.method} ${request.url.split("?")[0]}.`);
    return reply.code(404).type(PROBLEM_TYPE).send(problem(missing, request.id));
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const expected = expectedError(error);
    if (expected.retryAfter !== undefined) void reply.header("Retry-After", String(expected.retryAfter));
    if (expected.status >= 500) request.log.error({ err: error, code: expected.code }, expected.detail);
    return reply
      .code(expected.status)
      .type(PROBLEM_TYPE)
      .serializer((body: unknown) => JSON.stringify(body))
      .send(problem(expected, request.id));
  });

  void app.register(async (instance) => {
    const api: ApiApp = instance.withTypeProvider<ZodTypeProvider>();
    options.routes(api);
    api.get("/api/v1/openapi.json", { schema: { hide: true } }, () => app.swagger());
  });
  return app;
}
