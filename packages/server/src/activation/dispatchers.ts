import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { Way } from "./request.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const COMMON = { headersTimeout: 0, bodyTimeout: 0, pipelining: 1 } as const;
/** Settings change now and then; the sockets of settings that nobody uses any more must not pile up. */
const KEPT = 20;

/** The sockets, one set of them for each proxy and authority. */
export class Dispatchers {
  readonly #plain = new Agent({ ...COMMON, connect: { timeout: CONNECT_TIMEOUT_MS } });
  readonly #special = new Map<string, Dispatcher>();

  of(way: Way): Dispatcher {
    if (way.proxy === undefined && way.certificateAuthority === undefined) return this.#plain;
    const key = JSON.stringify([way.proxy?.url, way.proxy?.credentials, way.certificateAuthority]);
    let found = this.#special.get(key);
    if (found === undefined) {
      found = dispatcherFor(way);
      this.#special.set(key, found);
      this.#dropOldest();
    }
    return found;
  }

  async close(): Promise<void> {
    await Promise.all([this.#plain, ...this.#special.values()].map((one) => one.destroy()));
  }

  #dropOldest(): void {
    const [oldest] = this.#special;
    if (this.#special.size <= KEPT || oldest === undefined) return;
    this.#special.delete(oldest[0]);
    // What is under way ends first.
    oldest[1].close().catch(() => {});
  }
}

function dispatcherFor({ proxy, certificateAuthority }: Way): Dispatcher {
  const tls = { timeout: CONNECT_TIMEOUT_MS, ...trusting(certificateAuthority) };
  if (proxy === undefined) return new Agent({ ...COMMON, connect: tls });
  const { credentials } = proxy;
  return new ProxyAgent({
    ...COMMON,
    uri: proxy.url,
    proxyTls: tls,
    requestTls: tls,
    ...(credentials === undefined
      ? {}
      : { token: `Basic ${Buffer.from(credentials, "utf8").toString("base64")}` }),
  });
}

/** Made once: reading the known authorities for each connection would cost several ms. */
function trusting(certificateAuthority: string | undefined): { secureContext?: SecureContext } {
  if (certificateAuthority === undefined) return {};
  return { secureContext: createSecureContext({ ca: [...rootCertificates, certificateAuthority] }) };
}
