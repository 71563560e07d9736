import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Settings } from "./config.ts";
import { basicCredentials, type Credentials, header } from "./wire-reader.ts";

const NOBODY: Credentials = { clientId: null, clientSecret: null };

/** Gives out bearer tokens for client credentials, as RFC 6749 §4.4 has it. */
export class TokenDesk {
  readonly #settings: Settings;
  readonly #now: () => number;
  readonly #given = new Map<string, { credentials: Credentials; until: number }>();
  issued = 0;

  constructor(settings: Settings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** The path of the desk; undefined where no tokens are asked for. */
  get path(): string | undefined {
    const { credentials } = this.#settings.wire;
    return credentials.in === "oauth" ? credentials.tokenPath : undefined;
  }

  /** Whose token it is; nobody's when it has run out, was revoked or never given. */
  bearer(token: string): Credentials {
    const given = this.#given.get(token);
    return given === undefined || given.until <= this.#now() ? NOBODY : given.credentials;
  }

  /** From now on no token that was given counts. */
  revoke(): void {
    this.#given.clear();
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString("latin1")).slice(0, 10_000);
    });
    request.on("end", () => {
      const { status, body } = this.#answer(request, new URLSearchParams(text));
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
      response.end(JSON.stringify(body));
    });
  }

  #answer(
    request: IncomingMessage,
    form: URLSearchParams,
  ): { status: number; body: Record<string, unknown> } {
    const { credentials } = this.#settings.wire;
    if (request.method !== "POST" || credentials.in !== "oauth") return { status: 405, body: {} };
    if (form.get("grant_type") !== "client_credentials") {
      return { status: 400, body: { error: "unsupported_grant_type" } };
    }
    const basic = basicCredentials(header(request, "authorization"));
    const clientId = basic.clientId === null ? form.get("client_id") : decodeURIComponent(basic.clientId);
    const clientSecret =
      basic.clientSecret === null ? form.get("client_secret") : decodeURIComponent(basic.clientSecret);
    const isKnown = this.#settings.activations.some(
      (activation) => activation.clientId === clientId && activation.clientSecret === clientSecret,
    );
    if (!isKnown) {
      return {
        status: 401,
        body: { error: "invalid_client", error_description: "Unknown id or wrong secret." },
      };
    }
    const token = randomUUID();
    const until = this.#now() + credentials.lifetimeSeconds * 1000;
    this.#given.set(token, { credentials: { clientId, clientSecret }, until });
    this.issued += 1;
    const body = { access_token: token, token_type: "Bearer", expires_in: credentials.lifetimeSeconds };
    return { status: 200, body };
  }
}
