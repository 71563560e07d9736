import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth } from "./harness/accessible.ts";
import type { Window } from "./harness/browser.ts";
import { type Installation, startInstallation } from "./harness/installation.ts";
import { expectFocus, tabTo } from "./harness/keyboard.ts";
import { csvFile, SHOP_USERS } from "./harness/shop-users.ts";

const SUM = "64rows read=60about people+1left out+1naming nobody+2refused";

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
});
afterAll(() => shop?.close());

describe("a new installation", () => {
  it("has an overview that asks for nothing that isn't there", async () => {
    const missing: string[] = [];
    page.on("response", (response) => {
      if (response.status() === 404) missing.push(response.url());
    });
    await page.goto("/");
    await page.getByText("Bring your people in").waitFor();
    expect(missing).toEqual([]);
  });
});

describe("a file with broken rows, through the five stages", () => {
  it("begins at the empty list with one button", async () => {
    await page.goto("/dataflows");
    await page.getByText("No data comes in yet").waitFor();
    await expectAccessibleInBoth(page, "dataflows, empty");
    await page.getByRole("link", { name: "New dataflow" }).click();
    await page.getByLabel("Name").fill("Shop users");
    // One stop for all cards of a question; arrows choose.
    await tabTo(page, page.getByRole("radio", { name: "People", exact: true }));
    await page.keyboard.press("ArrowRight");
    await expectFocus(page.getByRole("radio", { name: "What people do" }));
    expect(await page.getByRole("radio", { name: "What people do" }).isChecked()).toBe(true);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Tab");
    await expectFocus(page.getByRole("combobox", { name: "Schema" }));
    await expectAccessibleInBoth(page, "general information");
    await page.getByRole("button", { name: "Next" }).click();
  });

  it("says what is wrong with a file that can’t be read, and claims nothing of its rows", async () => {
    const name = "cut-off.csv";
    await page.locator("input[type=file]").setInputFiles(csvFile(name, 'id,name\n1,"Ann\n'));
    await page.getByText("It can’t be read as it is.").waitFor();
    await page.getByText("is never closed").waitFor();
    expect(await page.getByText("0 rows").count()).toBe(0);
    expect(await page.getByRole("button", { name: "Next" }).isEnabled()).toBe(false);
    await expectAccessibleInBoth(page, "a file that can’t be read");
  });

  it("shows how the file was recognised, and takes corrections", async () => {
    await page
      .locator("input[type=file]")
      .setInputFiles(csvFile("users.csv", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
    await page.getByText("The file is a picture.").waitFor();
    await page.getByText("Send comma-separated text in UTF-8", { exact: false }).waitFor();
    await page.locator("input[type=file]").setInputFiles(csvFile("users.csv", SHOP_USERS));
    await page.getByRole("cell", { name: "user0@Example.com" }).waitFor();
    await expectAccessibleInBoth(page, "file");
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
    await expectAccessibleInBoth(page, "file mapping");
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
    await expectAccessibleInBoth(page, "transform and map");
    await page.getByRole("button", { name: "Next" }).click();
  });

  it("says before what all rows become, activates and imports", async () => {
    await page.getByText("The rows name 60 people").waitFor();
    const rows = page.getByRole("region", { name: "Rows" });
    expect(await rows.textContent()).toBe(`${SUM}60 profiles would be new`);
    await expectAccessibleInBoth(page, "activate");
    // The page was loaded again since, so the file is asked for once more, before anything is activated.
    await page.getByRole("note", { name: "The file is missing" }).waitFor();
    await page.getByRole("button", { name: "Activate without importing" }).waitFor();
    await page.locator("input[type=file]").setInputFiles(csvFile("users.csv", SHOP_USERS));
    await page.getByText("One import of users.csv").waitFor();
    // What was activated is no draft, also while its file can't be sent.
    await page.route("**/dataflows/shop-users/imports*", (route) => route.abort());
    await page.getByRole("button", { name: "Activate and import" }).click();
    await page.getByText("The dataflow is active. The file didn’t arrive for certain.").waitFor();
    await page.getByRole("heading", { level: 1, name: "Set up: Shop users" }).waitFor();
    expect(await page.getByRole("note", { name: "What is stored" }).count()).toBe(0);
    await expectAccessibleInBoth(page, "activated, and the file is not sent");
    await page.goBack();
    await page.waitForURL("**step=activate&dataflow=shop-users");
    await page.getByText("The dataflow is active. The file didn’t arrive for certain.").waitFor();
    await page.unrouteAll({ behavior: "wait" });
    await page.locator("input[type=file]").setInputFiles(csvFile("users.csv", SHOP_USERS));
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

describe("a stream that was left before it was activated", () => {
  let editor: Window;
  const sendDrafts = async (streamId: string, ...rows: readonly object[]) => {
    const answer = await fetch(`${shop.server.url}/stream/1`, {
      method: "POST",
      headers: { "x-streamid": streamId, "x-isdraft": "true", "content-type": "application/json" },
      body: JSON.stringify(rows),
    });
    expect(answer.status).toBe(200);
  };
  let id = "";
  beforeAll(async () => {
    editor = await shop.openWindow("editor");
  });

  it("is offered to be gone on with where dataflows are, and waits for its first rows", async () => {
    await page.goto("/dataflows/new");
    await page.getByLabel("Name").fill("Shop stream");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("radio", { name: "Receive a stream" }).click();
    await page.getByText("Nothing is stored yet").waitFor();
    await page.getByRole("button", { name: "Make a stream id" }).click();
    id =
      (await page.getByRole("region", { name: "Stream id", exact: true }).locator("pre").textContent()) ?? "";
    expect(new URL(page.url()).search).toContain("dataflow=shop-stream");
    await page.goto("/dataflows");
    await page.getByRole("link", { name: "Continue setting up Shop stream" }).click();
    await page.getByText("Waiting for the first rows").waitFor();
    await page.getByText("Stored: the draft, its stream id and the latest rows").waitFor();
    await expectAccessibleInBoth(page, "a stream that is gone on with");
    await page.goto("/dataflows/new");
    expect(await page.getByLabel("Name").inputValue()).toBe("");
  });

  it("is gone on with by somebody else, at the stage that its rows allow", async () => {
    await sendDrafts(
      id,
      { id: 501, email: "s1@example.com", name: "Stream One" },
      { id: 502, email: "s2@example.com", name: "Stream Two" },
    );
    await editor.page.goto("/dataflows/shop-stream");
    await editor.page.getByRole("link", { name: "Continue setting up" }).click();
    await editor.page.getByLabel("What name becomes").fill("called");
    await editor.page.reload();
    await editor.page.getByLabel("What name becomes").waitFor();
    expect(await editor.page.getByLabel("What name becomes").inputValue()).toBe("called");
    await editor.page.getByRole("button", { name: "Next" }).click();
    await editor.page.getByText("Stream One · Stream Two").waitFor();
    await editor.page.getByRole("button", { name: "Next" }).click();
    await editor.page.getByText("The rows name 2 people").waitFor();
    await editor.page.getByRole("button", { name: "Save as a draft" }).click();
    await editor.page.getByText("A draft: nothing enters profiles").waitFor();
  });

  it("opens where it was left, with the mapping that was saved, and is activated there", async () => {
    await editor.page.getByRole("link", { name: "Continue setting up" }).click();
    await editor.page.getByText("Stored: the draft with its mapping").waitFor();
    await editor.page.getByRole("button", { name: "Activate", exact: true }).waitFor();
    await editor.page.getByRole("button", { name: "File Mapping" }).click();
    await editor.page.getByLabel("What name becomes").waitFor();
    expect(await editor.page.getByLabel("What name becomes").inputValue()).toBe("called");
    await editor.page.goBack();
    await editor.page.getByRole("button", { name: "Activate", exact: true }).click();
    await editor.page.getByText("Ready for its first rows.").waitFor();
    await editor.page.goto("/dataflows/new?dataflow=shop-stream");
    await editor.page.getByText("It is set up: rows that come are taken in.").waitFor();
    expect(editor.failures).toEqual([]);
    expect(shop.failures).toEqual([]);
  });
});
