import { execFileSync } from "node:child_process";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const PROGRAM = new URL("../../../scripts/chromium.mjs", import.meta.url).pathname;
/** A page is usable within this time, also while other tests keep the machine busy. */
const PATIENCE_MS = 15_000;

/** Debian's Chromium, quiet: it asks nobody for updates. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = execFileSync(process.execPath, [PROGRAM], { encoding: "utf8" }).trim();
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A window with cookies of its own, and what broke in it. */
export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly failures: string[];
}

/** Opens a window; a page of it that breaks fails the test that looks at `failures`. */
export async function openPage(browser: Browser, baseURL: string): Promise<Window> {
  const context = await browser.newContext({
    baseURL,
    colorScheme: "light",
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  page.on("console", (message) => {
    // What the API refuses is told by the page; the browser notes each such answer too.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      failures.push(message.text());
    }
  });
  return { page, context, failures };
}
