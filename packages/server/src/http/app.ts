import { maxHeaderSize } from "node:http";
import cookie from "@fastify/cookie";
import session, { type SessionStore } from "@fastify/session";
import swagger from "@fastify/swagger";
import { notFound } from "@peregrine/core";
import Fastify, { type FastifyBaseLogger, type FastifyError, LogController } from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { Logger } from "pino";
import type { ApiApp } from "./api-app.ts";
import { authorise, type Callers } from "./authorise.ts";
import { asksForPage, hasPages, sendPage, servePages } from "./pages.ts";
import { expectedError, PROBLEM_TYPE, problem, problemSchema } from "./problem.ts";
import { endUnreadBodies } from "./unread-body.ts";
import { validatorCompiler } from "./validation.ts";

interface AppOptions {
  readonly logger: Logger;
  readonly version: string;
  readonly callers: Callers;
  /** Where sessions are kept, and for how many ms after their last request; without it, in memory. */
  readonly sessions?: { readonly store: SessionStore; readonly maxAgeMs: number };
  /** Milliseconds UTC. */
  readonly now?: () => number;
  /** The folder of the built pages; without it there are none. */
  readonly pages?: string | undefined;
  /** Adds the routes of all domains. */
  readonly routes: (app: ApiApp) => void;
}

const SESSION_COOKIE = "peregrine_session";

/** JSON bodies: definitions and rules. Files come as streams and have a limit of their own. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** What every route answers instead when it can't do what was asked; added to each route's description. */
const PROBLEM_ANSWER = {
  description: "What went wrong, who has to act, and what to do",
  content: { [PROBLEM_TYPE]: { schema: problemSchema } },
};

/**
 * The HTTP application: zod-typed routes under `/api/v1`, OpenAPI 3.1 at `/api/v1/openapi.json`, RFC 9457
 * problems for every error, the pages at all other addresses. Whoever asks shows a token or a session.
 */
export function createApp(options: AppOptions): ApiApp {
  const { sessions } = options;
  const loggerInstance: FastifyBaseLogger = options.logger;
  const app: ApiApp = Fastify({
    loggerInstance,
    bodyLimit: BODY_LIMIT,
    // A proxy on this machine is believed whom it speaks for, and that they came over https.
    trustProxy: "loopback",
    logController: new LogController({ disableRequestLogging: true }),
    // As long as Node lets a request's head be: what is too long for an id is told by the id's own schema.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderSize },
    genReqId: () => crypto.randomUUID(),
  }).withTypeProvider<ZodTypeProvider>();
  endUnreadBodies(app.server);
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
          session: { type: "apiKey", in: "cookie", name: SESSION_COOKIE },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });

  app.addHook("onRoute", (route) => {
    const success = route.schema?.response;
    const described = typeof success === "object" && success !== null ? success : {};
    route.schema = { ...route.schema, response: { ...described, default: PROBLEM_ANSWER } };
  });
  void app.register(cookie);
  void app.register(session, {
    // The id is 256 random bits that the control plane looks up: a signature would add nothing but a key to keep.
    secret: { sign: (id: string) => id, unsign: (id: string) => ({ valid: true, renew: false, value: id }) },
    cookieName: SESSION_COOKIE,
    cookie: {
      path: "/",
      httpOnly: true,
      sameSite: "strict",
      // Over https it is, by whoever begins a session: the library's own way would loosen SameSite over http.
      secure: false,
      ...(sessions === undefined ? {} : { maxAge: sessions.maxAgeMs }),
    },
    saveUninitialized: false,
    // A session that goes on is written once an hour, by `authorise`, and not with every answer.
    rolling: false,
    ...(sessions === undefined ? {} : { store: sessions.store }),
  });
  const pages = hasPages(options.pages) ? options.pages : undefined;
  if (pages !== undefined) servePages(app, pages);
  app.addHook("onSend", async (_request, reply) => {
    reply.header("X-Content-Type-Options", "nosniff");
    if (!reply.hasHeader("Cache-Control")) reply.header("Cache-Control", "no-store");
  });
  app.setNotFoundHandler((request, reply) => {
    if (pages !== undefined && asksForPage(request)) return sendPage(reply, pages);
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
    // Here, not above: the session has to be read before.
    api.addHook("onRequest", (request) => authorise(request, options.callers, options.now?.() ?? 0));
    options.routes(api);
    api.get("/api/v1/openapi.json", { schema: { hide: true } }, () => app.swagger());
  });
  return app;
}
