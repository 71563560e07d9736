import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What the other CDP holds. */
export interface ForeignCdp {
  readonly audiences: unknown;
  /** The answer about each audience's members, by its id. */
  readonly members: Readonly<Record<string, unknown>>;
}

export const CDP_CREDENTIALS = {
  CDP_MEMBERSHIP_ACTIVATION_ID: "activation-of-the-tests",
  CDP_MEMBERSHIP_API_KEY: "k3y-of-the-tests",
};

/** A small CDP API v3 on a free port; it takes the tests' credentials and no others. */
export async function startCdpApi(
  cdp: ForeignCdp,
): Promise<{ readonly url: string; readonly asked: readonly string[]; close(): Promise<void> }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    const { "x-activation-id": activation, "x-api-key": key } = request.headers;
    if (
      activation !== CDP_CREDENTIALS.CDP_MEMBERSHIP_ACTIVATION_ID ||
      key !== CDP_CREDENTIALS.CDP_MEMBERSHIP_API_KEY
    )
      return answer(401, {});
    if (path === "/api/v3/audiences") return answer(200, cdp.audiences);
    const [, id = ""] = /^\/api\/v3\/membership\/([^/?]+)$/.exec(path) ?? [];
    const members = cdp.members[decodeURIComponent(id)];
    return members === undefined ? answer(404, {}) : answer(200, members);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
