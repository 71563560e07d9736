import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessibleInBoth } from "./harness/accessible.ts";
import { openPage, type Window } from "./harness/browser.ts";
import { ADMIN, type Installation, startInstallation, USERS } from "./harness/installation.ts";

let shop: Installation;
beforeAll(async () => {
  shop = await startInstallation();
  await shop.define(
    ...USERS,
    { kind: "audience", id: "5d822e81", name: "Everybody", rule: { everyone: true } },
    {
      kind: "activation",
      id: "our-ibexa",
      name: "Our Ibexa",
      type: "ibexa",
      personIdentifier: "userid",
      settings: shop.settings,
      audiences: ["5d822e81"],
    },
  );
  expect(await shop.takeIn("users", "id\n1\n")).toBe("published");
});
afterAll(() => shop?.close());

/** Each page, the request that it is nothing without, and the heading that it has with its answer. */
const PAGES = [
  { path: "/", request: "activations", heading: "Overview" },
  { path: "/activations", request: "activations", heading: "Activations" },
  { path: "/activations/our-ibexa", request: "activations/our-ibexa", heading: "Our Ibexa" },
  { path: "/activations/new/ibexa", request: "definitions?**", heading: "Create New Activation" },
  { path: "/audiences", request: "audiences?**", heading: "Audiences" },
  { path: "/audiences/5d822e81", request: "audiences/5d822e81", heading: "Everybody" },
  { path: "/audiences/5d822e81/edit", request: "catalog", heading: "Everybody" },
  { path: "/profiles/1", request: "profiles/1", heading: "1" },
  { path: "/dataflows", request: "dataflows", heading: "Dataflows" },
  { path: "/dataflows/users", request: "dataflows/users", heading: "users" },
  { path: "/dataflows/new", request: "definitions?**", heading: "New dataflow" },
  { path: "/imports/1", request: "imports/1", heading: "rows.csv" },
  { path: "/audit", request: "audit?**", heading: "Audit log" },
] as const;

/** So many windows at once: most of the time is waited. */
const WINDOWS = 6;

/** What a proxy says while nobody stands behind it. */
const FROM_PROXY = { status: 503, contentType: "text/html", body: "<h1>503 Service Unavailable</h1>" };
const BROKEN = {
  status: 500,
  contentType: "application/problem+json",
  body: JSON.stringify({
    type: "about:blank",
    title: "Something broke",
    status: 500,
    detail: "",
    code: "internal",
    actor: "us",
    remedy: "Try again.",
    faults: [],
  }),
};

/** The administrator's, whose failures nobody looks at: the browser notes each answer that is an error. */
async function signedIn(): Promise<Window> {
  const window = await openPage(shop.browser, shop.server.url);
  await window.context.addCookies(await shop.page.context().cookies());
  return window;
}

const tryAgain = (page: Page) => page.getByRole("button", { name: "Try again" }).first();

// Most of the time is waited: together.
describe.concurrent("a page whose main request isn't answered as it should be", () => {
  it("says so within seconds, whoever answers in its place, and is here after another try", async () => {
    const left = PAGES.values();
    const goThrough = async () => {
      const { page, context } = await signedIn();
      for (const { path, request, heading } of left) {
        let answer: (route: Route) => Promise<void> = (route) => route.fulfill(FROM_PROXY);
        const address = `**/api/v1/${request}`;
        await page.route(address, (route) => answer(route));
        await page.goto(path);
        await page.getByText("Peregrine can’t be reached").waitFor();
        answer = (route) => route.fulfill(BROKEN);
        await tryAgain(page).click();
        await page.getByText("Something broke").first().waitFor();
        await page.unroute(address);
        await tryAgain(page).click();
        await page.getByRole("heading", { level: 1, name: heading }).waitFor();
      }
      await context.close();
    };
    await Promise.all(Array.from({ length: WINDOWS }, goThrough));
  });

  it("is here by itself as soon as it is answered", async () => {
    const { page, context } = await signedIn();
    await page.route("**/api/v1/audiences?**", (route) => route.fulfill(FROM_PROXY));
    await page.goto("/audiences");
    await page.getByText("Peregrine can’t be reached").waitFor();
    await page.unroute("**/api/v1/audiences?**");
    await page.getByRole("heading", { level: 1, name: "Audiences" }).waitFor();
    await context.close();
  });

  it("says that it takes long where no answer comes, and is here after another try", async () => {
    const { page, context } = await signedIn();
    let isHung = true;
    await page.route("**/api/v1/audiences?**", (route) => (isHung ? undefined : route.continue()));
    await page.goto("/audiences");
    await page.getByText("This takes longer than usual").waitFor();
    isHung = false;
    await tryAgain(page).click();
    await page.getByRole("heading", { level: 1, name: "Audiences" }).waitFor();
    await context.close();
  });
});

describe.concurrent("a page that is here while Peregrine can't be reached", () => {
  it("stays, says that it may be old, and heals", async () => {
    const { page, context } = await signedIn();
    await page.goto("/activations/our-ibexa");
    await page.getByRole("heading", { level: 1, name: "Our Ibexa" }).waitFor();
    await page.route("**/api/v1/activations/**", (route) => route.fulfill(FROM_PROXY));
    await page.getByText("What you see may be old").waitFor();
    await page.getByRole("heading", { level: 1, name: "Our Ibexa" }).waitFor();
    await page.unroute("**/api/v1/activations/**");
    await page.getByText("What you see may be old").waitFor({ state: "detached" });
    await context.close();
  });

  it("says of what was to be changed that it isn't known whether it was", async () => {
    const { page, context } = await signedIn();
    await page.goto("/tokens");
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Nightly export");
    await page.route("**/api/v1/tokens", (route) => route.fulfill(FROM_PROXY));
    await page.getByRole("button", { name: "Make it" }).click();
    await page.getByText("look before you try again").waitFor();
    await context.close();
  });
});

describe("whoever comes while Peregrine can't be reached", () => {
  it("is told before it is known who it is, and comes in after another try", async () => {
    const { page, context } = await signedIn();
    await page.route("**/api/v1/session", (route) => route.fulfill(FROM_PROXY));
    await page.goto("/settings");
    await page.getByText("Peregrine can’t be reached").waitFor();
    await expectAccessibleInBoth(page, "a page that could not be reached");
    await page.unroute("**/api/v1/session");
    await tryAgain(page).click();
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await page.getByRole("button", { name: ADMIN.name }).waitFor();
    await context.close();
  });
});
