import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth, expectAccessiblePage } from "./harness/accessible.ts";
import { type Installation, startInstallation } from "./harness/installation.ts";
import { expectSeenWhenNarrow } from "./harness/room.ts";
import { csvFile, SHOP_USERS, takeInShopUsers } from "./harness/shop-users.ts";

/** A dataflow that nothing came by yet. */
const STREAM = [
  {
    kind: "schema",
    id: "shop-stream",
    name: "Shop stream",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "called", type: "text" },
    ],
  },
  {
    kind: "dataflow",
    id: "shop-stream",
    name: "Shop stream",
    schema: "shop-stream",
    map: { userid: "id", called: "name" },
  },
] as const;

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
  await takeInShopUsers(shop);
  await shop.define(...STREAM);
});
afterAll(() => shop?.close());

describe("a dataflow that people came by", () => {
  it("notices the same file, and says so", async () => {
    await page.goto("/dataflows/shop-users");
    await page.locator("input[type=file]").setInputFiles(csvFile("again.csv", SHOP_USERS));
    await page.getByText("The same file was imported before").waitFor();
    await page.getByRole("link", { name: "import 1" }).waitFor();
  });

  it("changes the mapping by rows that have come, and keeps what was typed over a reload", async () => {
    await page.goto("/dataflows/shop-users?tab=mapping");
    await page.getByText("holds for what is imported from now on").waitFor();
    await page.getByRole("link", { name: "Edit the mapping" }).click();
    await page.getByRole("region", { name: "Rows to look at" }).getByText("users.csv").waitFor();
    const save = page.getByRole("button", { name: "Save" });
    await page.getByText("Nothing is changed.").waitFor();
    expect(await page.getByLabel("Expression of computed column 1").inputValue()).toBe("lower(name)");
    await page.getByRole("button", { name: "Add a computed column" }).click();
    await page.getByLabel("Name of computed column 2").fill("shout");
    await page.getByLabel("Expression of computed column 2").fill("uper(name)");
    await page.locator("[aria-invalid=true]").waitFor();
    expect(await save.isEnabled()).toBe(false);
    await page.reload();
    await page.getByLabel("Expression of computed column 2").fill("upper(name)");
    await page.getByText("USER 0 · USER 1 · USER 2", { exact: true }).waitFor();
    await page.getByText("The rows name 60 people").waitFor();
    await expectAccessibleInBoth(page, "editing a mapping");
    await expectSeenWhenNarrow(
      page,
      page.getByRole("columnheader", { name: "Identifier", exact: true }),
      page.getByRole("button", { name: "Remove computed column 2" }),
    );
    await save.click();
    await page.getByRole("cell", { name: "upper(name)" }).waitFor();
    await page.getByRole("tab", { name: "Log" }).click();
    await page.getByText("Changed: map › shout").waitFor();
    const { items } = await shop.call<{ items: unknown[] }>("GET", "/audit?limit=1");
    expect(items).toMatchObject([
      { kind: "dataflow", subject: "shop-users", by: "Ada Admin", after: { map: { shout: "upper(name)" } } },
    ]);
  });

  it("tells two people who change the same mapping, and lets them decide", async () => {
    const change = async (patch: object) => {
      const { definition } = await shop.call<{ definition: { map: object } }>("GET", "/dataflows/shop-users");
      await shop.define({ ...definition, map: { ...definition.map, ...patch } });
    };
    await page.goto("/dataflows/shop-users/mapping");
    await page.getByLabel("Expression of computed column 2").fill("upper(trim(name))");
    await change({ initial: "substring(name, 1, 1)" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Somebody else saved this dataflow while you were editing").waitFor();
    await page.getByRole("button", { name: "See what they changed" }).click();
    await page.getByText("map › initial").waitFor();
    await expectAccessibleInBoth(page, "a mapping that two people change");
    await page.getByRole("button", { name: "Save mine over it" }).click();
    await page.getByRole("cell", { name: "upper(trim(name))" }).waitFor();
    await page.getByRole("cell", { name: "lower(name)" }).waitFor();
  });

  it("goes on with a copy, whose mapping stands for the file that is chosen", async () => {
    await page.goto("/dataflows/shop-users");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Clone …" }).click();
    await page.getByRole("button", { name: "Clone", exact: true }).click();
    await page.getByRole("link", { name: "Continue setting up" }).click();
    await page.getByText("Not stored yet: the file, and what you change now").waitFor();
    const [taken] = await Promise.all([
      page.waitForResponse((response) => response.url().includes("/api/v1/samples?")),
      page.locator("input[type=file]").setInputFiles(csvFile("users.csv", SHOP_USERS)),
    ]);
    const { id: sample } = await taken.json();
    await page.getByRole("cell", { name: "user0@Example.com" }).waitFor();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByLabel("What spent becomes").waitFor();
    expect(await page.getByLabel("What spent becomes").inputValue()).toBe("revenue");
    await page.getByRole("button", { name: "Next" }).click();
    expect(await page.getByLabel("Name of computed column 2").inputValue()).toBe("shout");
    // A sample is gone after a day: what was said stays, and other rows are asked for.
    await page.getByLabel("Expression of computed column 2").fill("lower(trim(name))");
    await shop.call("DELETE", `/samples/${sample}`);
    await page.reload();
    await page.getByRole("button", { name: "Choose a file" }).waitFor();
    await page.locator("input[type=file]").setInputFiles(csvFile("users.csv", SHOP_USERS));
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    expect(await page.getByLabel("Expression of computed column 2").inputValue()).toBe("lower(trim(name))");
  });

  it("pauses a dataflow and resumes it", async () => {
    await page.goto("/dataflows/shop-users");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused: what comes is kept").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Up to date.").waitFor();
  });

  it("tells once what a file with other columns lacks, and that it needs somebody", async () => {
    await page.goto("/dataflows/shop-users");
    await page
      .locator("input[type=file]")
      .setInputFiles(csvFile("other.csv", "id;mail;name\n1;x@example.com;X\n"));
    await page.getByRole("heading", { name: "other.csv" }).waitFor();
    const alert = page.getByRole("alert");
    await alert.getByText("It lacks").waitFor();
    const told = await alert.textContent();
    expect(told).toContain(
      "other columns than the dataflow “Shop users” reads. It lacks e-mail (is it mail?), joined, spent. Its columns are id, mail, name.",
    );
    expect(told?.split("Its columns are")).toHaveLength(2);
    expect(told).not.toContain("`");
    await alert.getByText("Where the mapping asks for it").click();
    await alert.getByText(/the file has no column e-mail\. Did you mean mail\?/).waitFor();
    await expectAccessibleInBoth(page, "an import of a file with other columns");
    await page.goto("/");
    const needs = page.getByRole("region", { name: "Needs you" });
    await needs.getByText("“other.csv” was refused").waitFor();
    await needs.getByRole("button", { name: "See why" }).click();
    await page.getByRole("heading", { name: "other.csv" }).waitFor();
  });

  it("deletes no dataflow that somebody else has just changed, unless told so", async () => {
    await page.goto("/dataflows");
    await page.getByRole("link", { name: "Shop stream" }).click();
    const ask = async () => {
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("menuitem", { name: "Delete …" }).click();
      await page.getByText("All that it has brought is withdrawn at once").waitFor();
    };
    const remove = page.getByRole("button", { name: "Delete", exact: true });
    await ask();
    const { definition } = await shop.call<{ definition: object }>("GET", "/dataflows/shop-stream");
    await shop.define({ ...definition, refuseAbove: 0.3 });
    await remove.click();
    await page.getByText("Somebody else saved this dataflow since you saw it").waitFor();
    await page.getByRole("button", { name: "See what they changed" }).click();
    await page.getByText("refuseAbove").waitFor();
    await expectAccessibleInBoth(page, "deleting a dataflow that somebody else has saved");
    await page.getByRole("button", { name: "Keep it" }).click();
    await remove.waitFor({ state: "detached" });
    await ask();
    // The list as it was is here: what was deleted is gone from it before it is asked for again.
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route("**/api/v1/dataflows", async (route) => {
      await answered;
      await route.continue();
    });
    await remove.click();
    await page.getByRole("heading", { name: "Dataflows", exact: true }).waitFor();
    expect(await page.getByRole("link", { name: "Shop stream" }).count()).toBe(0);
    answer();
    await page.unrouteAll({ behavior: "wait" });
    await page.getByRole("link", { name: "Shop stream" }).waitFor({ state: "detached" });
  });

  it("says what keeps a schema from being deleted, and deletes one that nothing fills", async () => {
    await page.goto("/schemas/shop-users");
    await page.getByRole("button", { name: "Delete …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("It is in use. Delete what fills it first").waitFor();
    await dialog.getByRole("link", { name: "Shop users", exact: true }).waitFor();
    expect(await dialog.getByRole("button", { name: "Delete", exact: true }).count()).toBe(0);
    await expectAccessibleInBoth(page, "a schema that is in use");
    const columns = [{ name: "sku", type: "text" }];
    await shop.define({ kind: "schema", id: "left-over", parent: "Catalog", columns });
    await page.goto("/schemas/left-over");
    await page.getByRole("button", { name: "Delete …" }).click();
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("heading", { name: "Schemas", exact: true }).waitFor();
    await page.getByRole("link", { name: "left-over" }).waitFor({ state: "detached" });
  });

  it("every page of data is readable in light and in dark, and nothing broke", async () => {
    for (const place of [
      "/dataflows",
      "/dataflows/shop-users?tab=mapping",
      "/imports/1",
      "/schemas/shop-users",
    ]) {
      await expectAccessiblePage(page, place);
    }
    expect(shop.failures).toEqual([]);
  });
});
