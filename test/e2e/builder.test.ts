import type { Locator, Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth, expectAccessiblePage } from "./harness/accessible.ts";
import { type Installation, startInstallation } from "./harness/installation.ts";
import { tabTo } from "./harness/keyboard.ts";

const DAY_MS = 86_400_000;
const SHOP = [
  { kind: "identifier", id: "userid", normalise: ["trim"], priority: 100, limit: "one" },
  {
    kind: "schema",
    id: "people",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "name", type: "text" },
      { name: "country", type: "text" },
      { name: "age", type: "number" },
    ],
  },
  {
    kind: "dataflow",
    id: "people",
    schema: "people",
    map: { userid: "id", name: "name", country: "country", age: "number(age)" },
  },
  {
    kind: "schema",
    id: "orders",
    parent: "Interaction",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "brand", type: "text" },
      { name: "price", type: "number" },
    ],
  },
  {
    kind: "dataflow",
    id: "orders",
    schema: "orders",
    event: "event",
    time: "time(at)",
    map: { userid: "id", brand: "brand", price: "number(price)" },
  },
] as const;

/** 12 people, ages 20 to 31: 8 in the UK and 4 in France. */
const PEOPLE = Array.from(
  { length: 12 },
  (_, at) => `${at + 1},Person ${at + 1},${at < 8 ? "UK" : "France"},${20 + at}`,
);
/** Persons 1 to 6 bought 200 days ago, 5 and 6 yesterday again. */
const ORDERS = [...[1, 2, 3, 4, 5, 6].map((id) => order(id, 200)), ...[5, 6].map((id) => order(id, 1))];

function order(id: number, daysAgo: number): string {
  return `${id},buy,${new Date(Date.now() - daysAgo * DAY_MS).toISOString()},Tallow,50`;
}

let shop: Installation;
let page: Page;
beforeAll(async () => {
  shop = await startInstallation();
  ({ page } = shop);
  await shop.define(...SHOP);
  expect(await shop.takeIn("people", `id,name,country,age\n${PEOPLE.join("\n")}\n`)).toBe("published");
  expect(await shop.takeIn("orders", `id,event,at,brand,price\n${ORDERS.join("\n")}\n`)).toBe("published");
});
afterAll(() => shop?.close());

const panel = () => page.getByRole("complementary", { name: "Whom the rule finds" });
const block = (name: string) => page.getByRole("group", { name, exact: true });

