import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";

/** The Fastify instance that every domain's `routes.ts` adds its routes to: zod schemas give their types. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What a caller may do. Each role includes the ones before it. */
export const ROLES = ["viewer", "editor", "admin"] as const;
export type Role = (typeof ROLES)[number];

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * Who may call the route. Left out: viewers may read (GET), editors may do the rest. `public` is for the
     * few routes that answer without a token, and each of them has its own lock.
     */
    access?: Role | "public";
  }
  interface FastifyRequest {
    /** The name of the token that was shown; empty on public routes. */
    caller: string;
  }
}
