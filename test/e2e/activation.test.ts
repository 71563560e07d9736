import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, expectAccessiblePage } from "./harness/accessible.ts";
import {
  CREDENTIALS,
  type Installation,
  SEGMENT_GROUP,
  startInstallation,
  USERS,
} from "./harness/installation.ts";

/** More than the guard lets go at once without asking. */
const PEOPLE = 60;
/** Within a minute, and what the run itself takes. */
const NEXT_RUN_MS = 75_000;
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
    await page.getByRole("cell", { name: "Run now" }).first().waitFor();
    await page.reload();
    await page.getByRole("cell", { name: "Run now" }).first().waitFor();
  });

  it("takes an audience’s people out before it is removed", async () => {
    await page.getByRole("tab", { name: "Audiences" }).click();
    await page.getByRole("button", { name: "Remove Everybody", exact: true }).click();
    await page.getByText(`Take ${PEOPLE} people out first`, { exact: false }).waitFor();
    await expectAccessible(page, "removing an audience");
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
    // A run that was under way already knows the earlier rule; the next one comes within a minute.
    const question = page.getByText(`${PEOPLE} people would be taken out of “Held people”`, { exact: false });
    await question.waitFor({ timeout: NEXT_RUN_MS });
    expect(sizeOf("a0000003")).toBe(PEOPLE);
    await expectAccessible(page, "held removals");
    await page.getByRole("button", { name: "Take them out" }).click();
    await expect.poll(() => sizeOf("a0000003"), { timeout: 20_000 }).toBe(0);
  });

  it("keeps a history of who changed what", async () => {
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByRole("cell", { name: "Decided on held removals" }).waitFor();
    await page.getByRole("button", { name: "Before and after" }).nth(1).click();
    await page.getByText("After", { exact: true }).first().waitFor();
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

  it("is deleted by its name alone", async () => {
    await page.goto("/activations/shop");
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Type the activation’s name").fill("Shop");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText("Nothing is sent anywhere yet").waitFor();
    expect(shop.failures).toEqual([]);
  });
});
