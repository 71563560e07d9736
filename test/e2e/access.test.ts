import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth, expectAccessiblePage } from "./harness/accessible.ts";
import { openPage } from "./harness/browser.ts";
import { ADMIN, type Installation, startInstallation, USERS } from "./harness/installation.ts";

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
  await shop.define(
    ...USERS,
    { kind: "audience", id: "5d822e81", name: "Everybody", rule: { everyone: true } },
    {
      kind: "activation",
      id: "our-ibexa",
      name: "Our Ibexa",
      type: "ibexa",
      personIdentifier: "userid",
      settings: shop.settings,
      audiences: ["5d822e81"],
    },
  );
});
afterAll(() => shop?.close());

async function signIn(window: Page, email: string, password: string): Promise<void> {
  await window.getByLabel("E-mail address").fill(email);
  await window.getByLabel("Password").fill(password);
  await window.getByRole("button", { name: "Sign in" }).click();
}

describe("who may come in", () => {
  it("signs out, and only the right password opens again what was asked for", async () => {
    await page.goto("/activations");
    await page.getByRole("button", { name: ADMIN.name }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await expectAccessibleInBoth(page, "sign-in");
    await page.goto("/activations/our-ibexa");
    await signIn(page, ADMIN.email, "another password");
    await page.getByText("E-mail address and password don't belong together").waitFor();
    await signIn(page, ADMIN.email, ADMIN.password);
    await page.getByRole("heading", { name: "Our Ibexa" }).waitFor();
  });

  it("a viewer sees everything and changes nothing, by page and by API", async () => {
    const viewer = { name: "Vera Viewer", email: "vera@example.com", password: "vera's long password" };
    await page.goto("/users");
    await page.getByRole("button", { name: "Add a user" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Name").fill(viewer.name);
    await form.getByLabel("E-mail address").fill(viewer.email);
    await form.getByLabel("Password").fill(viewer.password);
    await form.getByRole("combobox", { name: "Role" }).click();
    await page.getByRole("option", { name: "Viewer" }).click();
    await form.getByRole("button", { name: "Add" }).click();
    await page.getByText(viewer.email).waitFor();
    const other = await openPage(shop.browser, shop.server.url);
    await other.page.goto("/activations/our-ibexa");
    await signIn(other.page, viewer.email, viewer.password);
    await other.page.getByRole("columnheader", { name: "Synchronization status" }).waitFor();
    expect(await other.page.getByRole("button", { name: "Run now" }).count()).toBe(0);
    const refused = await other.page.request.post("/api/v1/activations/our-ibexa/runs");
    expect(await refused.json()).toMatchObject({ code: "roleTooLow" });
    expect(other.failures).toEqual([]);
    await other.context.close();
  });

  it("the users’ page is readable in both schemes", async () => {
    await expectAccessiblePage(page, "/users");
    expect(shop.failures).toEqual([]);
  });
});
