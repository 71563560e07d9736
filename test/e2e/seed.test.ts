import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth, expectAccessiblePage } from "./harness/accessible.ts";
import {
  ADMIN,
  CREDENTIALS,
  type Installation,
  SEGMENT_GROUP,
  SETUP_CODE,
  startInstallation,
  USERS,
} from "./harness/installation.ts";

const PEOPLE = 25;

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation({ isSetUp: false });
  ({ page } = shop);
});
afterAll(() => shop?.close());

describe("from an empty installation to people in a segment", () => {
  it("the set-up code makes the first administrator, who is signed in", async () => {
    await page.goto("/");
    await page.getByRole("heading", { name: "Set up Peregrine" }).waitFor();
    await expectAccessibleInBoth(page, "set-up");
    await page.getByLabel("Set-up code").fill("wrong-code");
    await page.getByLabel("Your name").fill(ADMIN.name);
    await page.getByLabel("E-mail address").fill(ADMIN.email);
    await page.getByLabel("Password").fill(ADMIN.password);
    await page.getByRole("button", { name: "Set up" }).click();
    await page.getByText("The set-up code is wrong or was used before").waitFor();
    await page.getByLabel("Set-up code").fill(SETUP_CODE);
    await page.getByRole("button", { name: "Set up" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByText("Bring your people in").waitFor();
    await expectAccessibleInBoth(page, "overview, empty");
    await page.getByRole("link", { name: "Activations" }).click();
    await page.getByText("Nothing is sent anywhere yet").waitFor();
  });

  it("Create New Activation → Ibexa warns that userid isn’t available, by the labels of the guide", async () => {
    await page.getByRole("link", { name: "Create New Activation" }).click();
    await page.getByText("Ibexa", { exact: true }).click();
    await page.getByText("userid isn’t available yet").waitFor();
    await expectAccessibleInBoth(page, "general information");
    await shop.define(...USERS, {
      kind: "audience",
      id: "5d822e81",
      name: "Everybody",
      rule: { everyone: true },
    });
    await page.reload();
    await page.getByText("No profile has a userid yet").waitFor();
  });

  it("counts how many profiles have one, as soon as they have", async () => {
    const rows = Array.from({ length: PEOPLE }, (_, at) => `${100 + at}\n`).join("");
    expect(await shop.takeIn("users", `id\n${rows}`)).toBe("published");
    await page.reload();
    await page.getByText(`${PEOPLE} of ${PEOPLE} profiles have a userid`).waitFor();
    expect(await page.getByText("userid isn’t available yet").count()).toBe(0);
  });

  it("the Ibexa step catches mistakes and puts the remedy in by a button", async () => {
    await page.getByLabel("Name").fill("Our Ibexa");
    await page.getByLabel("Description").fill("Segments of the shop");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByLabel("Client Secret").fill("abcdef");
    await page.getByLabel("Client Id").fill("123456");
    await page.getByText("anyone knows them").first().waitFor();
    await page.getByLabel("Base URL").fill(shop.sandbox.webhookUrl.replace("/cdp/webhook", ""));
    await page.getByRole("button", { name: "Use this" }).click();
    await page.getByText("looks like your site").waitFor({ state: "detached" });
    expect(await page.getByLabel("Base URL").inputValue()).toBe(shop.sandbox.webhookUrl);
    await expectAccessibleInBoth(page, "Ibexa information");
    const order = await page.locator("form label").allInnerTexts();
    expect(order.map((label) => label.replace(/\s*\*$/, "")).slice(0, 4)).toEqual([
      "Client Secret",
      "Client Id",
      "Base URL",
      "Segment Group Identifier",
    ]);
  });

  it("keeps what was typed over a reload, without the secret", async () => {
    await page.getByLabel("Segment Group Identifier").fill(SEGMENT_GROUP);
    await page.getByLabel("Client Id").fill(CREDENTIALS.clientId);
    await page.reload();
    await page.getByLabel("Base URL").waitFor();
    expect(await page.getByLabel("Client Secret").inputValue()).toBe("");
    expect(await page.getByLabel("Client Id").inputValue()).toBe(CREDENTIALS.clientId);
    const kept = await page.evaluate<string>("JSON.stringify({ ...sessionStorage, ...localStorage })");
    expect(kept).toContain(CREDENTIALS.clientId);
    expect(kept).not.toContain("abcdef");
    expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
    await page.getByLabel("Client Secret").fill(CREDENTIALS.clientSecret);
    await page.getByRole("button", { name: "Next" }).click();
  });

  it("+ Add audiences, Apply, Save brings everybody into the segment", async () => {
    await page.getByRole("button", { name: "+ Add audiences" }).click();
    await page.getByLabel("Everybody").check();
    await expectAccessibleInBoth(page, "add audiences");
    await page.getByRole("button", { name: "Apply" }).click();
    for (const column of [
      "Synchronization status",
      "Last synchronized",
      "Last checked for audience changes",
    ]) {
      await page.getByRole("columnheader", { name: column }).waitFor();
    }
    await expectAccessibleInBoth(page, "audiences");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: "Our Ibexa" }).waitFor();
    await page.getByText("Up to date.").waitFor();
    await page.getByRole("cell", { name: "Up to date" }).waitFor();
    const [segment] = shop.sandbox.segments();
    expect(segment).toMatchObject({ identifier: "5d822e81", name: "Everybody", size: PEOPLE });
    await expectAccessibleInBoth(page, "activation");
  });

  it("pauses, so that nothing is sent, and goes on", async () => {
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused: nothing is sent.").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Up to date.").waitFor();
  });

  it("is readable in light and in dark, and nothing on any page broke", async () => {
    const people = "/activations/our-ibexa/people?audience=5d822e81&state=accepted";
    for (const place of ["/", "/activations", "/activations/our-ibexa", people]) {
      await expectAccessiblePage(page, place);
    }
    expect(shop.failures).toEqual([]);
  });
});
