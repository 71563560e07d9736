import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth, expectAccessiblePage } from "./harness/accessible.ts";
import { type Installation, startInstallation } from "./harness/installation.ts";
import { takeInShopUsers } from "./harness/shop-users.ts";

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
  await takeInShopUsers(shop);
});
afterAll(() => shop?.close());

describe("a person", () => {
  it("finds a person by any identifier and shows them", async () => {
    await shop.define({
      kind: "audience",
      id: "5d822e81",
      name: "Big spenders",
      rule: { have: { attribute: "revenue", moreThan: 1000 } },
    });
    await page.goto("/profiles");
    await page.getByLabel("Find a person").fill("USER7@example.com");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(({ searchParams }) => searchParams.get("q") === "USER7@example.com");
    await page.getByRole("link", { name: "User 7" }).click();
    await page.getByRole("heading", { name: "User 7" }).waitFor();
    await page.getByRole("cell", { name: "user7@example.com" }).waitFor();
    await page.getByText("no activation sends this person anywhere").waitFor();
    await page.getByRole("combobox", { name: "Audience" }).click();
    await page.getByRole("option", { name: "Big spenders" }).click();
    await page.getByText("The rule does not hold").waitFor();
    await expectAccessibleInBoth(page, "profile");
  });

  it("deletes a person, after saying what that does", async () => {
    await page.goto("/profiles?q=userid:130");
    await page.getByRole("link", { name: "User 30" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Nothing about this person is sent any more").waitFor();
    await expectAccessibleInBoth(page, "deletion of a person");
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByText("It is done: nothing of this person is left.").waitFor();
    await page.goto("/profiles?q=userid:130");
    await page.getByText("Nobody has “userid:130”").waitFor();
  });

  it("lists whoever is being deleted, and removes one without waiting for a paused activation", async () => {
    const activation = (state: "active" | "paused") => ({
      kind: "activation",
      id: "shop",
      name: "Shop",
      type: "ibexa",
      state,
      personIdentifier: "userid",
      settings: shop.settings,
      audiences: ["0e0e0e01"],
    });
    await shop.define(
      { kind: "audience", id: "0e0e0e01", name: "Everybody", rule: { everyone: true } },
      activation("active"),
    );
    await expect.poll(() => shop.sandbox.people("0e0e0e01").has("131"), { timeout: 30_000 }).toBe(true);
    await shop.define(activation("paused"));
    await page.goto("/profiles?q=userid:131");
    await page.getByRole("link", { name: "User 31" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("They are taken out of Everybody first.").waitFor();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByText("The activation is paused").waitFor();
    await page.getByRole("link", { name: "Deleted people" }).click();
    await page.getByRole("row", { name: /Being taken out of segments Shop/ }).waitFor();
    await page.getByRole("row", { name: /Gone/ }).waitFor();
    await expectAccessibleInBoth(page, "deleted people");
    await page
      .getByRole("row", { name: /Being taken out/ })
      .getByRole("link")
      .click();
    await page.getByRole("button", { name: "Remove without waiting" }).click();
    await page.getByText("They stay in the segments of Everybody in Ibexa").waitFor();
    await expectAccessibleInBoth(page, "removing without waiting");
    await page.getByRole("button", { name: "Remove now" }).click();
    await page.getByText("It is done: nothing of this person is left.").waitFor();
  });
});

describe("the identifier of people", () => {
  it("says whether the identifier is right", async () => {
    await page.goto("/identifiers/userid");
    await page.getByText("58 of 58 profiles have one.").waitFor();
    await page.getByRole("button", { name: "Make the report" }).click();
    await page.getByText("1 row of people have no userid").waitFor();
  });

  it("tells two people who change the same identifier, and lets them decide", async () => {
    await page.goto("/identifiers/userid");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Name").fill("Id of the user");
    const { definition } = await shop.call<{ definition: object }>("GET", "/definitions/identifier/userid");
    await shop.define({ ...definition, blocked: ["4711"] });
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await form.getByText("Somebody else saved this identifier while you were editing").waitFor();
    await form.getByRole("button", { name: "See what they changed" }).click();
    await form.getByText("4711").first().waitFor();
    await expectAccessibleInBoth(page, "an identifier that somebody else has saved");
    await form.getByRole("button", { name: "Save mine over it" }).click();
    await page.getByRole("heading", { name: "Id of the user", level: 1 }).waitFor();
    await form.waitFor({ state: "detached" });
  });

  it("every page of people is readable in light and in dark, and nothing broke", async () => {
    for (const place of ["/identifiers/userid", "/profiles?q=100", "/profiles/1", "/deletions"]) {
      await expectAccessiblePage(page, place);
    }
    expect(shop.failures).toEqual([]);
  });
});
