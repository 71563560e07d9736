import type { ActivationType, Clock, Connection, OutgoingMessage } from "@peregrine/core";
import { Pace } from "./pace.ts";
import type { Outgoing, Sent } from "./request.ts";
import { Tokens } from "./tokens.ts";

/** An activation as far as its messages need it. */
interface Sending {
  readonly id: string;
  readonly type: ActivationType;
  readonly settings: Record<string, unknown>;
  readonly secrets: readonly string[];
}

/** The way of one activation's messages to its destination: proxy, authority, token, pace. */
export interface Line {
  readonly timeoutMs: number;
  /** When the next message may leave (ms UTC); takes that turn. */
  claim(now: number): number;
  /** One message, once; a bearer token that isn't taken is renewed, once. */
  send(message: OutgoingMessage): Promise<Sent>;
}

/** The lines of this process. Tokens and turns are shared by all that is sent for one activation. */
export class Lines {
  readonly #outgoing: Outgoing;
  readonly #clock: Clock;
  readonly #tokens: Tokens;
  readonly #paces = new Map<string, Pace>();

  constructor(outgoing: Outgoing, clock: Clock) {
    this.#outgoing = outgoing;
    this.#clock = clock;
    this.#tokens = new Tokens(clock);
  }

  of({ id, type, settings, secrets: stored }: Sending): Line {
    const connection = type.connection(settings);
    const { requestTimeoutMs: timeoutMs, requestsPerSecond } = type.limits(settings);
    const pace = this.#paces.get(id) ?? new Pace();
    this.#paces.set(id, pace);
    const secrets = [...stored, ...connection.secrets];
    return {
      timeoutMs,
      claim: (now) => pace.claim(now, requestsPerSecond),
      send: (message) => this.#send(message, connection, { timeoutMs, secrets }),
    };
  }

  async #send(
    message: OutgoingMessage,
    connection: Connection,
    { timeoutMs, secrets }: { readonly timeoutMs: number; readonly secrets: readonly string[] },
  ): Promise<Sent> {
    const { token: grant } = connection;
    if (grant === undefined) return this.#outgoing.send(message, { timeoutMs, secrets, connection });

    // All of it within the time of one message: a lease is relied on for no longer.
    const end = performance.now() + timeoutMs;
    const send = (one: OutgoingMessage, secret?: string) =>
      this.#outgoing.send(one, {
        timeoutMs: Math.max(1, Math.round(end - performance.now())),
        secrets: secret === undefined ? secrets : [...secrets, secret],
        connection,
      });
    let last: Sent | undefined;
    const ask = async (one: OutgoingMessage) => {
      last = await send(one);
      return last.exchange;
    };
    let refused: string | undefined;
    for (;;) {
      const granted = await this.#tokens.get(grant, ask, refused);
      if (granted.kind === "failed") {
        const { sentAt = this.#clock.now(), durationMs = 0 } = last ?? {};
        return { exchange: granted, sentAt, durationMs };
      }
      const { token } = granted;
      const headers = { ...message.headers, authorization: `Bearer ${token}` };
      const sent = await send({ ...message, headers }, token);
      const isRefused = sent.exchange.kind === "answer" && sent.exchange.status === 401;
      // A token that was fetched for this very message, and a second one, won't be better the next time.
      if (!isRefused || last !== undefined || refused !== undefined) return sent;
      refused = token;
    }
  }
}
