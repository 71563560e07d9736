// npm run fuzz [share]: all that is tried at random, whole unless a share is given, such as 0.5: whatever can be sent to
// the product, bent; rules in SQL and in memory; 400 days of the scheduler; histories of an activation.
import { prepare, runTool } from "./prepare.mjs";

const [share = "1"] = process.argv.slice(2);
prepare({ tests: true });
const tests = ["fuzz", "audience/agreement", "audience/schedule", "activation/histories"].map(
  (name) => `test/integration/${name}`,
);
runTool("vitest/vitest.mjs", ["run", "--project", "integration", ...tests], {
  env: { ...process.env, PEREGRINE_TEST_SHARE: share },
});
