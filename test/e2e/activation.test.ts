import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, expectAccessibleInBoth, expectAccessiblePage } from "./harness/accessible.ts";
import {
  CREDENTIALS,
  type Installation,
  SEGMENT_GROUP,
  startInstallation,
  USERS,
} from "./harness/installation.ts";
import { expectFocus } from "./harness/keyboard.ts";
import { expectSeenWhenNarrow } from "./harness/room.ts";

/** More than the guard lets go at once without asking. */
const PEOPLE = 60;
/** So long Ibexa asks to be left alone: long enough to look at the pages before a run gives up. */
const RETRY_AFTER_S = 4;
const AUDIENCES = [
  { kind: "audience", id: "a0000001", name: "Everybody", rule: { everyone: true } },
  { kind: "audience", id: "a0000002", name: "Everybody else", rule: { everyone: true } },
  { kind: "audience", id: "a0000003", name: "Held people", rule: { everyone: true } },
] as const;

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
  await shop.define(...USERS, ...AUDIENCES, {
    kind: "activation",
    id: "shop",
    name: "Shop",
    type: "ibexa",
    personIdentifier: "userid",
    settings: shop.settings,
    audiences: AUDIENCES.map(({ id }) => id),
  });
  await shop.takeIn("users", `id\n${Array.from({ length: PEOPLE }, (_, at) => `${100 + at}\n`).join("")}`);
});
afterAll(() => shop?.close());

const focused = () => page.locator("button:focus").textContent();
const sizeOf = (audience: string) =>
  shop.sandbox.segments().find(({ identifier }) => identifier === audience)?.size;

describe("the Ibexa step tells what Ibexa answers", () => {
  it("when the credentials are wrong, with what to do", async () => {
    await page.goto("/activations/new/ibexa");
    await page.getByLabel("Name").fill("Another one");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByLabel("Client Secret").fill("not-the-secret");
    await page.getByLabel("Client Id").fill(CREDENTIALS.clientId);
    await page.getByLabel("Base URL").fill(shop.sandbox.webhookUrl);
    await page.getByLabel("Segment Group Identifier").fill(SEGMENT_GROUP);
    await page.getByRole("button", { name: "Test connection" }).click();
    await page.getByText("Ibexa answered 401", { exact: false }).first().waitFor();
    await expectAccessible(page, "a connection that fails");
  });

  it("when they are right, and claims nothing that Ibexa hasn’t answered", async () => {
    await page.getByLabel("Client Secret").fill(CREDENTIALS.clientSecret);
    await page.getByRole("button", { name: "Test connection" }).click();
    await page.getByText("not verified with your Ibexa", { exact: false }).first().waitFor();
  });

  it("when the address ends in a slash, and puts the remedy in by a button", async () => {
    await page.getByLabel("Base URL").fill(`${shop.sandbox.webhookUrl}/`);
    await page.getByRole("button", { name: "Use this" }).click();
    expect(await page.getByLabel("Base URL").inputValue()).toBe(shop.sandbox.webhookUrl);
  });

  it("makes credentials that nobody knows", async () => {
    await page.getByRole("button", { name: "Generate a Client Id" }).click();
    await expect.poll(() => page.getByLabel("Client Id").inputValue()).not.toBe(CREDENTIALS.clientId);
  });
});

