import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectAccessibleInBoth } from "./harness/accessible.ts";
import {
  CREDENTIALS,
  type Installation,
  SEGMENT_GROUP,
  startInstallation,
  USERS,
} from "./harness/installation.ts";

const PEOPLE = 8;
const AUDIENCES = [
  { kind: "audience", id: "c0000001", name: "Sent already", rule: { everyone: true } },
  { kind: "audience", id: "c0000002", name: "New here", rule: { everyone: true } },
] as const;

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
});
afterAll(() => shop?.close());

/** Fills the four fields of the guide. */
async function fill(settings: Partial<Record<"secret" | "id" | "url" | "group", string>> = {}) {
  await page.getByLabel(/^Client Secret/).fill(settings.secret ?? CREDENTIALS.clientSecret);
  await page.getByLabel(/^Client Id/).fill(settings.id ?? CREDENTIALS.clientId);
  await page.getByLabel("Base URL").fill(settings.url ?? shop.sandbox.webhookUrl);
  await page.getByLabel("Segment Group Identifier").fill(settings.group ?? SEGMENT_GROUP);
}

async function test() {
  await page.getByRole("button", { name: "Test connection" }).click();
}

describe("userid", () => {
  it("isn’t available: the way to set it up is one click, and what was typed is kept", async () => {
    await page.goto("/activations/new/ibexa");
    await page.getByLabel("Name").fill("Our Ibexa");
    await page.getByText("userid isn’t available yet").waitFor();
    await page.getByRole("link", { name: "Set it up" }).click();
    await page.getByRole("heading", { level: 1, name: "dataflow" }).waitFor();
    await shop.define(...USERS, ...AUDIENCES, {
      kind: "activation",
      id: "shop",
      name: "Shop",
      type: "ibexa",
      personIdentifier: "userid",
      settings: shop.settings,
      audiences: [AUDIENCES[0].id],
    });
    await page.goto("/activations/new/ibexa");
    expect(await page.getByLabel("Name").inputValue()).toBe("Our Ibexa");
  });

  it("has come in no row yet: the way leads to the dataflow that brings it", async () => {
    await page.getByText("No profile has a userid yet").waitFor();
    await page.getByRole("link", { name: "Import users" }).click();
    await page.waitForURL("**/dataflows/users");
    await shop.takeIn("users", `id\n${Array.from({ length: PEOPLE }, (_, at) => `${100 + at}\n`).join("")}`);
    await page.goto("/activations/new/ibexa");
    await page.getByText(`${PEOPLE} of ${PEOPLE} profiles have a userid`).waitFor();
    await page.getByRole("button", { name: "Next" }).click();
  });
});

