// Finds PostgreSQL's server programs for the tests, and installs them where that is possible.
//
//   node scripts/postgres.mjs          prints the folder that holds initdb and postgres; installs them if need be
//   node scripts/postgres.mjs --find   only looks
//
// Exit code 0 with the folder on stdout, 1 with what to do on stderr.
import { spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const PROGRAMS = ["initdb", "postgres"];
/** Debian and Ubuntu keep each version's programs in a folder of its own, outside of PATH. */
const VERSIONS = "/usr/lib/postgresql";
const INSTALL = "apt-get install -y postgresql";

function isComplete(folder) {
  try {
    for (const program of PROGRAMS) accessSync(join(folder, program), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function newestFirst() {
  try {
    return readdirSync(VERSIONS).sort((one, other) => Number(other) - Number(one));
  } catch {
    return [];
  }
}

function find() {
  const folders = [
    ...(process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""),
    ...newestFirst().map((version) => join(VERSIONS, version, "bin")),
    "/usr/local/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/bin",
  ];
  return folders.find(isComplete);
}

function install() {
  console.error(`PostgreSQL's server programs are missing; installing them: ${INSTALL}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const command of ["apt-get update", INSTALL]) {
    const [program, ...words] = command.split(" ");
    // Its output goes to stderr: stdout is for the folder. Old package lists may do, so an update may fail.
    spawnSync(program, words, { env: environment, stdio: ["ignore", 2, 2] });
  }
}

function isRootWithApt() {
  return process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
}

let folder = find();
if (folder === undefined && !process.argv.includes("--find") && isRootWithApt()) {
  install();
  folder = find();
}
if (folder === undefined) {
  console.error(`The tests need PostgreSQL's server programs (${PROGRAMS.join(", ")}), and none were found.`);
  console.error(`Install them and start again: sudo ${INSTALL}`);
  process.exit(1);
}
console.log(folder);
