// Finds Chromium for the tests in a browser, and installs Debian's where that is possible.
//
//   node scripts/chromium.mjs          prints the program; installs it if need be
//
// Exit code 0 with the program on stdout, 1 with what to do on stderr. PEREGRINE_CHROMIUM names another one.
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
const INSTALL = "apt-get install -y --no-install-recommends chromium";

function runs(program) {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser's program, or undefined where there is none. */
export function findChromium() {
  const { PEREGRINE_CHROMIUM: named, PATH = "" } = process.env;
  if (named !== undefined && named !== "") return named;
  const folders = PATH.split(delimiter).filter((folder) => folder !== "");
  return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), MAC].find(runs);
}

function install() {
  console.error(`Chromium is missing; installing it: ${INSTALL}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const command of ["apt-get update", INSTALL]) {
    const [program, ...words] = command.split(" ");
    // Its output goes to stderr: stdout is for the program. Old package lists may do, so an update may fail.
    spawnSync(program, words, { env: environment, stdio: ["ignore", 2, 2] });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isRootWithApt = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  if (findChromium() === undefined && isRootWithApt) install();
  const program = findChromium();
  if (program === undefined) {
    console.error("The tests in a browser need Chromium, and none was found.");
    console.error(`Install it and start again: sudo ${INSTALL}`);
    console.error("Or name one that you have: PEREGRINE_CHROMIUM=/path/to/chromium");
    process.exit(1);
  }
  console.log(program);
}
