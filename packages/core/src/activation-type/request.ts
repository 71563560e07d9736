/** One HTTP message to a destination. */
export interface OutgoingMessage {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back, or why nothing did. The engine never follows a redirect. */
export type Exchange =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** At most the engine's limit of characters; `truncated` says that there was more. */
      readonly body: string;
      readonly truncated: boolean;
    }
  | {
      readonly kind: "failed";
      /** `unreachable`: nothing can have arrived. `timeout` and `broken`: it may have arrived. */
      readonly cause: "unreachable" | "timeout" | "broken";
      /** One sentence; names host and cause. */
      readonly reason: string;
    };

/**
 * Sends one message once. Time-outs, limits, the request log and the removal of secrets from it are the
 * engine's; retries are too: an activation type calls this once per message. Never rejects for what the
 * network or the destination does.
 */
export type RequestFunction = (message: OutgoingMessage) => Promise<Exchange>;
