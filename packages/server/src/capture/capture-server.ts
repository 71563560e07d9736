import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import {
  type Capture,
  type CapturedMessage,
  type KnownCredentials,
  Masker,
} from "@peregrine/activation-types";
import type { Clock } from "@peregrine/core";
import { type Answer, Forwarder } from "./forward.ts";

export interface CaptureOptions {
  /** The webhook to which everything is passed on. */
  readonly to: string;
  /** The address that gives out tokens, if messages carry one. */
  readonly tokenTo?: string | undefined;
  readonly host: string;
  /** 0 takes any. */
  readonly port: number;
  readonly known: KnownCredentials;
  /** People's ids are kept as they are, instead of numbers in their place. */
  readonly keepsPeople: boolean;
  readonly clock: Clock;
  /** Hears of each message once it was answered. */
  readonly onMessage: (message: CapturedMessage) => void;
}

export interface RunningCapture {
  /** To be set as Base URL in the activation of the other CDP. */
  readonly url: string;
  /** To be set there as the address for tokens. */
  readonly tokenUrl: string | undefined;
  /** What was captured so far; no secret stands in it. */
  captured(): Capture;
  close(): Promise<void>;
}

/** More messages than this show nothing new. */
const KEPT_MESSAGES = 1_000;
const LONGEST_BODY = 64 * 1024 * 1024;
const TOKEN_PATH = "/token";

const DECODE: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: (body) => gunzipSync(body, { maxOutputLength: LONGEST_BODY }),
  br: (body) => brotliDecompressSync(body, { maxOutputLength: LONGEST_BODY }),
  deflate: (body) => inflateSync(body, { maxOutputLength: LONGEST_BODY }),
};

/** A body as text; what can't be decoded stays as it came. */
function textOf(body: Buffer, encoding: string | undefined): string {
  const decode = DECODE[encoding?.toLowerCase() ?? ""];
  if (decode === undefined) return body.toString("utf8");
  try {
    return decode(body).toString("utf8");
  } catch {
    return body.toString("utf8");
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

function headerIn(headers: readonly string[], wanted: string): string {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === wanted);
  return at < 0 ? "" : (headers[at + 1] ?? "");
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > LONGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Stands between a sender and an Ibexa for one run: passes every request on and its answer back as they are, and
 * keeps their form without secrets. A connection that breaks on one side is broken on the other.
 */
export async function startCapture(options: CaptureOptions): Promise<RunningCapture> {
  const { tokenTo, clock } = options;
  const to = new URL(options.to);
  const base = to.pathname.replace(/\/+$/, "");
  const masker = new Masker(options.known, options);
  const forwarder = new Forwarder();
  const kept: Pick<Capture, "messages" | "tokens"> = { messages: [], tokens: [] };
  const capturedAt = new Date(clock.now()).toISOString();
  let underWay = 0;
  let atOnce = 0;
  let left = 0;

  const keep = (
    request: IncomingMessage,
    path: string,
    body: Buffer,
    answer: Answer | undefined,
    isToken: boolean,
  ) => {
    const raw = {
      method: request.method ?? "",
      path,
      headers: headersOf(request),
      body: textOf(body, request.headers["content-encoding"]),
    };
    const answered = {
      status: answer?.status ?? 0,
      contentType: headerIn(answer?.headers ?? [], "content-type"),
      body: answer === undefined ? "" : textOf(answer.body, headerIn(answer.headers, "content-encoding")),
    };
    if (isToken) {
      if (kept.tokens.length < KEPT_MESSAGES) kept.tokens.push(masker.token(raw, answered));
      return;
    }
    const message = masker.message(raw, answered);
    if (kept.messages.length < KEPT_MESSAGES) kept.messages.push(message);
    else left += 1;
    options.onMessage(message);
  };

  /** Where a request goes to: the same path there. */
  const targetOf = (url: string): { target: URL; path: string; isToken: boolean } | undefined => {
    const [pathname = ""] = url.split("?");
    if (tokenTo !== undefined && pathname === TOKEN_PATH) {
      const target = new URL(tokenTo);
      if (url !== pathname) target.search = url.slice(pathname.length);
      return { target, path: "", isToken: true };
    }
    if (pathname !== base && !pathname.startsWith(`${base}/`)) return undefined;
    return { target: new URL(to.origin + url), path: url.slice(base.length), isToken: false };
  };

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const found = targetOf(request.url ?? "");
    if (found === undefined) {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end(`This is a capture of Peregrine's. The webhook's path here is ${base}\n`);
      return;
    }
    const body = await bodyOf(request);
    if (body === undefined) {
      response.writeHead(413).end();
      return;
    }
    underWay += 1;
    atOnce = Math.max(atOnce, underWay);
    const answer = await forwarder.send(found.target, request, body).catch(() => undefined);
    underWay -= 1;
    keep(request, found.path, body, answer, found.isToken);
    if (answer === undefined) {
      request.socket.destroy();
      return;
    }
    response.sendDate = false;
    response.writeHead(answer.status, answer.statusText, [...answer.headers]);
    response.end(answer.body);
  };

  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    pass(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const origin = `http://${host}:${port}`;
  return {
    url: origin + (base === "" ? "/" : base),
    tokenUrl: tokenTo === undefined ? undefined : origin + TOKEN_PATH,
    captured: () => ({
      format: "peregrine-ibexa-capture",
      version: 1,
      to: options.to,
      ...(tokenTo === undefined ? {} : { tokenTo }),
      capturedAt,
      variables: masker.variables,
      atOnce,
      left,
      varying: masker.varying,
      ...kept,
    }),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      forwarder.close();
    },
  };
}