async function choose(within: Page | Locator, field: string, option: string): Promise<void> {
  await within.getByRole("combobox", { name: field, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

async function add(title: string, under: Page | Locator = page): Promise<void> {
  await under.getByRole("button", { name: "+ Add a condition", exact: true }).last().click();
  // What it is about follows the title.
  await page.getByRole("menuitem", { name: new RegExp(`^${title}`) }).click();
  await page.getByRole("menu").waitFor({ state: "detached" });
}

async function found(people: string): Promise<void> {
  await panel().getByText(people, { exact: true }).waitFor();
  await panel().getByText("now fit this rule", { exact: true }).waitFor();
}

describe("the builder of audiences", () => {
  it("starts from a template that the data have filled in", async () => {
    await page.goto("/audiences");
    await page.getByText("There is no audience yet").waitFor();
    await page.getByRole("link", { name: "Create audience" }).click();
    await page.getByText("Needs an event such as “basket”").waitFor();
    await expectAccessibleInBoth(page, "templates");
    await page.getByRole("link", { name: "Lapsed customers" }).click();
    await found("4 people");
    await block("did not buy").getByText("10 people").waitFor();
    await expectAccessibleInBoth(page, "builder");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: "Lapsed customers" }).waitFor();
    await page.getByText("Did not", { exact: false }).first().waitFor();
  });

  it("nests conditions, counts each of them, and goes back and forth", async () => {
    await page.goto("/audiences/new?from=empty");
    await page.getByText("Add a condition and fill it in").waitFor();
    await page.getByRole("button", { name: "What they have" }).click();
    await choose(block("have"), "Attribute", "country");
    await choose(block("have country"), "Comparison", "is");
    await block("have country").getByRole("combobox", { name: "Value" }).fill("Narnia");
    await block("have country").getByText("There is no such value in the data.").waitFor();
    await expectAccessibleInBoth(page, "a value that nobody has");
    await block("have country").getByRole("combobox", { name: "Value" }).fill("U");
    // Suggested with how many people have it.
    await page.getByRole("option", { name: "UK 8" }).click();
    await found("8 people");
    await add("A group");
    const group = block("Any of these");
    await add("What they did", group);
    await choose(block("did"), "Event", "buy 8");
    await choose(block("did buy"), "When", "within the last");
    await found("2 people");
    await add("What they have", group);
    await choose(block("have"), "Attribute", "age");
    await choose(block("have age"), "Comparison", "is at most");
    await block("have age").getByLabel("Value").fill("20");
    await found("3 people");
    expect(await block("have age").getByText("1 person").count()).toBe(1);
    await panel()
      .getByText('Country is "UK" and (did "buy" within the last 30 days or age is at most 20)')
      .waitFor();
    // The keys move what has the focus; undoing takes what was typed back at once.
    await block("have age").press("Alt+ArrowDown");
    await panel()
      .getByText('Country is "UK" and did "buy" within the last 30 days and age is at most 20')
      .waitFor();
    await found("0 people");
    await page.keyboard.press("Control+z");
    await found("3 people");
    await page.getByRole("button", { name: "Undo" }).click();
    await block("have age").getByText("Fill in the value").waitFor();
    await page.keyboard.press("Control+Shift+z");
    await found("3 people");
  });

  it("shows faults at their block, and the earlier number as what it is", async () => {
    const age = block("have age");
    await age.getByLabel("Value").fill("twenty");
    await age.getByText("is not a number").waitFor();
    expect(await block("have country").getByText("is not a number").count()).toBe(0);
    await panel().getByText("As it was before. One of the conditions has a fault.").waitFor();
    expect(await panel().getByText("3 people", { exact: true }).count()).toBe(1);
    await expectAccessibleInBoth(page, "builder with a fault");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Give it a name").waitFor();
    await page.getByLabel("Name").fill("Young or active 🇬🇧");
    await age.getByLabel("Value").fill("20");
    await found("3 people");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: "Young or active 🇬🇧" }).waitFor();
  });

  it("tells who would join and leave, keeps versions, and restores one", async () => {
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Check now" }).click();
    await page.getByText("+3 / −0").waitFor();
    await page.getByRole("tab", { name: "People" }).click();
    await page.getByRole("link", { name: "Person 5" }).waitFor();
    await expectAccessibleInBoth(page, "people of an audience");
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByRole("button", { name: "More: Any of these" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await panel().getByText("5 people would join").waitFor();
    await panel()
      .getByText(/Person 2, Person 3/)
      .waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByText("Changed: rule").waitFor();
    await page.getByRole("button", { name: "Compare version 1 with now" }).click();
    await page
      .getByText(/^Removed: /)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Restore version 1" }).click();
    await page.getByRole("article", { name: "Version 3" }).getByText("Now", { exact: true }).waitFor();
  });

  it("tells two people who edit the same audience, and lets one decide", async () => {
    const { items } = await shop.call<{ items: { id: string; name: string; rule: object }[] }>(
      "GET",
      "/audiences",
    );
    const { id, rule } = items.find(({ name }) => name.startsWith("Young")) ?? { id: "", rule: {} };
    await page.goto(`/audiences/${id}/edit`);
    await page.getByLabel("Name").fill("Mine");
    await shop.call("PUT", `/audiences/${id}`, { name: "Theirs", rule });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Somebody else saved this audience while you were editing").waitFor();
    await page.getByRole("button", { name: "See what they changed" }).click();
    await page.getByText(/name: .* → “Theirs”/).waitFor();
    await expectAccessibleInBoth(page, "conflict");
    // What overwrites somebody's work is not what a hasty click meets.
    const over = page.getByRole("button", { name: "Save mine over it" });
    expect(await over.getAttribute("data-variant")).toBe("default");
    await over.click();
    await page.getByRole("heading", { name: "Mine", exact: true }).waitFor();
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Name").fill("Never saved");
    await page.getByRole("link", { name: "Activations" }).click();
    await page.getByText("What you changed here is lost.").waitFor();
    await page.getByRole("button", { name: "Leave", exact: true }).click();
    await page.getByRole("heading", { name: "Activations" }).waitFor();
    await expectAccessiblePage(page, `/audiences/${id}/edit`);
    await expectAccessiblePage(page, `/audiences/${id}`);
  });

  it("the list is narrowed in the address, and says what deleting does", async () => {
    await expectAccessiblePage(page, "/audiences");
    await page.getByLabel("Search").fill("lapsed");
    await page.getByText("1 of 2 audiences").waitFor();
    await page.reload();
    await page.getByText("1 of 2 audiences").waitFor();
    await page.getByRole("link", { name: "Lapsed customers" }).click();
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete …" }).click();
    await page.getByText(/goes from the list/).waitFor();
    // Nobody deletes what somebody else has just changed.
    const place = new URL(page.url()).pathname;
    const { rule } = await shop.call<{ rule: object }>("GET", place);
    await shop.call("PUT", place, { name: "Lapsed, and dear to somebody", rule });
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Somebody else saved this audience since you saw it").waitFor();
    await expectAccessibleInBoth(page, "deleting what somebody else has saved");
    await page.getByRole("button", { name: "Delete it all the same" }).click();
    await page.getByText("1 audience", { exact: true }).waitFor();
  });

  it("tells of saved values that nobody has, by one question for the whole rule", async () => {
    await shop.define({
      kind: "audience",
      id: "d0000009",
      name: "Old values",
      rule: {
        all: [
          { have: { attribute: "country", is: "Narnia" } },
          { not: { have: { attribute: "country", isAnyOf: ["UK", "Uk", "France"] } } },
          { did: { event: "buy", where: { property: "brand", is: "Tallow" } } },
        ],
      },
    });
    let asked = 0;
    const count = (request: Request) => {
      if (request.url().endsWith("/catalog/values/missing")) asked += 1;
    };
    page.on("request", count);
    await page.goto("/audiences/d0000009/edit");
    await block("have country").getByText("There is no value “Narnia” in the data.").waitFor();
    await block("not have country").getByText("There is no value “Uk” in the data.").waitFor();
    expect(await page.getByText("There is no value").count()).toBe(2);
    expect(asked).toBe(1);
    await expectAccessibleInBoth(page, "saved values that nobody has");
    await block("have country").getByRole("combobox", { name: "Value" }).fill("UK");
    await page.getByText("“Narnia”").waitFor({ state: "detached" });
    // As it was saved, so that it may be left.
    await block("have country").getByRole("combobox", { name: "Value" }).fill("Narnia");
    page.off("request", count);
    await shop.call("DELETE", "/audiences/d0000009");
  });

  it("a rule is put together and saved by keyboard alone", async () => {
    await page.goto("/audiences/new?from=empty");
    await tabTo(page, page.getByLabel("Name"));
    await page.keyboard.type("By keyboard");
    const first = page.getByRole("button", { name: "What they have" });
    await tabTo(page, first);
    await expectAccessibleInBoth(page, "builder, empty");
    await page.keyboard.press("Enter");
    await tabTo(page, block("have").getByRole("combobox", { name: "Attribute", exact: true }));
    await page.keyboard.type("country");
    await page.getByRole("option", { name: "country", exact: true }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await tabTo(page, block("have country").getByRole("combobox", { name: "Comparison", exact: true }));
    await page.keyboard.press("ArrowDown");
    const is = page.getByRole("option", { name: "is", exact: true });
    await is.waitFor();
    for (let at = 0; at < 20 && (await is.getAttribute("data-combobox-selected")) === null; at += 1) {
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Enter");
    await tabTo(page, block("have country").getByRole("combobox", { name: "Value" }));
    await page.keyboard.type("France");
    await page.getByRole("option", { name: "France 4" }).waitFor();
    await page.keyboard.press("Escape");
    await found("4 people");
    await tabTo(page, page.getByRole("button", { name: "+ Add a condition", exact: true }));
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: /^Everyone/ }).waitFor();
    await expectAccessibleInBoth(page, "what can be added");
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    const save = page.getByRole("button", { name: "Save", exact: true });
    await tabTo(page, save);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "By keyboard" }).waitFor();
    expect(shop.failures).toEqual([]);
  });
});
