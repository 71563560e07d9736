import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { SETTLED } from "./accessible.ts";

/** No page here has more places for the focus before the one that is looked for. */
const MOST = 80;

/** Presses Tab until something has the focus, and fails when that is never or can't be seen. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let at = 0; at < MOST; at += 1) {
    await page.keyboard.press("Tab");
    if (await hasFocus(target)) {
      expect(await isFocusSeen(page, target), `the focus on ${target} is seen`).toBe(true);
      return;
    }
  }
  throw new Error(`Tab doesn't reach ${target}`);
}

/** Waits until something has the focus, such as what opened a dialog that was closed. */
export async function expectFocus(target: Locator): Promise<void> {
  await expect
    .poll(() => hasFocus(target), { timeout: 20_000, message: `${target} has the focus` })
    .toBe(true);
}

async function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === element.ownerDocument.activeElement);
}

/** By an outline, or by the border as the fields do it: it looks otherwise than without the focus. */
async function isFocusSeen(page: Page, target: Locator): Promise<boolean> {
  const lookOf = async () => {
    await page.evaluate(SETTLED);
    return target.evaluate((element) => {
      const style = element.ownerDocument.defaultView?.getComputedStyle(element);
      return [style?.outlineStyle, style?.outlineWidth, style?.borderColor, style?.boxShadow].join(" ");
    });
  };
  const focused = await lookOf();
  await target.evaluate((element) => element.blur());
  const without = await lookOf();
  await target.evaluate((element) => element.focus({ preventScroll: true }));
  return focused !== without;
}
