import { PeregrineError } from "@peregrine/core";
import type { FastifyRequest } from "fastify";
import { ROLES, type Role } from "./api-app.ts";

/** Who is behind a request; undefined for a token or a session that is unknown or over. */
export interface Callers {
  ofToken(token: string): Promise<Caller | undefined>;
  /** @param userId of the user who signed in */
  ofSession(userId: string): Promise<Caller | undefined>;
}

interface Caller {
  readonly name: string;
  readonly role: Role;
}

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

/**
 * A browser sends the session's cookie along whoever's page asks. It names the asking page too, and what changes
 * something must come from our own; the cookie is SameSite besides.
 */
function refuseForged(request: FastifyRequest): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const { host } = request;
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
  if (isOwn && (site === undefined || site === "same-origin" || site === "none")) return;
  throw new PeregrineError("requestForged");
}

/** A session goes on from its last request, to the hour. */
const HOUR_MS = 3_600_000;

/**
 * Lets a request through, or throws `tokenMissing`, `tokenUnknown`, `signedOut`, `requestForged` or `roleTooLow`.
 * A token counts more than a session.
 *
 * @param now ms UTC
 */
export async function authorise(request: FastifyRequest, callers: Callers, now: number): Promise<void> {
  const needed = neededRole(request);
  const token = bearerToken(request);
  const { userId } = request.session;
  if (token === undefined && userId !== undefined) refuseForged(request);
  if (needed === "public") return;
  if (token === undefined && userId === undefined) throw new PeregrineError("tokenMissing");
  const caller = token === undefined ? await callers.ofSession(userId ?? "") : await callers.ofToken(token);
  if (caller === undefined) throw new PeregrineError(token === undefined ? "signedOut" : "tokenUnknown");
  if (ROLES.indexOf(caller.role) < ROLES.indexOf(needed)) {
    throw new PeregrineError("roleTooLow", {
      detail: `This needs the role ${needed}; ${token === undefined ? caller.name : `the token "${caller.name}"`} has the role ${caller.role}.`,
    });
  }
  request.caller = caller.name;
  if (token === undefined) request.session.hour = Math.floor(now / HOUR_MS);
}
