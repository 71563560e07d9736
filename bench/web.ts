// How soon the main pages can be used, over the demo and over many profiles, and how much script the first of them loads.
// Each page is opened in a new window without a cache, by somebody who is signed in. Beside them, in turns, a page that
// does nothing but load the same bytes from a plain server.
// npm run bench -- web [profiles] [events] [--keep FOLDER]
// A folder that is kept is filled the first time and used again after that; not the one of `audience`.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { AudienceService, DefinitionService, openEngine, openStore } from "@peregrine/server";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { AS_OF, BY, fill } from "./lib-audience-data.ts";
import { anyAudiences } from "./lib-audience-rules.ts";
import { commit, machine, median, timed, watchMemory } from "./lib-report.ts";

const PROFILES = 1_000_000;
const EVENTS = 30_000_000;
const AUDIENCES = 20;
const ROUNDS = 3;
const PROGRAM = join(process.cwd(), "packages/cli/bin/peregrine.js");
const CHROMIUM = join(process.cwd(), "scripts/chromium.mjs");
const SETUP_CODE = "set-up-code-of-the-bench";
const VISITOR = { email: "bench@example.com", password: "a long enough password" };
const PATIENCE_MS = 60_000;

/** A running server with pages, and who may sign in there. */
interface Site {
  readonly url: string;
  readonly visitor: { readonly email: string; readonly password: string };
  stop(): Promise<void>;
}

/** Starts the command line's program and waits for a line that tells the address. */
async function started(
  args: readonly string[],
  tells: RegExp,
  environment: Readonly<Record<string, string>>,
  cwd: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", PEREGRINE_LOG_LEVEL: "warn", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  if (child.stdout === null) throw new Error("the program has no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = tells.exec(line) ?? [];
    if (url !== undefined) return { url, stop };
  }
  throw new Error(`peregrine ${args.join(" ")} ended before it told its address`);
}

async function openDemo(folder: string): Promise<Site> {
  const { url, stop } = await started(["demo"], /^Open {2}(http\S+)/, {}, folder);
  return { url, stop, visitor: { email: "demo@example.com", password: "peregrine-demo" } };
}

/** Data and audiences in a folder as a server has it; the same each time. */
async function filled(folder: string, profiles: number, events: number): Promise<void> {
  const mark = join(folder, "filled");
  if (existsSync(mark)) return;
  const engine = await openEngine({
    folder: join(folder, "engine"),
    log: { info: () => {}, warn: () => {} },
  });
  const store = await openStore({ folder, clock: { now: Date.now } });
  try {
    const seconds = await timed(() => fill(engine, store, profiles, events));
    console.log(`filled in ${seconds.toFixed(1)} s`);
    await engine.command(
      "INSERT INTO installation (id, version, applied_at) SELECT {id:String}, 0, now64(3, 'UTC')",
      { id: store.installation.id },
    );
    const made = anyAudiences(AUDIENCES);
    for (const { id, rule } of made) {
      await store.definitions.put({ kind: "audience", id, name: id, tags: [], rule }, BY);
    }
    const audiences = new AudienceService({
      store,
      engine,
      clock: { now: () => AS_OF },
      timeZone: "Europe/Copenhagen",
      instance: "bench",
      definitions: new DefinitionService({ store }),
    });
    await audiences.evaluate(
      made.map(({ id }) => id),
      AS_OF,
      { force: true },
    );
    writeFileSync(mark, JSON.stringify({ profiles, events }));
  } finally {
    await store.close();
    await engine.close();
  }
}

async function openLarge(folder: string): Promise<Site> {
  const { url, stop } = await started(
    ["serve", "--as-of", new Date(AS_OF).toISOString(), "--port", "0"],
    /^Peregrine listens on (http\S+)/,
    { PEREGRINE_DATA: folder, PEREGRINE_SETUP_CODE: SETUP_CODE, PEREGRINE_TIME_ZONE: "Europe/Copenhagen" },
    folder,
  );
  // The second time on a kept folder the code was used.
  await fetch(`${url}/api/v1/setup/administrator`, {
    method: "POST",
    headers: { Origin: url, "Content-Type": "application/json" },
    body: JSON.stringify({ code: SETUP_CODE, name: "Bench", ...VISITOR }),
  });
  return { url, stop, visitor: VISITOR };
}

/** A site with the cookies of somebody who has signed in there: signing in again and again is refused. */
interface Visit {
  readonly url: string;
  readonly state: Awaited<ReturnType<BrowserContext["storageState"]>>;
}

async function signIn(browser: Browser, { url, visitor }: Site): Promise<Visit> {
  const context = await browser.newContext();
  try {
    const headers = { Origin: url };
    const answer = await context.request.post(`${url}/api/v1/session`, { headers, data: visitor });
    if (!answer.ok()) throw new Error(`signing in was answered ${answer.status()}: ${await answer.text()}`);
    return { url, state: await context.storageState() };
  } finally {
    await context.close();
  }
}

/** Without a cache. */
async function newWindow(browser: Browser, visit?: Visit): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    ...(visit === undefined ? {} : { baseURL: visit.url, storageState: visit.state }),
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/** In the builder: how many people fit, counted or by a sample while everybody is being counted. */
const FIRST_NUMBER = /^(?:now fit this rule|± .* by a sample)/;

/** A page to be opened. */
interface Place {
  readonly path: string;
  /** It can be used from when on this is read there, whatever is awaited then. */
  readonly says?: RegExp;
}

