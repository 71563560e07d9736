import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, expectAccessiblePage } from "./harness/accessible.ts";
import { type Installation, startInstallation } from "./harness/installation.ts";

/** Sixty people; two rows are broken, one is a test, one names nobody. */
const USERS = [
  "id;e-mail;name;joined;spent",
  ...Array.from(
    { length: 60 },
    (_, at) => `${100 + at};user${at}@Example.com;User ${at};2025-03-${10 + (at % 20)};${at},50`,
  ),
  "200;broken@example.com;Broken;31.02.2025;1,00",
  "201;wrong@example.com;Wrong;2025-03-01;many",
  "202;test@example.com;Test;2025-03-01;1,00",
  ";;Nobody;2025-03-01;1,00",
].join("\n");

const SUM = "64rows read=60about people+1left out+1naming nobody+2refused";

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
});
afterAll(() => shop?.close());

const file = (name: string, text: string) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

describe("a file with broken rows, through the five stages", () => {
  it("begins at the empty list with one button", async () => {
    await page.goto("/dataflows");
    await page.getByText("No data comes in yet").waitFor();
    await expectAccessible(page, "dataflows, empty");
    await page.getByRole("link", { name: "New dataflow" }).click();
    await page.getByLabel("Name").fill("Shop users");
    await expectAccessible(page, "general information");
    await page.getByRole("button", { name: "Next" }).click();
  });

  it("shows how the file was recognised, and takes corrections", async () => {
    await page.locator("input[type=file]").setInputFiles(file("users.csv", USERS));
    await page.getByRole("cell", { name: "user0@Example.com" }).waitFor();
    await expectAccessible(page, "file");
    await page.getByRole("combobox", { name: "Between cells" }).click();
    await page.getByRole("option", { name: "Comma" }).click();
    await page.getByRole("columnheader", { name: "id;e-mail" }).waitFor();
    await page.getByRole("combobox", { name: "Between cells" }).click();
    await page.getByRole("option", { name: "Semicolon" }).click();
    await page.getByRole("columnheader", { name: "e-mail", exact: true }).waitFor();
    await page.getByRole("button", { name: "Next" }).click();
  });

  it("proposes the mapping with reasons, and keeps what was changed over a reload", async () => {
    await page.getByText("By its name it holds the identifier").first().waitFor();
    await page.getByLabel("What spent becomes").fill("revenue");
    await expectAccessible(page, "file mapping");
    await page.reload();
    await page.getByLabel("What spent becomes").waitFor();
    expect(await page.getByLabel("What spent becomes").inputValue()).toBe("revenue");
    await page.getByRole("button", { name: "Next" }).click();
  });

  it("computes columns live, with faults at their field", async () => {
    await page.getByRole("button", { name: "Add a computed column" }).click();
    await page.getByLabel("Name of computed column 1").fill("initial");
    await page.getByLabel("Expression of computed column 1").fill("uper(name)");
    await page.getByText("uper").last().waitFor();
    await page.locator("[aria-invalid=true]").waitFor();
    expect(await page.getByRole("button", { name: "Next" }).isEnabled()).toBe(false);
    await page.getByLabel("Expression of computed column 1").fill("lower(name)");
    await page.getByText("user 0 · user 1 · user 2").waitFor();
    await page.getByLabel("Leave out rows where").fill('name = "Test"');
    await page.locator("[aria-invalid=true]").waitFor({ state: "detached" });
    await expectAccessible(page, "transform and map");
    await page.getByRole("button", { name: "Next" }).click();
  });

  it("says before what all rows become, activates and imports", async () => {
    await page.getByText("The rows name 60 people").waitFor();
    const rows = page.getByRole("region", { name: "Rows" });
    expect(await rows.textContent()).toBe(`${SUM}60 profiles would be new`);
    await expectAccessible(page, "activate");
    // The page was loaded again since, so the file is asked for once more.
    await page.getByRole("button", { name: "Activate and import" }).click();
    await page.locator("input[type=file]").setInputFiles(file("users.csv", USERS));
    await page.getByRole("heading", { name: "users.csv" }).waitFor();
    await page.getByText("It is imported").waitFor();
    expect(await rows.textContent()).toBe(`${SUM}60 new profiles`);
  });

  it("shows the refused rows with their reasons, and gives them as a file", async () => {
    await page.getByRole("cell", { name: "62", exact: true }).waitFor();
    await page.getByText("201;wrong@example.com;Wrong;2025-03-01;many").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download as CSV" }).click(),
    ]);
    const text = readFileSync(await download.path(), "utf8");
    expect(text.split("\r\n").map((line) => line.split(",")[0])).toEqual(["line", "62", "63", ""]);
  });
});

describe("what is there afterwards", () => {
  it("notices the same file, and says so", async () => {
    await page.goto("/dataflows/shop-users");
    await page.locator("input[type=file]").setInputFiles(file("again.csv", USERS));
    await page.getByText("The same file was imported before").waitFor();
    await page.getByRole("link", { name: "import 1" }).waitFor();
  });

  it("pauses a dataflow and resumes it", async () => {
    await page.goto("/dataflows/shop-users");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused: what comes is kept").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Up to date.").waitFor();
  });

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
    expect(new URL(page.url()).searchParams.get("q")).toBe("USER7@example.com");
    await page.getByRole("link", { name: "User 7" }).click();
    await page.getByRole("heading", { name: "User 7" }).waitFor();
    await page.getByRole("cell", { name: "user7@example.com" }).waitFor();
    await page.getByText("no activation sends this person anywhere").waitFor();
    await page.getByRole("combobox", { name: "Audience" }).click();
    await page.getByRole("option", { name: "Big spenders" }).click();
    await page.getByText("The rule does not hold").waitFor();
    await expectAccessible(page, "profile");
  });

  it("deletes a person, after saying what that does", async () => {
    await page.goto("/profiles?q=userid:130");
    await page.getByRole("link", { name: "User 30" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Nothing about this person is sent any more").waitFor();
    await expectAccessible(page, "deletion of a person");
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
    await expectAccessible(page, "deleted people");
    await page
      .getByRole("row", { name: /Being taken out/ })
      .getByRole("link")
      .click();
    await page.getByRole("button", { name: "Remove without waiting" }).click();
    await page.getByText("They stay in the segments of Everybody in Ibexa").waitFor();
    await expectAccessible(page, "removing without waiting");
    await page.getByRole("button", { name: "Remove now" }).click();
    await page.getByText("It is done: nothing of this person is left.").waitFor();
  });

  it("says whether the identifier is right", async () => {
    await page.goto("/identifiers/userid");
    await page.getByText("58 of 58 profiles have one.").waitFor();
    await page.getByRole("button", { name: "Make the report" }).click();
    await page.getByText("1 row of people have no userid").waitFor();
  });

  it("every page is readable in light and in dark, and nothing broke", async () => {
    for (const place of [
      "/dataflows",
      "/dataflows/shop-users?tab=mapping",
      "/imports/1",
      "/schemas/shop-users",
      "/identifiers/userid",
      "/profiles?q=100",
      "/profiles/1",
      "/deletions",
    ]) {
      await expectAccessiblePage(page, place);
    }
    expect(shop.failures).toEqual([]);
  });
});
