import type { Exchange } from "@peregrine/core";
import { errors } from "undici";

type Failed = Extract<Exchange, { kind: "failed" }>;

interface Circumstances {
  readonly url: string;
  readonly proxy: string | undefined;
  /** Set when the time was over. */
  readonly lateAfterMs: number | undefined;
  /** The first bytes of an answer were there. */
  readonly isAnswering: boolean;
}

/** System, TLS and undici errors that say: no connection came about. The first that fits tells why. */
const NO_CONNECTION: readonly (readonly [RegExp, Failed["cause"], string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, "hostUnknown", "can't be reached: its name is not known"],
  [/^ECONNREFUSED$/, "connectionRefused", "can't be reached: it refuses the connection"],
  [
    /^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/,
    "certificate",
    "can't be reached: it doesn't speak TLS at this port",
  ],
  [
    /^(ERR_TLS_CERT_ALTNAME_INVALID)$/,
    "certificate",
    "can't be reached: its certificate is for another name",
  ],
  [/^CERT_HAS_EXPIRED$/, "certificate", "can't be reached: its certificate has expired"],
  [
    /^(ERR_TLS_.*|ERR_SSL_.*|ERR_OSSL_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/,
    "certificate",
    "can't be reached: its certificate isn't trusted",
  ],
  [
    /^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/,
    "unreachable",
    "can't be reached: there is no way to it",
  ],
  [/^UND_ERR_CONNECT_TIMEOUT$/, "unreachable", "can't be reached: no connection in time"],
];

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (error instanceof errors.ConnectTimeoutError) return error.code;
  if (error instanceof errors.SecureProxyConnectionError) return codeOf(error.cause);
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}

/** Why there is no answer. */
export function failedExchange(error: unknown, circumstances: Circumstances): Failed {
  const { host } = new URL(circumstances.url);
  const code = codeOf(error);
  const refusal = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : "")?.[1];
  if (circumstances.proxy !== undefined && refusal !== undefined) {
    return refusedByProxy(host, circumstances.proxy, refusal);
  }
  const known = NO_CONNECTION.find(([codes]) => codes.test(code));
  if (known !== undefined) {
    const [, cause, words] = known;
    if (circumstances.proxy !== undefined && cause !== "certificate") {
      const proxy = new URL(circumstances.proxy).host;
      return { kind: "failed", cause: "proxy", reason: `The proxy ${proxy} ${words} (${code}).` };
    }
    return { kind: "failed", cause, reason: `${host} ${words} (${code}).` };
  }
  if (circumstances.lateAfterMs !== undefined) {
    const reason = `${host} didn't answer within ${circumstances.lateAfterMs / 1000} s.`;
    return { kind: "failed", cause: "timeout", reason };
  }
  const named = code === "" ? "" : ` (${code})`;
  return circumstances.isAnswering
    ? {
        kind: "failed",
        cause: "broken",
        reason: `The connection to ${host} broke in the middle of the answer${named}.`,
      }
    : {
        kind: "failed",
        cause: "reset",
        reason: `The connection to ${host} broke before any answer${named}.`,
      };
}

function refusedByProxy(host: string, proxy: string, status: string): Failed {
  const named = new URL(proxy).host;
  if (status === "407") {
    return {
      kind: "failed",
      cause: "proxyCredentials",
      reason: `The proxy ${named} answered 407: it wants other credentials.`,
    };
  }
  return {
    kind: "failed",
    cause: "proxy",
    reason: `The proxy ${named} answered ${status} when asked for ${host}.`,
  };
}
