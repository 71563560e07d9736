import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What has just changed is drawn, and all animations that end have ended. */
export const SETTLED = `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() =>
  Promise.allSettled(
    document.getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
      .map((one) => one.finished),
  ),
)`;

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
  }[];
}

/** What a scheme changes is colours alone: the other rules are asked in one of them. */
const COLOURS = { runOnly: { type: "rule", values: ["color-contrast"] } };

/** Fails when axe finds anything serious on the page as it stands. @param options of axe */
export async function expectAccessible(page: Page, name: string, options: object = {}): Promise<void> {
  // Half-way between two colours there is little contrast.
  await page.evaluate(SETTLED);
  // By the debugger, which the page's policy doesn't bind.
  await page.evaluate(AXE);
  const asked = JSON.stringify({ resultTypes: ["violations"], ...options });
  const { violations } = await page.evaluate<AxeResult>(`axe.run(document, ${asked})`);
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  // Soft: one run tells of all pages.
  expect.soft(serious, name).toEqual([]);
}

/** The same as the page stands, a dialog open perhaps, in dark and in light. */
export async function expectAccessibleInBoth(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, `${name}, dark`, COLOURS);
  await page.emulateMedia({ colorScheme: "light" });
  await expectAccessible(page, `${name}, light`);
}

/** Opens a page in light and in dark, and fails when axe finds anything serious in either. */
export async function expectAccessiblePage(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
  await expectAccessibleInBoth(page, path);
}
