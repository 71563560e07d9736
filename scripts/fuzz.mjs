// npm run fuzz [share]: everything that can be sent to the product, bent: all inputs unless a share is given, such as 0.5.
import { prepare, runTool } from "./prepare.mjs";

const [share = "1"] = process.argv.slice(2);
prepare({ tests: true });
runTool("vitest/vitest.mjs", ["run", "--project", "integration", "test/integration/fuzz"], {
  env: { ...process.env, PEREGRINE_FUZZ_SHARE: share },
});
