// Brings a checkout to the state in which its programs can run: the packages of the lock file are
// installed and everything that is stale is built. Uses nothing but Node itself, because it runs first.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".cache", "peregrine-installed");
const [major, minor] = process.versions.node.split(".").map(Number);

/** Runs a program in the checkout; ends this process with the program's code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) {
    console.error(`${command} could not be started: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Runs a program of the installed packages with this very Node. */
export function runTool(path, args, options = {}) {
  run(process.execPath, [join(root, "node_modules", path), ...args], options);
}

function checkNode() {
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Peregrine needs Node 20.19 or newer; this is ${process.version}. See https://nodejs.org.`);
  process.exit(1);
}

function wantedPackages() {
  const hash = createHash("sha256");
  for (const file of ["package-lock.json", "package.json"]) hash.update(readFileSync(join(root, file)));
  hash.update(`${process.platform} ${process.arch}`);
  return hash.digest("hex");
}

function installPackages() {
  const wanted = wantedPackages();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error("Installing the packages of package-lock.json …");
  // Not `npm ci`: it refuses a lock file that does not name the optional binaries of every other platform.
  // Versions come from the lock file all the same, and `--no-save` leaves that as it is.
  run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    shell: process.platform === "win32",
  });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Command line and pages are clients of the API, so their types come from the document that the server writes. */
function generateClients() {
  const document = join(root, "packages/cli/src/openapi.gen.json");
  const types = [join(root, "packages/cli/src/api.gen.ts"), join(root, "packages/web/src/api/api.gen.ts")];
  const before = existsSync(document) ? readFileSync(document, "utf8") : "";
  const result = spawnSync(process.execPath, [join(root, "packages/server/dist/openapi.js")], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
  const now = result.stdout.toString("utf8");
  if (now === before && types.every((path) => existsSync(path))) return;
  writeFileSync(document, now);
  const [first, ...others] = types;
  runTool("openapi-typescript/bin/cli.js", [document, "--output", first], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  for (const path of others) copyFileSync(first, path);
}

/** What the pages are built from, as one text: their own files, what they use of `core`, and the packages' versions. */
function pagesSource() {
  const web = join(root, "packages/web");
  const own = readdirSync(web, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\/dist(\/|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
  const core = join(root, "packages/core/dist/.tsbuildinfo");
  const others = [join(root, "package-lock.json"), ...(existsSync(core) ? [core] : [])];
  const hash = createHash("sha256");
  for (const file of [...own, ...others].sort()) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

/** Builds the pages when something that they are made of has changed. */
function buildPages() {
  const source = pagesSource();
  const built = join(root, "packages/web/dist/.built");
  if (existsSync(built) && readFileSync(built, "utf8") === source) return;
  runTool("typescript/bin/tsc", ["-p", "packages/web"]);
  runTool("vite/bin/vite.js", ["build", "--logLevel", "warn"], { cwd: join(root, "packages/web") });
  writeFileSync(built, source);
}

/** Installs what is missing and compiles what is stale; says nothing when there is nothing to do. */
export function prepare({ tests = false } = {}) {
  checkNode();
  installPackages();
  if (!existsSync(join(root, "packages/cli/dist/main.js"))) console.error("Building (about a minute) …");
  runTool("typescript/bin/tsc", ["-b", "packages/server", "packages/engine-host", "packages/ibexa-sandbox"]);
  generateClients();
  runTool("typescript/bin/tsc", ["-b", tests ? "." : "packages/cli"]);
  buildPages();
}
