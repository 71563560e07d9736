import type { IncomingHttpHeaders } from "node:http";
import { type Clock, type Connection, type Exchange, type OutgoingMessage, redact } from "@peregrine/core";
import { type Dispatcher, errors } from "undici";
import { Dispatchers } from "./dispatchers.ts";
import { failedExchange } from "./failed-exchange.ts";

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
  /** By which proxy, and whom to trust. */
  readonly connection?: Way | undefined;
}

/** What of a connection decides over sockets. */
export type Way = Pick<Connection, "proxy" | "certificateAuthority">;

/** The way out of the process. Tests pass their own. */
export interface Outgoing {
  send(message: OutgoingMessage, options: SendOptions): Promise<Sent>;
  close(): Promise<void>;
}

function headersOf(raw: IncomingHttpHeaders, secrets: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) headers[name] = redact(Array.isArray(value) ? value.join(", ") : value, secrets);
  }
  return headers;
}

/**
 * One request on its way, with a time limit. Answers are small and read whole: handling undici's events costs half
 * of what its streams do, and a third of an AbortSignal.
 */
class Pending implements Dispatcher.DispatchHandler {
  readonly answer: Promise<{
    status: number;
    headers: IncomingHttpHeaders;
    body: string;
    truncated: boolean;
  }>;
  readonly #timer: NodeJS.Timeout;
  #resolve: (answer: Awaited<Pending["answer"]>) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #controller: Dispatcher.DispatchController | undefined;
  #late: Error | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(timeoutMs: number) {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => {
      this.#late = new Error("the time is over");
      this.#controller?.abort(this.#late);
      // While no connection came about there is nobody to abort, and nobody who would say so.
      this.#reject(this.#late);
    }, timeoutMs);
  }

  /** Whether the time was over before the answer was there. */
  get isLate(): boolean {
    return this.#late !== undefined;
  }

  /** Whether the destination began to answer. */
  get isAnswering(): boolean {
    return this.#status > 0;
  }

  /** To be called when all is said. */
  end(): void {
    clearTimeout(this.#timer);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a connection, and nobody waits for it any more: it must not leave.
    if (this.#late !== undefined) controller.abort(this.#late);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes <= LONGEST_ANSWER) return;
    this.#finish(true);
    controller.abort(new Error("the answer is longer than any that is read"));
  }

  onResponseEnd(): void {
    this.#finish(false);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }

  #finish(truncated: boolean): void {
    const [only] = this.#chunks;
    const whole = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    const body = whole.toString("utf8", 0, Math.min(whole.length, LONGEST_ANSWER));
    this.#resolve({ status: this.#status, headers: this.#headers, body, truncated });
  }
}

/**
 * Sends messages with connections of its own, never follows a redirect, and reads at most
 * {@link LONGEST_ANSWER} bytes of an answer.
 */
export function createOutgoing(clock: Clock): Outgoing {
  const dispatchers = new Dispatchers();

  async function exchange(message: OutgoingMessage, options: SendOptions): Promise<Exchange> {
    const { timeoutMs, secrets, connection = {} } = options;
    const { origin, pathname, search } = new URL(message.url);
    const pending = new Pending(timeoutMs);
    try {
      dispatchers.of(connection).dispatch(
        {
          origin,
          path: pathname + search,
          method: message.method,
          // A copy: undici's proxy agent writes the host into it.
          headers: { ...message.headers },
          body: message.body ?? null,
        },
        pending,
      );
      const { headers, body, ...answer } = await pending.answer;
      return {
        kind: "answer",
        ...answer,
        headers: headersOf(headers, secrets),
        body: redact(body, secrets),
      };
    } catch (error) {
      if (error instanceof TypeError || error instanceof errors.InvalidArgumentError) throw error;
      return failedExchange(error, {
        url: message.url,
        proxy: connection.proxy?.url,
        lateAfterMs: pending.isLate ? timeoutMs : undefined,
        isAnswering: pending.isAnswering,
      });
    } finally {
      pending.end();
    }
  }

  return {
    async send(message, options) {
      const sentAt = clock.now();
      const began = performance.now();
      const answer = await exchange(message, options);
      return { exchange: answer, sentAt, durationMs: Math.round(performance.now() - began) };
    },
    close: () => dispatchers.close(),
  };
}
