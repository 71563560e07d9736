import type { Clock, Exchange, OutgoingMessage, TokenGrant } from "@peregrine/core";

type Failed = Extract<Exchange, { kind: "failed" }>;
type Answer = Extract<Exchange, { kind: "answer" }>;

/** A bearer token, or why there is none. */
export type Granted = { readonly kind: "token"; readonly token: string } | Failed;

type Ask = (message: OutgoingMessage) => Promise<Exchange>;

interface Kept {
  readonly token: string;
  /** From then on (ms UTC) another one is fetched. */
  readonly renewAt: number;
}

/** For a server that doesn't say how long its token lives. */
const DEFAULT_LIFETIME_S = 300;
/** So long before its end a token isn't used any more: a message is on its way for a while. */
const MARGIN_S = 30;

/** Bearer tokens by grant, in memory only: fetched once however many wait for one, and kept until shortly before they end. */
export class Tokens {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #fetching = new Map<string, Promise<Granted>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param refused a token that the destination didn't take: another one is fetched, unless that was done meanwhile */
  async get(grant: TokenGrant, ask: Ask, refused?: string): Promise<Granted> {
    const key = JSON.stringify(grant);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.renewAt > this.#clock.now() && kept.token !== refused) {
      return { kind: "token", token: kept.token };
    }
    let fetching = this.#fetching.get(key);
    if (fetching === undefined) {
      fetching = this.#fetch(key, grant, ask).finally(() => this.#fetching.delete(key));
      this.#fetching.set(key, fetching);
    }
    return fetching;
  }

  async #fetch(key: string, grant: TokenGrant, ask: Ask): Promise<Granted> {
    this.#kept.delete(key);
    const read = readAnswer(grant, await ask(tokenMessage(grant)));
    if (read.kind === "failed") return read;
    const { token, lifetimeS } = read;
    const margin = Math.min(MARGIN_S, lifetimeS / 10);
    this.#kept.set(key, { token, renewAt: this.#clock.now() + (lifetimeS - margin) * 1000 });
    return { kind: "token", token };
  }
}

/** RFC 6749 §4.4.2. Id and secret are form-encoded before they go into HTTP Basic (§2.3.1). */
function tokenMessage(grant: TokenGrant): OutgoingMessage {
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (grant.scope !== undefined) form.set("scope", grant.scope);
  const headers: Record<string, string> = {
    "content-type": "application/x-www-form-urlencoded",
    accept: "application/json",
  };
  if (grant.authentication === "basic") {
    const pair = `${encodeURIComponent(grant.clientId)}:${encodeURIComponent(grant.clientSecret)}`;
    headers["authorization"] = `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
  } else {
    form.set("client_id", grant.clientId);
    form.set("client_secret", grant.clientSecret);
  }
  return { method: "POST", url: grant.url, headers, body: form.toString() };
}

function readAnswer(
  grant: TokenGrant,
  exchange: Exchange,
): { readonly kind: "read"; readonly token: string; readonly lifetimeS: number } | Failed {
  const { host } = new URL(grant.url);
  if (exchange.kind === "failed") {
    const isProxy = exchange.cause === "proxy" || exchange.cause === "proxyCredentials";
    return {
      kind: "failed",
      cause: isProxy ? exchange.cause : "tokenUnreachable",
      reason: `No token: ${exchange.reason}`,
    };
  }
  const { status } = exchange;
  const fields = fieldsOf(exchange);
  if (status === 200 || status === 201) {
    const { access_token: token, token_type: type, expires_in: lifetime } = fields;
    const isBearer = type === undefined || (typeof type === "string" && type.toLowerCase() === "bearer");
    if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token) && isBearer) {
      const seconds = Number(lifetime);
      return { kind: "read", token, lifetimeS: seconds > 0 ? seconds : DEFAULT_LIFETIME_S };
    }
    // The body isn't told: it may hold a token under another name.
    const held = Object.keys(fields).join(", ") || "no JSON object";
    return {
      kind: "failed",
      cause: "tokenAnswer",
      reason: `${host} answered ${status} without a bearer token in \`access_token\`; the answer holds: ${held}.`,
    };
  }
  const said = [fields["error"], fields["error_description"]].filter((text) => typeof text === "string");
  const words = said.length === 0 ? "" : `: ${said.join(", ").slice(0, 200)}`;
  const reason = `${host} answered ${status} when asked for a token${words}.`;
  if (status === 400 || status === 401 || status === 403)
    return { kind: "failed", cause: "tokenRefused", reason };
  const passes = status === 408 || status === 429 || status >= 500;
  return { kind: "failed", cause: passes ? "tokenUnreachable" : "tokenAnswer", reason };
}

function fieldsOf({ body }: Answer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return {};
}
