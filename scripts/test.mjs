// npm test: everything. Installs what the tests need, builds what is stale, then checks, tests and accepts.
// The last line is `N passed, N failed, N skipped`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepare, root, run } from "./prepare.mjs";

const started = Date.now();
prepare({ tests: true });
// Prints the folder that it finds or installs; ends this with the command to type where it may not install.
run(process.execPath, [join(root, "scripts/postgres.mjs")], { stdio: ["ignore", "ignore", "inherit"] });
run(process.execPath, [join(root, "scripts/chromium.mjs")], { stdio: ["ignore", "ignore", "inherit"] });

const tally = { passed: 0, failed: 0, skipped: 0 };

function tool(path, args) {
  return spawnSync(process.execPath, [join(root, "node_modules", path), ...args], {
    cwd: root,
    stdio: "inherit",
  }).status;
}

function step(name, status) {
  if (status === 0) tally.passed += 1;
  else tally.failed += 1;
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name}`);
}

step("format and lint (biome)", tool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]));
step(
  "arrows between packages (dependency-cruiser)",
  tool("dependency-cruiser/bin/dependency-cruise.mjs", [
    "--config",
    ".dependency-cruiser.mjs",
    ...["core", "activation-types", "engine-host", "server", "cli", "ibexa-sandbox", "web"].map(
      (name) => `packages/${name}/src`,
    ),
    "test",
    "bench",
  ]),
);
step("nothing unused (knip)", tool("knip/bin/knip.js", ["--no-progress"]));

const reportFile = join(root, "node_modules/.cache/peregrine-tests.json");
mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
rmSync(reportFile, { force: true });
const vitest = tool("vitest/vitest.mjs", [
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${reportFile}`,
]);
if (existsSync(reportFile)) {
  const report = JSON.parse(readFileSync(reportFile, "utf8"));
  tally.passed += report.numPassedTests;
  tally.failed += report.numFailedTests;
  tally.skipped += report.numPendingTests + report.numTodoTests;
  if (vitest !== 0 && report.numFailedTests === 0) step("test runner", vitest);
} else {
  step("test runner", vitest ?? 1);
}

const data = process.env.PEREGRINE_TEST_DATA ?? join(root, "../shared/data");
if (existsSync(join(data, "online-retail/online-retail.csv.gz"))) {
  const accept = spawnSync(process.execPath, [join(root, "dist/test/acceptance/online-retail.js")], {
    cwd: root,
    stdio: "inherit",
  });
  step("acceptance on real data: online-retail", accept.status);
} else {
  tally.skipped += 1;
  console.log(`skip acceptance on real data: there is no online-retail data in ${data}`);
}

console.log(`took ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exit(tally.failed === 0 ? 0 : 1);
