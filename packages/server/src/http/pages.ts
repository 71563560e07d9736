import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * What a page may do: run our own scripts and talk to us, and nothing else. The component library writes its
 * variables into style elements, which is why styles may stand in the page.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE_HEADERS = {
  "Content-Security-Policy": POLICY,
  "Referrer-Policy": "same-origin",
  "X-Frame-Options": "DENY",
} as const;

/** Addresses that programs ask; all others are pages. */
const NO_PAGE = /^\/(api|stream|health|assets)(\/|$|\?)/;

/** The pages, as the build left them in a folder: files with a hash in their names, and one page for every address. */
export function servePages(app: FastifyInstance, folder: string): void {
  void app.register(fastifyStatic, {
    root: join(folder, "assets"),
    prefix: "/assets/",
    decorateReply: true,
    immutable: true,
    maxAge: "365d",
    cacheControl: true,
    // The build leaves each file beside itself as Brotli and gzip.
    preCompressed: true,
    setHeaders: (response) => response.setHeader("X-Content-Type-Options", "nosniff"),
  });
}

/** Whether a request that no route answers is somebody who opens a page. */
export function asksForPage(request: FastifyRequest): boolean {
  const { method, url, headers } = request;
  return method === "GET" && !NO_PAGE.test(url) && (headers.accept ?? "").includes("text/html");
}

/** The one page of all addresses; it looks at the address itself. */
export function sendPage(reply: FastifyReply, folder: string): FastifyReply {
  return reply
    .headers({ ...PAGE_HEADERS, "Cache-Control": "no-cache" })
    .type("text/html; charset=utf-8")
    .sendFile("index.html", folder);
}

/** Whether a folder holds built pages. */
export function hasPages(folder: string | undefined): folder is string {
  return folder !== undefined && existsSync(join(folder, "index.html"));
}
