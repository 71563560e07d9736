import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth, expectAccessiblePage } from "./harness/accessible.ts";
import { type Installation, startInstallation, USERS } from "./harness/installation.ts";

const PEOPLE = 6;
const AUDIENCES = [
  { kind: "audience", id: "b0000001", name: "Everybody", rule: { everyone: true } },
  { kind: "audience", id: "b0000002", name: "Everybody else", rule: { everyone: true } },
] as const;

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
  shop.sandbox.addFault({ kind: "status", status: 422, match: { person: "102" } });
  await shop.define(...USERS, ...AUDIENCES, {
    kind: "activation",
    id: "shop",
    name: "Shop",
    type: "ibexa",
    personIdentifier: "userid",
    settings: shop.settings,
    audiences: [AUDIENCES[0].id],
  });
  await shop.takeIn("users", `id\n${Array.from({ length: PEOPLE }, (_, at) => `${100 + at}\n`).join("")}`);
});
afterAll(() => shop?.close());

describe("an activation in trouble", () => {
  it("tells for each sync how many joined and left, and why people were refused, with what to do", async () => {
    await page.goto("/activations/shop?tab=syncs");
    await page.getByRole("button", { name: "1 person refused: show why" }).first().click();
    const reason = page.getByRole("listitem").filter({ hasText: "1 person" });
    await reason.waitFor();
    expect(await reason.textContent()).toMatch(/^1 person: .*422/);
    expect(await page.getByRole("columnheader").allInnerTexts()).toEqual([
      "When",
      "Why",
      "Result",
      "Joined",
      "Left",
      "Refused",
      "Requests",
      "Duration",
    ]);
    await expectAccessibleInBoth(page, "reasons of a sync");
  });

  it("says what Ibexa answered, what to do, and since when something is unsent", async () => {
    const fault = shop.sandbox.addFault({ kind: "status", status: 401 });
    await shop.takeIn("users", "id\n900\n");
    await page.goto("/activations/shop");
    await page.getByText("The last run failed", { exact: true }).waitFor();
    await page.getByText("Client Id and Client Secret must equal", { exact: false }).first().waitFor();
    expect(await page.getByText("`.env`", { exact: false }).count()).toBe(0);
    await page.getByText("Nothing was lost.", { exact: false }).first().waitFor();
    await page.getByText("oldest unsent change").waitFor();
    await expectAccessiblePage(page, "/activations/shop");
    await page.goto("/");
    await page.getByText("oldest unsent change").waitFor();
    await page.getByText("“Shop” can’t be sent").waitFor();
    await page.goto("/activations");
    await page.getByRole("columnheader", { name: "Oldest unsent change" }).waitFor();
    shop.sandbox.removeFault(fault);
    await page.goto("/activations/shop");
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByText("oldest unsent change").waitFor({ state: "detached" });
  });

  it("that isn’t there says so, with the way to those that are", async () => {
    await page.goto("/activations/nothing");
    await page.getByRole("heading", { name: "This isn’t there" }).waitFor();
    await page.getByText("There is no activation", { exact: false }).waitFor();
    await expectAccessibleInBoth(page, "an unknown activation");
    await page.getByRole("link", { name: "All activations" }).click();
    await page.getByRole("link", { name: "Shop" }).waitFor();
  });
});

describe("two people who change the same activation", () => {
  it("are told, see what the other changed, and decide whose holds", async () => {
    await page.goto("/activations/shop?tab=settings");
    await page.getByLabel("Name").fill("Mine");
    const theirs = async (name: string) => {
      const other = await shop.call<{ version: number } & Record<string, unknown>>(
        "GET",
        "/activations/shop",
      );
      const { type, personIdentifier, settings, audiences } = other;
      await shop.call("PUT", `/activations/shop?version=${other.version}`, {
        name,
        type,
        personIdentifier,
        settings,
        audiences,
      });
    };
    await theirs("Theirs");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Somebody else saved this activation while you were editing").waitFor();
    await page.getByRole("button", { name: "See what they changed" }).click();
    await page.getByText("Theirs", { exact: true }).first().waitFor();
    await expectAccessibleInBoth(page, "an activation that two people change");
    await page.getByRole("button", { name: "Save mine over it" }).click();
    await page.getByRole("heading", { name: "Mine" }).waitFor();

    // A description that is emptied is gone.
    await page.getByLabel("Description").fill("For a moment");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("For a moment").first().waitFor();
    await page.getByLabel("Description").fill("");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator("main p", { hasText: "For a moment" }).waitFor({ state: "detached" });

    await page.getByLabel("Name").fill("Mine again");
    await theirs("Theirs again");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "Take theirs, drop mine" }).click();
    expect(await page.getByLabel("Name").inputValue()).toBe("Theirs again");
    await page.getByRole("heading", { name: "Theirs again" }).waitFor();
  });

  it("are told by the API too, by whom it was saved", async () => {
    const { type, personIdentifier, settings, audiences } = await shop.call<Record<string, unknown>>(
      "GET",
      "/activations/shop",
    );
    const body = { name: "Late", type, personIdentifier, settings, audiences };
    await expect(shop.call("PUT", "/activations/shop?version=1", body)).rejects.toThrow(
      /answered 409.*savedMeanwhile/s,
    );
    // The browser's console notes what the page that isn't there told.
    expect(shop.failures.filter((text) => !text.includes("There is no activation `nothing`"))).toEqual([]);
  });
});
