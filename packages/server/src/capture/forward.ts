import * as http from "node:http";
import * as https from "node:https";

/** An answer as it came, to be handed back unchanged. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  /** Names and values in turn, in their order and letters. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Headers of one connection (RFC 9110 §7.6.1): the next one has its own. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers in pairs, without those of the connection and those that `Connection` names. */
export function endToEnd(raw: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  const named = pairs
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(",").map((one) => one.trim().toLowerCase()));
  return pairs.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !named.includes(name.toLowerCase()));
}

/** Passes requests on as they came: method, path, every header that isn't the connection's, every byte of the body. */
export class Forwarder {
  readonly #agents = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true }),
  };

  /** Rejects when no complete answer comes. */
  send(target: URL, request: http.IncomingMessage, body: Buffer): Promise<Answer> {
    const headers = endToEnd(request.rawHeaders).map(([name, value]): [string, string] =>
      name.toLowerCase() === "host" ? [name, target.host] : [name, value],
    );
    const isChunked = request.headers["transfer-encoding"] !== undefined;
    if (isChunked) headers.push(["Content-Length", String(body.length)]);
    const isSecure = target.protocol === "https:";
    return new Promise((resolve, reject) => {
      const upstream = (isSecure ? https : http).request(
        {
          protocol: target.protocol,
          hostname: target.hostname.replace(/^\[|\]$/g, ""),
          port: target.port,
          path: target.pathname + target.search,
          method: request.method,
          headers: headers.flat(),
          agent: this.#agents[isSecure ? "https:" : "http:"],
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("error", reject);
          answer.on("end", () => {
            resolve({
              status: answer.statusCode ?? 0,
              statusText: answer.statusMessage ?? "",
              headers: endToEnd(answer.rawHeaders).flat(),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      upstream.on("error", reject);
      upstream.end(body);
    });
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}
