// npm run bench -- NAME [options]: runs one benchmark of bench/. The last line that it prints is one JSON object.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

const [name, ...options] = process.argv.slice(2);
const names = readdirSync(join(root, "bench"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3))
  .filter((file) => !file.startsWith("lib-"));
if (name === undefined || !names.includes(name)) {
  console.error(`Which benchmark? npm run bench -- ${names.join(" | ")}`);
  process.exit(64);
}
prepare({ tests: true });
const program = join(root, "dist/bench", `${name}.js`);
if (!existsSync(program)) throw new Error(`${program} was not built`);
const result = spawnSync(process.execPath, [program, ...options], { cwd: root, stdio: "inherit" });
process.exit(result.status ?? 1);