describe("each mistake of the Ibexa step is caught where it is made", () => {
  beforeEach(async () => {
    await fill();
  });

  it("the site’s address instead of the webhook’s", async () => {
    await page.getByLabel("Base URL").fill("https://shop.example");
    await page
      .getByText("This looks like your site’s address", { exact: false })
      .or(page.getByText("This looks like your site's address", { exact: false }))
      .waitFor();
    await page.getByRole("button", { name: "Use this" }).click();
    expect(await page.getByLabel("Base URL").inputValue()).toBe("https://shop.example/cdp/webhook");
  });

  it("http, on which everybody on the way can read the secret", async () => {
    await page.getByLabel("Base URL").fill("http://shop.example/cdp/webhook");
    await page.getByText("travel readable", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Use this" }).click();
    expect(await page.getByLabel("Base URL").inputValue()).toBe("https://shop.example/cdp/webhook");
  });

  it("no address at all, without a raw fault", async () => {
    await page.getByLabel("Base URL").fill("shop.example/cdp/webhook");
    await page.getByText("begins with https://", { exact: false }).waitFor();
  });

  it("the published example credentials, which are replaced by new ones; the secret stays hidden", async () => {
    await page.getByLabel(/^Client Secret/).fill("abcdef");
    await page.getByLabel(/^Client Id/).fill("123456");
    await page.getByText("anyone knows them", { exact: false }).waitFor();
    expect(await page.getByText("`123456`", { exact: false }).count()).toBe(0);
    await page.getByRole("button", { name: "Generate new" }).click();
    await page.getByText("anyone knows them", { exact: false }).waitFor({ state: "detached" });
    const secret = await page.getByLabel(/^Client Secret/).inputValue();
    expect(secret.length).toBeGreaterThan(16);
    const env = page.getByRole("region", { name: "Credentials" }).or(page.locator("section")).filter({
      hasText: "CDP_ACTIVATION_CLIENT_SECRET=",
    });
    await env.getByRole("button", { name: "Show secret" }).waitFor();
    expect(await env.first().textContent()).not.toContain(secret);
    await env.getByRole("button", { name: "Show secret" }).click();
    expect(await env.first().textContent()).toContain(secret);
    await expectAccessibleInBoth(page, "Ibexa information with a secret that is shown");
  });

  it("wrong credentials, with what to compare", async () => {
    await fill({ secret: "not-the-secret" });
    await test();
    await page.getByText("Client Id and Client Secret must equal", { exact: false }).waitFor();
  });

  it("a login page that answers 200 counts as nothing", async () => {
    const fault = shop.sandbox.addFault({ kind: "loginPage" });
    await test();
    await page.getByText("Nobody was counted as sent", { exact: false }).first().waitFor();
    shop.sandbox.removeFault(fault);
  });

  it("an address at which nothing is", async () => {
    await page
      .getByLabel("Base URL")
      .fill(shop.sandbox.webhookUrl.replace("/cdp/webhook", "/nowhere/cdp/webhook"));
    await test();
    await page.getByText("Check that the Base URL ends in", { exact: false }).first().waitFor();
  });

  it("a host that listens to nobody", async () => {
    await page.getByLabel("Base URL").fill("http://127.0.0.1:9/cdp/webhook");
    await test();
    await page.getByText("nothing listens at this port", { exact: false }).waitFor();
  });

  it("an address that leads on to another one", async () => {
    const location = "https://www.shop.example/cdp/webhook";
    const fault = shop.sandbox.addFault({ kind: "redirect", location });
    await test();
    await page.getByText(location, { exact: false }).first().waitFor();
    shop.sandbox.removeFault(fault);
  });
});

describe("what hardly anybody needs", () => {
  it("has a field for each setting with its default; a changed one is marked, and put back", async () => {
    await fill();
    await page.getByRole("button", { name: "Advanced" }).click();
    await page.getByRole("textbox", { name: "Batch size" }).fill("20000");
    await page.locator("input[aria-invalid=true]").waitFor();
    await page.getByRole("textbox", { name: "Batch size" }).fill("50");
    await page.locator("input[aria-invalid=true]").waitFor({ state: "detached" });
    await page.getByText("Changed", { exact: true }).waitFor();
    for (const label of [
      "HTTP method",
      "Update type of Create",
      "Path of Heartbeat",
      "Own certificate authority",
    ]) {
      await page.getByLabel(label).first().waitFor();
    }
    await expectAccessibleInBoth(page, "Advanced");
    await page.getByRole("button", { name: "Reset Batch size to its default" }).click();
    expect(await page.getByRole("textbox", { name: "Batch size" }).inputValue()).toBe("");
    await page.getByText("Changed", { exact: true }).waitFor({ state: "detached" });
  });
});

describe("the steps of the wizard", () => {
  it("stand in the address; back and forward keep what was typed, the secret too", async () => {
    const secret = page.getByLabel(/^Client Secret/);
    await secret.fill(CREDENTIALS.clientSecret);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "+ Add audiences" }).waitFor();
    expect(new URL(page.url()).search).toBe("?step=audiences");
    await page.goBack();
    await secret.waitFor();
    expect(new URL(page.url()).search).toBe("?step=ibexa");
    expect(await secret.inputValue()).toBe(CREDENTIALS.clientSecret);
    await page.goBack();
    await page.getByLabel("Description").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("Our Ibexa");
    await page.goForward();
    await secret.waitFor();
    await page.goForward();
    await page.getByRole("button", { name: "+ Add audiences" }).waitFor();
    await page.goBack();
    expect(await secret.inputValue()).toBe(CREDENTIALS.clientSecret);
    expect(
      await page.evaluate<string>("JSON.stringify({ ...sessionStorage, ...localStorage })"),
    ).not.toContain(CREDENTIALS.clientSecret);
  });
});

