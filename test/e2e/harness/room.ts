import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { SETTLED } from "./accessible.ts";

/** The least width that the pages are made for, in pixels. */
const LEAST_WIDTH = 768;

/** Makes the window as narrow as may be, and fails when something is only seen after scrolling sideways. */
export async function expectSeenWhenNarrow(page: Page, ...wanted: readonly Locator[]): Promise<void> {
  const usual = page.viewportSize() ?? { width: 1280, height: 900 };
  await page.setViewportSize({ ...usual, width: LEAST_WIDTH });
  for (const one of wanted) {
    await one.waitFor();
    await page.evaluate(SETTLED);
    const box = await one.boundingBox();
    expect.soft((box?.x ?? 0) + (box?.width ?? Number.NaN), `where ${one} ends`).toBeLessThan(LEAST_WIDTH);
  }
  await page.setViewportSize(usual);
}
