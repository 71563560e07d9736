// npm run docs:screenshots [folder]: starts the demo and takes the pictures of docs/pages.md, in light and dark.
// They are made and not kept in the repository: docs/images unless another folder is given.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { prepare, root } from "./prepare.mjs";

prepare();
const { chromium } = await import("playwright-core");
const folder = resolve(process.argv[2] ?? join(root, "docs", "images"));
const VISITOR = { email: "demo@example.com", password: "peregrine-demo" };

/** What each picture shows; `open` goes there and returns when it can be seen. */
const PICTURES = [
  ["overview", "/"],
  ["profiles", "/profiles?q=userid:1042"],
  ["profile", async (page) => follow(page, "/profiles?q=userid:1042", "table a")],
  ["audiences", "/audiences"],
  ["audience", async (page) => follow(page, "/audiences", "table a")],
  ["builder", async (page, ids) => go(page, `/audiences/${ids.audience}/edit`)],
  ["activations", "/activations"],
  ["activation", "/activations/shop-ibexa"],
  ["new-activation", "/activations/new/ibexa"],
  ["dataflows", "/dataflows"],
  ["imports", "/imports"],
  ["identifier", "/identifiers/userid"],
  ["audit", "/audit"],
];

async function go(page, place) {
  await page.goto(place);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
}

async function follow(page, place, link) {
  await go(page, place);
  await page.locator(link).first().click();
  await page.waitForURL((url) => url.pathname !== new URL(place, url).pathname);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
}

async function startDemo(cwd) {
  const program = join(root, "packages/cli/bin/peregrine.js");
  const child = spawn(process.execPath, [program, "demo"], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^Open {2}(http\S+)/.exec(line) ?? [];
    if (url !== undefined) return { url, stop };
  }
  throw new Error("the demo ended before it told its address");
}

const found = spawnSync(process.execPath, [join(root, "scripts/chromium.mjs")], { encoding: "utf8" });
if (found.status !== 0) {
  process.stderr.write(found.stderr);
  process.exit(1);
}
const work = mkdtempSync(join(tmpdir(), "peregrine-pictures-"));
const demo = await startDemo(work);
const browser = await chromium.launch({ executablePath: found.stdout.trim(), args: ["--no-sandbox"] });
try {
  mkdirSync(folder, { recursive: true });
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({
      baseURL: demo.url,
      colorScheme,
      viewport: { width: 1280, height: 860 },
      reducedMotion: "reduce",
    });
    const headers = { Origin: demo.url };
    const signedIn = await context.request.post("/api/v1/session", { headers, data: VISITOR });
    if (!signedIn.ok()) throw new Error(`signing in was answered ${signedIn.status()}`);
    const { items } = await (await context.request.get("/api/v1/audiences")).json();
    const page = await context.newPage();
    for (const [name, how] of PICTURES) {
      if (typeof how === "string") await go(page, how);
      else await how(page, { audience: items[0].id });
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
      console.log(`${name}, ${colorScheme}`);
    }
    await context.close();
  }
  console.log(`The pictures are in ${folder}.`);
} finally {
  await browser.close();
  await demo.stop();
  rmSync(work, { recursive: true, force: true });
}