describe("a wizard that is loaded again", () => {
  it("says that the secret must be typed again, and waits there for it", async () => {
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "+ Add audiences" }).waitFor();
    await page.reload();
    await page.getByText("Secrets are never kept in the browser", { exact: false }).waitFor();
    const secret = page.getByLabel(/^Client Secret/);
    await secret.and(page.locator(":focus")).waitFor();
    await expectAccessibleInBoth(page, "a wizard without its secret");
    await secret.fill(CREDENTIALS.clientSecret);
    await page.getByText("Secrets are never kept in the browser").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Next" }).click();
  });
});

describe("the review", () => {
  it("greys audiences that go to this Ibexa already, with by whom", async () => {
    await page.getByRole("button", { name: "+ Add audiences" }).click();
    await page.getByText("Sent to this Ibexa already, by “Shop”").waitFor();
    expect(await page.getByLabel("Sent already").isDisabled()).toBe(true);
    await page.getByLabel("New here").check();
    await expectAccessibleInBoth(page, "audiences of which one is sent already");
    await page.getByRole("button", { name: "Apply" }).click();
  });

  it("shows who would join each segment before anything is sent", async () => {
    const preview = page.getByRole("table", { name: "Who would be sent" });
    await preview.getByText("100, 101, 102, 103, 104 and 3 more").waitFor();
    expect(shop.sandbox.people("c0000002")).toHaveLength(0);
    await expectAccessibleInBoth(page, "review");
  });

  it("sends one test person and takes them out again, and nobody else", async () => {
    await page.getByRole("button", { name: "Send one test person" }).click();
    await page.getByText("The activation is kept, paused.", { exact: false }).waitFor();
    await page.getByLabel("Id of a test person").fill("100");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("In the test segment now: 100").waitFor();
    await expectAccessibleInBoth(page, "a test person");
    await page.getByRole("button", { name: "Take out again" }).click();
    await page.getByText("In the test segment now", { exact: false }).waitFor({ state: "detached" });
    expect(shop.sandbox.people("c0000002")).toHaveLength(0);
  });

  it("saves the one that was kept, and no second one", async () => {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: "Our Ibexa" }).waitFor();
    await page.getByText("Up to date.").waitFor();
    expect(shop.sandbox.people("c0000002")).toHaveLength(PEOPLE);
    await page.getByRole("link", { name: "Activations" }).click();
    await page.getByRole("heading", { name: "Activations" }).waitFor();
    expect(await page.getByRole("link", { name: "Our Ibexa" }).count()).toBe(1);
  });
});

describe("deleting", () => {
  it("takes everybody out first when that was chosen, and shows how far it is", async () => {
    await page.getByRole("link", { name: "Our Ibexa" }).click();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(`Take ${PEOPLE} people out first`, { exact: false }).waitFor();
    await expectAccessibleInBoth(page, "deleting an activation");
    await dialog.getByRole("radio", { name: "Take everyone out of the segment first" }).check();
    await dialog.getByRole("button", { name: `Take ${PEOPLE} people out and delete` }).click();
    await page.getByText("Everybody was taken out; the activation is gone.").waitFor();
    expect(shop.sandbox.people("c0000002")).toHaveLength(0);
    await expectAccessibleInBoth(page, "an activation that is gone");
    // The other one is as it was.
    expect(shop.sandbox.people("c0000001")).toHaveLength(PEOPLE);
  });

  it("leaves them when that was chosen", async () => {
    await page.getByRole("link", { name: "Shop", exact: true }).click();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("radio", { name: "Leave them" }).check();
    const { items } = await shop.call<{ items: { id: string; definition: object }[] }>(
      "GET",
      "/definitions?kind=activation",
    );
    await shop.define(...items.map(({ definition }) => ({ ...definition, description: "Saved meanwhile" })));
    await dialog.getByRole("button", { name: `Delete and leave ${PEOPLE} people` }).click();
    await dialog.getByText("Somebody else saved this activation since you saw it").waitFor();
    await dialog.getByRole("button", { name: "Delete it all the same" }).click();
    await page.getByText("Nothing is sent anywhere yet").waitFor();
    expect(shop.sandbox.people("c0000001")).toHaveLength(PEOPLE);
    expect(shop.failures).toEqual([]);
  });
});