/** The main pages by their address; of one audience and one person, any. */
async function placesOf(browser: Browser, site: Visit): Promise<ReadonlyMap<string, Place>> {
  const context = await newWindow(browser, site);
  try {
    const answer = await context.request.get(`${site.url}/api/v1/audiences`);
    const { items }: { items: { id: string }[] } = await answer.json();
    const [audience] = items;
    return new Map<string, Place>([
      ["overview", { path: "/" }],
      ["profiles", { path: "/profiles?q=userid:1042" }],
      ["profile", { path: "/profiles/17" }],
      ["audiences", { path: "/audiences" }],
      ["audience", { path: `/audiences/${audience?.id}` }],
      ["builder", { path: `/audiences/${audience?.id}/edit`, says: FIRST_NUMBER }],
      ["builderCounted", { path: `/audiences/${audience?.id}/edit` }],
      ["activations", { path: "/activations" }],
      ["dataflows", { path: "/dataflows" }],
      ["identifiers", { path: "/identifiers" }],
    ]);
  } finally {
    await context.close();
  }
}

/**
 * From the address to a page with its heading and without anything that is still awaited; ms.
 */
async function usableAfter(browser: Browser, site: Visit, { path, says }: Place): Promise<number> {
  const context = await newWindow(browser, site);
  try {
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(path, { waitUntil: "commit" });
    await page.getByRole("heading", { level: 1 }).waitFor();
    // Parts that come later than the heading show that they are awaited.
    if (says === undefined) {
      await page.locator("[aria-busy=true], .mantine-Loader-root").first().waitFor({ state: "detached" });
    } else await page.getByText(says).waitFor();
    return performance.now() - began;
  } finally {
    await context.close();
  }
}

interface Script {
  readonly path: string;
  readonly encoding: string | undefined;
  readonly bytes: Buffer;
}

/** The scripts that the first page loads, as they go over the wire. */
async function firstScripts(browser: Browser, site: Visit): Promise<Script[]> {
  const context = await newWindow(browser, site);
  try {
    const page = await context.newPage();
    await page.goto("/");
    await page.getByRole("heading", { level: 1 }).waitFor();
    const paths: string[] = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map(({ name }) => new URL(name).pathname)
        .filter((path) => path.endsWith(".js")),
    );
    return Promise.all(paths.map((path) => wire(site.url, path)));
  } finally {
    await context.close();
  }
}

/** As a browser gets it; `fetch` would unpack it. */
async function wire(url: string, path: string): Promise<Script> {
  const { get } = await import("node:http");
  return new Promise((resolve, reject) => {
    get(`${url}${path}`, { headers: { "Accept-Encoding": "gzip, br" } }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      resolve({ path, encoding: answer.headers["content-encoding"], bytes: Buffer.concat(chunks) });
    }).on("error", reject);
  });
}

/** A page that loads the same scripts' bytes and runs none of them: from the address to the last byte; ms. */
async function plainPage(browser: Browser, scripts: readonly Script[]): Promise<() => Promise<number>> {
  const byPath = new Map(scripts.map((script) => [script.path, script]));
  const page = `<!doctype html><title>…</title><h1>Plain</h1><script>
Promise.all(${JSON.stringify([...byPath.keys()])}.map((path) => fetch(path).then((answer) => answer.text())))
  .then(() => { document.title = "loaded"; });
</script>`;
  const server = createServer((request, answer) => {
    const script = byPath.get(request.url ?? "");
    if (script === undefined) {
      answer.setHeader("Content-Type", "text/html").end(page);
      return;
    }
    if (script.encoding !== undefined) answer.setHeader("Content-Encoding", script.encoding);
    answer.setHeader("Content-Type", "text/javascript").end(script.bytes);
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return async () => {
    const context = await newWindow(browser);
    try {
      const window = await context.newPage();
      const began = performance.now();
      await window.goto(`http://127.0.0.1:${port}/`, { waitUntil: "commit" });
      await window.waitForFunction("document.title === 'loaded'");
      return performance.now() - began;
    } finally {
      await context.close();
    }
  };
}

async function measured(browser: Browser, site: Visit): Promise<Record<string, number>> {
  const places = await placesOf(browser, site);
  const found: Record<string, number> = {};
  for (const [name, place] of places) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await usableAfter(browser, site, place));
    found[name] = Math.round(median(times));
  }
  return found;
}

/** @param kept a folder that is left with its data; without it one is made and removed */
export async function run(profiles = PROFILES, events = EVENTS, kept?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "peregrine-bench-web-"));
  const large = kept ?? join(folder, "large");
  const memory = watchMemory();
  const executablePath = execFileSync(process.execPath, [CHROMIUM], { encoding: "utf8" }).trim();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const demo = await openDemo(folder);
    const visit = await signIn(browser, demo);
    const scripts = await firstScripts(browser, visit);
    const firstLoadKb = Math.round(scripts.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1024);
    const plain = await plainPage(browser, scripts);
    const plains: number[] = [];
    for (let round = 0; round < ROUNDS; round++) plains.push(await plain());
    const overDemo = await measured(browser, visit);
    await demo.stop();
    console.log(`over the demo: ${JSON.stringify(overDemo)}`);
    await filled(large, profiles, events);
    const site = await openLarge(large);
    const overMany = await measured(browser, await signIn(browser, site));
    await site.stop();
    console.log(`over ${profiles} profiles: ${JSON.stringify(overMany)}`);
    const plainMs = Math.round(median(plains));
    console.log(
      JSON.stringify({
        bench: "web",
        // How much longer the first page takes than its bytes do.
        ratio: Number(((overDemo["overview"] ?? 0) / plainMs).toFixed(2)),
        firstLoadKb,
        plainMs,
        pages: { demo: overDemo, [String(profiles)]: overMany },
        peakMemoryMb: memory.end(),
        machine: machine(),
        commit: commit(),
      }),
    );
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: "string" } },
  });
  const [profiles, events] = positionals.map(Number);
  await run(profiles, events, values.keep);
}
