import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfig, type ServerOptions, startServer } from "@peregrine/server";

const PAGES = fileURLToPath(new URL("../../../packages/web/dist", import.meta.url));

export type SampleSize = NonNullable<ServerOptions["sample"]>;

/** The same server in this process, for what the command line has no option for. */
export async function serveHere(
  folder: string,
  setupCode: string,
  sample: SampleSize,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const config = readConfig({
    PEREGRINE_DATA: join(folder, "data"),
    PEREGRINE_PORT: "0",
    PEREGRINE_SETUP_CODE: setupCode,
    PEREGRINE_LOG_LEVEL: "warn",
  });
  const server = await startServer({ config, pages: PAGES, sample });
  return { url: server.url, stop: () => server.close() };
}
