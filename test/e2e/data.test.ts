import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth, expectAccessiblePage } from "./harness/accessible.ts";
import type { Window } from "./harness/browser.ts";
import { type Installation, startInstallation } from "./harness/installation.ts";
import { expectFocus, tabTo } from "./harness/keyboard.ts";

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

const file = (name: string, text: string) => ({
  name,
  mimeType: "text/csv",
  buffer: Buffer.from(text, "latin1"),
});

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

  it("shows how the file was recognised, and takes corrections", async () => {
    await page.locator("input[type=file]").setInputFiles(file("users.csv", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
    await page.getByText("The file is a picture.").waitFor();
    await page.getByText("Send comma-separated text in UTF-8", { exact: false }).waitFor();
    await page.locator("input[type=file]").setInputFiles(file("users.csv", USERS));
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
    await page.locator("input[type=file]").setInputFiles(file("users.csv", USERS));
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
  });
});

describe("what is there afterwards", () => {
  it("notices the same file, and says so", async () => {
    await page.goto("/dataflows/shop-users");
    await page.locator("input[type=file]").setInputFiles(file("again.csv", USERS));
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

  it("goes on with a copy, whose mapping stands for the file that is chosen", async () => {
    await page.goto("/dataflows/shop-users");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Clone …" }).click();
    await page.getByRole("button", { name: "Clone", exact: true }).click();
    await page.getByRole("link", { name: "Continue setting up" }).click();
    await page.getByText("Not stored yet: the file, and what you change now").waitFor();
    const [taken] = await Promise.all([
      page.waitForResponse((response) => response.url().includes("/api/v1/samples?")),
      page.locator("input[type=file]").setInputFiles(file("users.csv", USERS)),
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
    await page.locator("input[type=file]").setInputFiles(file("users.csv", USERS));
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

  it("tells once what a file with other columns lacks, and that it needs somebody", async () => {
    await page.goto("/dataflows/shop-users");
    await page
      .locator("input[type=file]")
      .setInputFiles(file("other.csv", "id;mail;name\n1;x@example.com;X\n"));
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
