// npm run accept:online-retail: the whole way from a real file to segments, every figure compared.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

const name = process.argv[2] ?? "online-retail";
prepare({ tests: true });
const program = join(root, "dist/test/acceptance", `${name}.js`);
const result = spawnSync(process.execPath, [program, ...process.argv.slice(3)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(result.status ?? 1);
