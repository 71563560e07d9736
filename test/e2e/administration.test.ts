import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth, expectAccessiblePage } from "./harness/accessible.ts";
import { ADMIN, type Installation, startInstallation } from "./harness/installation.ts";
import { expectFocus, tabTo } from "./harness/keyboard.ts";

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
    await expectAccessibleInBoth(page, "a new token");
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
    await expectAccessibleInBoth(page, "before and after");
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

describe("the connection that is lost before anything is here", () => {
  it("is told in place of the page, which comes as soon as there is an answer", async () => {
    await page.route("**/api/v1/session", (route) => route.abort());
    await page.goto("/");
    await page.getByText("The connection is lost").waitFor();
    await page.unroute("**/api/v1/session");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  });

  it("a page whose answer is an error says it, and is here after another try", async () => {
    // The browser notes the error, so it is none of the window whose failures are looked at.
    const other = await shop.openWindow("admin");
    const path = "**/api/v1/tokens";
    const problem = {
      type: "about:blank",
      title: "Something broke",
      status: 500,
      detail: "",
      code: "internal",
      actor: "us",
      remedy: "Try again.",
      faults: [],
    };
    await other.page.route(path, (route) => route.fulfill({ status: 500, json: problem }));
    await other.page.goto("/tokens");
    await other.page.getByText("Something broke").first().waitFor();
    await expectAccessibleInBoth(other.page, "a page that could not be shown");
    await other.page.unroute(path);
    await other.page.getByRole("button", { name: "Try again" }).click();
    await other.page.getByRole("heading", { name: "API tokens" }).waitFor();
    await other.context.close();
  });
});

describe("by keyboard alone", () => {
  it("a dialog opens and gives the focus back, and the navigation leads on", async () => {
    await page.goto("/tokens");
    const make = page.getByRole("button", { name: "Make a token" });
    await tabTo(page, make);
    await page.keyboard.press("Enter");
    await expectFocus(page.getByRole("dialog").getByLabel("Name"));
    await page.keyboard.press("Escape");
    await expectFocus(make);
    await tabTo(page, page.getByRole("link", { name: "Users" }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Users" }).waitFor();
    await expectAccessibleInBoth(page, "users");
  });

  it("a table is a stop on the way only as long as it scrolls", async () => {
    await page.goto("/tokens");
    const stops = page.locator("main [tabindex='0']").filter({ has: page.getByRole("table") });
    await page.getByRole("table").waitFor();
    expect(await stops.count()).toBe(0);
    await page.setViewportSize({ width: 600, height: 900 });
    await stops.waitFor();
    await page.setViewportSize({ width: 1280, height: 900 });
    await stops.waitFor({ state: "detached" });
  });

  it("the menu of the user opens, is gone through, and gives the focus back", async () => {
    const user = page.getByRole("button", { name: ADMIN.name });
    await tabTo(page, user);
    await page.keyboard.press("Enter");
    await expectFocus(page.getByRole("menuitemradio", { name: "As the system" }));
    await expectAccessibleInBoth(page, "menu of the user");
    await page.keyboard.press("ArrowDown");
    await expectFocus(page.getByRole("menuitemradio", { name: "Light" }));
    await page.keyboard.press("Escape");
    await expectFocus(user);
  });

  it("the wizard goes forth and back, and keeps what was typed", async () => {
    await page.goto("/activations/new/ibexa");
    await tabTo(page, page.getByLabel("Name"));
    await page.keyboard.type("Our Ibexa");
    await tabTo(page, page.getByRole("button", { name: "Next" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByLabel("Base URL"));
    await tabTo(page, page.getByRole("button", { name: "Back", exact: true }));
    await page.keyboard.press("Enter");
    await page.getByLabel("Name").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("Our Ibexa");
    expect(shop.failures).toEqual([]);
  });
});

describe("the pages", () => {
  it("are readable in both schemes, empty", async () => {
    for (const path of ["/", "/activations", "/activations/new", "/tokens", "/audit", "/settings"]) {
      await expectAccessiblePage(page, path);
    }
  });
});
