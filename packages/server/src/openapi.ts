import pino from "pino";
import { createApp } from "./http/app.ts";
import { allRoutes, type Services } from "./routes.ts";
import { VERSION } from "./version.ts";

/** Prints the API's OpenAPI document; the build makes the command line's client from it. */
async function printDocument(): Promise<void> {
  // Handlers are described here and never called, so nobody has to stand behind them.
  const nobody: Services = Object.create(null);
  const app = createApp({
    logger: pino({ level: "silent" }),
    version: VERSION,
    callers: { ofToken: async () => undefined, ofSession: async () => undefined },
    routes: (api) => allRoutes(api, nobody),
  });
  await app.ready();
  process.stdout.write(`${JSON.stringify(app.swagger(), null, 2)}\n`);
  await app.close();
}

await printDocument();
