import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, expectAccessiblePage } from "./harness/accessible.ts";
import { type Installation, startInstallation } from "./harness/installation.ts";

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
});
afterAll(() => shop?.close());

const statusOf = async (token: string) => {
  const answer = await fetch(`${shop.server.url}/api/v1/audiences`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return answer.status;
};

describe("API tokens", () => {
  it("are shown once, open the API, and open nothing when they are revoked", async () => {
    await page.goto("/tokens");
    await page.getByText("There is no token yet").waitFor();
    await page.getByRole("button", { name: "Make a token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Nightly export");
    await dialog.getByRole("button", { name: "Make it" }).click();
    const token = (await dialog.getByLabel("The new token").textContent()) ?? "";
    await expectAccessible(page, "a new token");
    expect(await statusOf(token)).toBe(200);
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("cell", { name: "Nightly export", exact: true }).waitFor();
    expect(await page.content()).not.toContain(token);
    await page.getByRole("button", { name: "Revoke Nightly export" }).click();
    await page.getByRole("button", { name: "Revoke the token" }).click();
    await page.getByRole("button", { name: "Revoke Nightly export" }).waitFor({ state: "detached" });
    expect(await statusOf(token)).toBe(401);
  });
});

describe("the audit log", () => {
  it("says who did what, with before and after and without secrets", async () => {
    await page.goto("/audit?kind=token");
    await page.getByRole("cell", { name: "Revoked" }).waitFor();
    await page.getByRole("cell", { name: "Created" }).waitFor();
    await page.getByRole("button", { name: "Before and after" }).first().click();
    await page.getByText("Nightly export").first().waitFor();
    await expectAccessible(page, "before and after");
  });
});

describe("one’s own settings", () => {
  it("change the scheme, which outlives a reload", async () => {
    await page.goto("/settings");
    await page.getByText("Dark", { exact: true }).click();
    await page.reload();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    expect(await page.locator("html").getAttribute("data-mantine-color-scheme")).toBe("dark");
    await page.getByText("As the system", { exact: true }).click();
  });
});

describe("a viewer", () => {
  it("has no page of administration but the settings, and none by its address", async () => {
    const viewer = await shop.openWindow("viewer");
    await viewer.page.goto("/");
    await viewer.page.getByRole("heading", { name: "Overview" }).waitFor();
    expect(await viewer.page.getByRole("link", { name: "API tokens" }).count()).toBe(0);
    await viewer.page.goto("/tokens");
    await viewer.page.getByText("role", { exact: false }).first().waitFor();
    await viewer.context.close();
  });
});

describe("a lost connection", () => {
  it("is told, and heals by itself", async () => {
    await page.goto("/");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.context().setOffline(true);
    await page.getByText("The connection is lost").waitFor();
    await page.context().setOffline(false);
    await page.getByText("The connection is lost").waitFor({ state: "detached" });
  });
});

describe("the pages", () => {
  it("are readable in both schemes, empty", async () => {
    for (const path of ["/", "/activations", "/activations/new", "/tokens", "/audit", "/settings"]) {
      await expectAccessiblePage(page, path);
    }
  });
});
