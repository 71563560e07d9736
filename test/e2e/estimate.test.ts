import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectAccessible } from "./harness/accessible.ts";
import { type Installation, startInstallation } from "./harness/installation.ts";

/** Every second one is in Spain. */
const PEOPLE = 1_000;
const SHOP = [
  { kind: "identifier", id: "userid", normalise: ["trim"], priority: 100, limit: "one" },
  {
    kind: "schema",
    id: "people",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "country", type: "text" },
    ],
  },
  { kind: "dataflow", id: "people", schema: "people", map: { userid: "id", country: "country" } },
  {
    kind: "audience",
    id: "5ba1b000",
    name: "Spain",
    rule: { have: { attribute: "country", is: "Spain" } },
  },
] as const;

let shop: Installation;
let page: Page;
beforeAll(async () => {
  // As if these were millions: of 1,000 people 80 are asked.
  shop = await startInstallation({ sample: { stretches: 8, width: 10, fromRows: 500 } });
  ({ page } = shop);
  await shop.define(...SHOP);
  const rows = Array.from({ length: PEOPLE }, (_, at) => `${at + 1},${at % 2 === 0 ? "Spain" : "France"}`);
  expect(await shop.takeIn("people", `id,country\n${rows.join("\n")}\n`)).toBe("published");
});
afterAll(() => shop?.close());

it("an estimate stands in the builder, with its margin, until everybody is counted", async () => {
  let count: () => void = () => {};
  const counting = new Promise<void>((resolve) => {
    count = resolve;
  });
  // Nothing is answered in the server's place: the counts are only asked for later.
  await page.route("**/api/v1/rules/preview", async (route) => {
    if (route.request().postDataJSON().estimate === false) await counting;
    await route.continue();
  });
  await page.goto("/audiences/5ba1b000/edit");
  const panel = page.getByRole("complementary", { name: "Whom the rule finds" });
  await panel.getByText(/^± [\d,]+, by a sample; everybody is being counted …$/).waitFor();
  const about = await panel.getByText(/^about [\d,]+ people$/).textContent();
  const estimated = Number(about?.replaceAll(/\D/g, ""));
  expect(Math.abs(estimated - PEOPLE / 2)).toBeLessThan(PEOPLE / 10);
  // Nobody joins or leaves by an estimate.
  expect(await panel.getByText("join", { exact: false }).count()).toBe(0);
  await expectAccessible(page, "an estimate");

  count();
  await panel.getByText(`${PEOPLE / 2} people`, { exact: true }).waitFor();
  await panel.getByText("now fit this rule", { exact: true }).waitFor();
  expect(await panel.getByText("about", { exact: false }).count()).toBe(0);
  expect(await panel.getByText("by a sample", { exact: false }).count()).toBe(0);
  expect(shop.failures).toEqual([]);
});