describe("an activation", () => {
  it("is told by its numbers, each a list of people", async () => {
    await page.goto("/activations/shop");
    await page.getByText("Up to date.").waitFor();
    await page.getByRole("link", { name: `Accepted by Ibexa ${3 * PEOPLE}` }).click();
    await page.getByRole("heading", { name: "Accepted by Ibexa" }).waitFor();
    await page.getByLabel("Search by userid").fill("101");
    await page.getByRole("cell", { name: "101", exact: true }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Shop" }).waitFor();
  });

  it("runs when it is told to, and its syncs say why", async () => {
    await page.getByRole("tab", { name: "Syncs" }).click();
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByRole("cell", { name: "By hand" }).first().waitFor();
    await page.reload();
    await page.getByRole("cell", { name: "By hand" }).first().waitFor();
  });

  it("takes an audience’s people out before it is removed", async () => {
    await page.getByRole("tab", { name: "Audiences" }).click();
    await page.getByRole("button", { name: "Remove Everybody", exact: true }).click();
    await page.getByText(`Take ${PEOPLE} people out first`, { exact: false }).waitFor();
    await expectAccessible(page, "removing an audience");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused()).toBe("Remove");
    await page.getByRole("button", { name: "Remove Everybody", exact: true }).click();
    await page.getByRole("button", { name: "Remove audience" }).click();
    await page.getByRole("cell", { name: "Everybody", exact: true }).waitFor({ state: "detached" });
    await expect.poll(() => sizeOf("a0000001") ?? 0, { timeout: 20_000 }).toBe(0);
  });

  it("leaves them where they are when that was chosen", async () => {
    await page.getByRole("button", { name: "Remove Everybody else" }).click();
    await page.getByRole("radio", { name: "Leave them" }).check();
    await page.getByRole("button", { name: "Remove audience" }).click();
    await page.getByRole("cell", { name: "Everybody else", exact: true }).waitFor({ state: "detached" });
    expect(sizeOf("a0000002")).toBe(PEOPLE);
  });

  it("holds removals that would empty a segment until somebody decides", async () => {
    await shop.define({ ...AUDIENCES[2], rule: { not: { everyone: true } } });
    await page.getByRole("button", { name: "Run now" }).click();
    // Where a run that is under way knows the earlier rule, this one follows it.
    await page.getByText(`${PEOPLE} people would be taken out of “Held people”`, { exact: false }).waitFor();
    expect(sizeOf("a0000003")).toBe(PEOPLE);
    await expectAccessible(page, "held removals");
    await page.getByRole("button", { name: "Take them out" }).click();
    await expect.poll(() => sizeOf("a0000003"), { timeout: 20_000 }).toBe(0);
  });

  it("says before an audience is added who would join, and who can’t be sent", async () => {
    await page.getByRole("button", { name: "+ Add audiences" }).click();
    await page.getByRole("checkbox", { name: "Everybody", exact: true }).check();
    await page.getByRole("button", { name: "Apply" }).click();
    const dialog = page.getByRole("dialog", { name: "Add 1 audience" });
    const row = dialog.getByRole("row", { name: /^Everybody / });
    await row.waitFor();
    expect(await row.getByRole("cell").allTextContents()).toEqual([
      "Everybody",
      expect.stringMatching(new RegExp(`^${PEOPLE}100, 101, 102, 103, 104 and ${PEOPLE - 5} more$`)),
      "0",
      "0",
      "0",
    ]);
    await expectAccessible(page, "adding an audience");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await focused()).toBe("+ Add audiences");
    expect(await page.getByRole("cell", { name: "Everybody", exact: true }).count()).toBe(0);
  });

  it("syncs once more where it is asked while a sync is under way, and says so", async () => {
    // The sync is under way until the fault is taken away.
    const held = shop.sandbox.addFault({
      kind: "latency",
      ms: 3_600_000,
      match: { action: "membershipChanges" },
    });
    await page.getByRole("button", { name: "+ Add audiences" }).click();
    await page.getByRole("checkbox", { name: "Everybody", exact: true }).check();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("button", { name: "Add 1 audience" }).click();
    await page.getByRole("status").getByText("Sending", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Run now" }).click();
    const told = page.getByRole("status").getByText("One more sync follows this one.");
    await told.waitFor();
    await expectAccessible(page, "one more sync");
    // What is left for that one: a sync with nothing to do may be forgotten.
    await shop.define(AUDIENCES[2]);
    shop.sandbox.removeFault(held);
    await told.waitFor({ state: "detached" });
    await expect.poll(() => sizeOf("a0000001"), { timeout: 20_000 }).toBe(PEOPLE);
    await page.getByRole("tab", { name: "Syncs" }).click();
    const byHand = page.getByRole("row").filter({ hasText: "By hand" }).first();
    const joined = byHand.getByRole("cell").nth(3);
    await expect.poll(() => joined.textContent(), { timeout: 20_000 }).toBe(String(PEOPLE));
    await page.getByRole("tab", { name: "Audiences" }).click();
  });

  it("keeps a history of who changed what", async () => {
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByRole("cell", { name: "Decided on held removals" }).waitFor();
    await page.getByRole("button", { name: "Before and after" }).nth(1).click();
    await page.getByText("After", { exact: true }).first().waitFor();
  });

  it("sends one test person from a dialog, by keyboard", async () => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Send one test person" }).click();
    await expectFocus(page.getByLabel("Id of a test person"));
    await page.keyboard.type("100");
    const dialog = page.getByRole("dialog", { name: "Send one test person" });
    // A sync that begins by itself may have the activation for a moment: the dialog says so, and one tries again.
    const through = async (act: () => Promise<void>, isDone: () => boolean | Promise<boolean>) => {
      await act();
      const isThrough = async () => {
        if (await dialog.getByText("A run of Shop is under way.").isVisible()) await act();
        return isDone();
      };
      await expect.poll(isThrough, { timeout: 20_000 }).toBe(true);
    };
    const sent = dialog.getByText("In the test segment now: 100");
    await through(
      () => page.keyboard.press("Enter"),
      () => sent.isVisible(),
    );
    await through(
      () => dialog.getByRole("button", { name: "Take out again" }).click(),
      () => !shop.sandbox.segmentsOf("100").includes("peregrine-test-shop"),
    );
    await sent.waitFor({ state: "detached" });
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
  });

  it("is offered on an audience’s page with those who would be sent, and not with all who belong", async () => {
    await shop.define(
      { kind: "identifier", id: "mail", normalise: ["trim"], priority: 90, limit: "one" },
      {
        kind: "schema",
        id: "readers",
        parent: "PersonalData",
        personIdentifier: "mail",
        columns: [{ name: "mail", type: "text", identifier: "mail" }],
      },
      { kind: "dataflow", id: "readers", schema: "readers", map: { mail: "mail" } },
      { kind: "audience", id: "a0000004", name: "Not sent yet", rule: { everyone: true } },
    );
    expect(await shop.takeIn("readers", "mail\na@example.com\nb@example.com\n")).toBe("published");
    await page.goto("/audiences/a0000004");
    await page.getByRole("button", { name: "Add to an activation" }).click();
    const dialog = page.getByRole("dialog", { name: "Add to an activation" });
    await dialog.getByRole("radio", { name: "Shop" }).check();
    const row = dialog.getByRole("row", { name: /^Not sent yet / });
    await row.waitFor();
    expect(await row.getByRole("cell").allTextContents()).toEqual([
      "Not sent yet",
      expect.stringMatching(new RegExp(`^${PEOPLE}100, `)),
      "0",
      "0",
      "2",
    ]);
    await expectAccessible(page, "adding to an activation");
    await page.goto("/activations/shop");
  });

  it("is duplicated without its secret", async () => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Duplicate" }).click();
    expect(await page.getByLabel("Name").inputValue()).toBe("Shop (copy)");
    await page.getByRole("button", { name: "Next" }).click();
    expect(await page.getByLabel("Base URL").inputValue()).toBe(shop.sandbox.webhookUrl);
    expect(await page.getByLabel("Client Secret").inputValue()).toBe("");
  });

  it("is readable in both schemes, tab by tab", async () => {
    for (const tab of ["", "?tab=syncs", "?tab=refused", "?tab=settings", "?tab=history"]) {
      await expectAccessiblePage(page, `/activations/shop${tab}`);
    }
  });

  it("shows its numbers and what can be done in a narrow window, without scrolling sideways", async () => {
    await page.goto("/activations/shop");
    await expectSeenWhenNarrow(
      page,
      page.getByRole("columnheader", { name: "No userid" }),
      page.getByRole("button", { name: "Remove Everybody", exact: true }),
    );
  });

  it("is waited for on the overview as on its page, before any run has failed", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: /^\d+ activations? well$/ }).waitFor();
    const host = new URL(shop.sandbox.webhookUrl).host;
    const words = page.getByText(`Waiting for ${host}: Ibexa answered 503`);
    const fault = shop.sandbox.addFault({ kind: "status", status: 503, retryAfterSeconds: RETRY_AFTER_S });
    await shop.takeIn("users", "id\n900\n");
    await words.waitFor();
    await page.getByText("It is tried again.").waitFor();
    await page.getByRole("link", { name: /^0 of 1 activation well$/ }).waitFor();
    expect(await page.getByText("All is well").count()).toBe(0);
    expect(await page.getByText("“Shop” can’t be sent").count()).toBe(0);
    await expectAccessibleInBoth(page, "an overview that waits");
    await page.getByRole("region", { name: "Activations" }).getByRole("link", { name: "Shop" }).click();
    await words.waitFor();
    shop.sandbox.removeFault(fault);
    await words.waitFor({ state: "detached" });
    await page.goto("/");
    await page.getByRole("link", { name: /^1 activation well$/ }).waitFor();
  });

  it("is deleted by a button that says what becomes of its people, with numbers and nothing to type", async () => {
    await page.goto("/activations/shop");
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    const each = PEOPLE + 1;
    for (const { name } of [AUDIENCES[0], AUDIENCES[2]]) {
      await dialog.getByText(`${each} people in “${name}”`).waitFor();
    }
    await dialog
      .getByText(`${PEOPLE} people who were left in segments of removed audiences stay there.`)
      .waitFor();
    expect(await dialog.getByRole("textbox").count()).toBe(0);
    await dialog.getByRole("button", { name: `Take ${2 * each} people out and delete` }).waitFor();
    await dialog.getByRole("radio", { name: "Leave them" }).check();
    await dialog.getByText("Nothing here takes them out later.").waitFor();
    await expectAccessibleInBoth(page, "deleting an activation with its people left");
    await dialog.getByRole("button", { name: `Delete and leave ${2 * each} people` }).click();
    await page.getByText("Nothing is sent anywhere yet").waitFor();
    expect(sizeOf("a0000001")).toBe(each);
    expect(shop.failures).toEqual([]);
  });
});
