// `peregrine serve` that evaluates in pieces and in passes, however few people there are.
import { once } from "node:events";
import { readConfig, startServer } from "../../packages/server/dist/index.js";

const server = await startServer({
  config: readConfig(process.env),
  piece: { profiles: 2_000, events: 1_000_000, inPasses: { profiles: 1, passes: 1 } },
});
process.stdout.write(`Peregrine listens on ${server.url}\n`);
await once(process, "SIGTERM");
await server.close();
