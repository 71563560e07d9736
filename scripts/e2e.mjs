// npm run test:e2e: the tests in a browser alone, with all that they need built and installed.
import { join } from "node:path";
import { prepare, root, run, runTool } from "./prepare.mjs";

prepare({ tests: true });
run(process.execPath, [join(root, "scripts/chromium.mjs")], { stdio: ["ignore", "ignore", "inherit"] });
runTool("vitest/vitest.mjs", ["run", "--project", "e2e", ...process.argv.slice(2)]);
