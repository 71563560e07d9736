import type { ErrorCode } from "../error.ts";

/** One HTTP message to a destination. */
export interface OutgoingMessage {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Unanswered {
  readonly code: ErrorCode;
  /** Whether the destination may have carried the message out. */
  readonly mayHaveArrived: boolean;
  /** Whether somebody has to act before any message can be answered. */
  readonly stops: boolean;
}

const NOT_SENT = { mayHaveArrived: false, stops: false };
const SENT = { mayHaveArrived: true, stops: false };
const NOT_ALLOWED = { mayHaveArrived: false, stops: true };

/** Why no answer came, each with what that means. */
export const UNANSWERED = {
  unreachable: { code: "destinationUnreachable", ...NOT_SENT },
  hostUnknown: { code: "destinationHostUnknown", ...NOT_SENT },
  connectionRefused: { code: "destinationRefusesConnection", ...NOT_SENT },
  certificate: { code: "destinationCertificate", ...NOT_SENT },
  proxy: { code: "proxyUnreachable", ...NOT_SENT },
  proxyCredentials: { code: "proxyCredentials", ...NOT_ALLOWED },
  tokenUnreachable: { code: "tokenUnreachable", ...NOT_SENT },
  tokenRefused: { code: "tokenRefused", ...NOT_ALLOWED },
  tokenAnswer: { code: "tokenAnswerUnexpected", ...NOT_ALLOWED },
  timeout: { code: "destinationTimeout", ...SENT },
  reset: { code: "destinationReset", ...SENT },
  broken: { code: "destinationAnswerBroken", ...SENT },
} as const satisfies Record<string, Unanswered>;

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
      readonly cause: keyof typeof UNANSWERED;
      /** One sentence; names host and cause. */
      readonly reason: string;
    };

/**
 * Sends one message once. Time-outs, limits, the request log and the removal of secrets from it are the
 * engine's; retries are too: an activation type calls this once per message. Never rejects for what the
 * network or the destination does.
 */
export type RequestFunction = (message: OutgoingMessage) => Promise<Exchange>;
