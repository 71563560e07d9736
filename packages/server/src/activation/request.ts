import { EventEmitter } from "node:events";
import { type Clock, type Exchange, type OutgoingMessage, redact } from "@peregrine/core";
import { Agent, type Dispatcher, errors } from "undici";

/** Of an answer so many bytes are read; what says more than this is not the webhook. */
const LONGEST_ANSWER = 64 * 1024;

/** One message that was sent, with what came back and how long it took. */
export interface Sent {
  readonly exchange: Exchange;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly sentAt: number;
  readonly durationMs: number;
}

export interface SendOptions {
  /** From the first byte sent to the last one read. */
  readonly timeoutMs: number;
  /** Removed from the answer before anybody sees it: a destination may echo them. */
  readonly secrets: readonly string[];
}

/** The way out of the process. Tests pass their own. */
export interface Outgoing {
  send(message: OutgoingMessage, options: SendOptions): Promise<Sent>;
  close(): Promise<void>;
}

/** System and TLS errors that say: no connection came about, so nothing can have arrived. */
const NEVER_ARRIVED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|ERR_SSL_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}

function failed(error: unknown, url: string, lateAfterMs: number | undefined): Exchange {
  const { host } = new URL(url);
  if (error instanceof errors.ConnectTimeoutError) {
    return {
      kind: "failed",
      cause: "unreachable",
      reason: `${host} can't be reached: no connection in time.`,
    };
  }
  if (lateAfterMs !== undefined) {
    return {
      kind: "failed",
      cause: "timeout",
      reason: `${host} didn't answer within ${lateAfterMs / 1000} s.`,
    };
  }
  const code = codeOf(error);
  if (NEVER_ARRIVED.test(code)) {
    return { kind: "failed", cause: "unreachable", reason: `${host} can't be reached (${code}).` };
  }
  const named = code === "" ? "" : ` (${code})`;
  const reason = `The connection to ${host} broke before the answer was complete${named}.`;
  return { kind: "failed", cause: "broken", reason };
}

async function readBody({
  body,
  headers,
}: Dispatcher.ResponseData): Promise<{ text: string; truncated: boolean }> {
  const length = Number(headers["content-length"] ?? Number.POSITIVE_INFINITY);
  if (length <= LONGEST_ANSWER) return { text: await body.text(), truncated: false };
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > LONGEST_ANSWER)
      return { text: Buffer.concat(chunks).toString("utf8", 0, LONGEST_ANSWER), truncated: true };
  }
  return {
    text: chunks.length === 1 ? `${chunks[0]}` : Buffer.concat(chunks).toString("utf8"),
    truncated: false,
  };
}

function headersOf(
  raw: Dispatcher.ResponseData["headers"],
  secrets: readonly string[],
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) headers[name] = redact(Array.isArray(value) ? value.join(", ") : value, secrets);
  }
  return headers;
}

/** A time limit for one request. An emitter costs undici a third of what an AbortSignal does. */
class Limit {
  readonly signal = new EventEmitter();
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(ms: number) {
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.signal.emit("abort");
    }, ms);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Sends messages with connections of its own, never follows a redirect, and reads at most
 * {@link LONGEST_ANSWER} bytes of an answer.
 */
export function createOutgoing(clock: Clock): Outgoing {
  const agent = new Agent({ connect: { timeout: 10_000 }, headersTimeout: 0, bodyTimeout: 0, pipelining: 1 });

  async function exchange(message: OutgoingMessage, { timeoutMs, secrets }: SendOptions): Promise<Exchange> {
    const { origin, pathname, search } = new URL(message.url);
    const limit = new Limit(timeoutMs);
    try {
      const response = await agent.request({
        origin,
        path: pathname + search,
        method: message.method,
        headers: message.headers,
        body: message.body ?? null,
        signal: limit.signal,
      });
      const { text, truncated } = await readBody(response);
      return {
        kind: "answer",
        status: response.statusCode,
        headers: headersOf(response.headers, secrets),
        body: redact(text, secrets),
        truncated,
      };
    } catch (error) {
      if (error instanceof TypeError || error instanceof errors.InvalidArgumentError) throw error;
      return failed(error, message.url, limit.isOver ? timeoutMs : undefined);
    } finally {
      limit.clear();
    }
  }

  return {
    async send(message, options) {
      const sentAt = clock.now();
      const began = performance.now();
      const answer = await exchange(message, options);
      return { exchange: answer, sentAt, durationMs: Math.round(performance.now() - began) };
    },
    close: () => agent.destroy(),
  };
}
