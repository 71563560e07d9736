// npm run chaos [strikes]: the tests that kill processes, each scenario struck twenty times unless told otherwise.
import { prepare, runTool } from "./prepare.mjs";

const [strikes = "20"] = process.argv.slice(2);
prepare({ tests: true });
runTool("vitest/vitest.mjs", ["run", "--project", "chaos"], {
  env: { ...process.env, PEREGRINE_CHAOS_STRIKES: strikes },
});
