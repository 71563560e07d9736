import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audienceRoutes } from "../../../packages/server/src/audience/index.ts";
import type { ApiApp } from "../../../packages/server/src/http/api-app.ts";
import { createApp } from "../../../packages/server/src/http/app.ts";
import { type Installation, startInstallation } from "./installation.ts";

let shop: Installation;
let app: ApiApp;
beforeAll(async () => {
  shop = await startInstallation();
  await shop.write({
    profiles: [1, 2, 3, 4, 5, 6, 7],
    merges: [[7, 6]],
    countries: [
      [1, "United Kingdom"],
      [2, "United Kingdom"],
      [3, "united states"],
      [4, "Tunisia"],
      [5, "France"],
      // The later one counts, also that it was cleared.
      [5, null],
      [6, "France"],
      [7, "Tunisia"],
    ],
    buys: [
      [1, Date.UTC(2026, 5, 1), "10.50"],
      [1, Date.UTC(2026, 5, 2), "10.5"],
      [2, Date.UTC(2026, 5, 3), "-3"],
      [7, Date.UTC(2026, 5, 3), "200"],
    ],
  });
  app = createApp({
    logger: pino({ level: "silent" }),
    version: "0.0.0",
    callers: { ofToken: async () => ({ name: "Vi", role: "viewer" }), ofSession: async () => undefined },
    routes: (api) => audienceRoutes(api, { audiences: shop.audiences }),
  });
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await shop?.close();
});

async function ask(query: string) {
  const url = `/api/v1/catalog${query}`;
  const answer = await app.inject({ method: "GET", url, headers: { authorization: "Bearer vi" } });
  return { status: answer.statusCode, body: answer.json() };
}

/** The answer when the counts are there. */
async function counted(query: string) {
  await ask(query);
  await shop.audiences.suggestions.idle();
  return (await ask(query)).body;
}

describe("the values of the catalog", () => {
  it("are what profiles show, each with its count, the most frequent first", async () => {
    expect(await counted("/values?attribute=country")).toEqual({
      type: "text",
      asOf: new Date(shop.clock.now()).toISOString(),
      upToDate: true,
      having: 5,
      different: 3,
      exact: true,
      minimum: null,
      maximum: null,
      values: [
        { value: "Tunisia", count: 2 },
        { value: "United Kingdom", count: 2 },
        { value: "united states", count: 1 },
      ],
      complete: true,
    });
  });

  it("that begin with what was typed come first, in any case; others hold it", async () => {
    const values = async (query: string) =>
      (await counted(`/values?attribute=country&${query}`)).values.map(
        ({ value }: { value: string }) => value,
      );
    expect(await values("contains=UNI")).toEqual(["United Kingdom", "united states", "Tunisia"]);
    expect(await values("contains=uni&limit=2")).toEqual(["United Kingdom", "united states"]);
    expect(await values("contains=zz")).toEqual([]);
  });

  it("of a number have a range, and equal numbers are one value", async () => {
    expect(await counted("/values?event=buy&property=amount")).toMatchObject({
      type: "number",
      having: 4,
      different: 3,
      minimum: "-3",
      maximum: "200",
      values: [
        { value: "10.5", count: 2 },
        { value: "-3", count: 1 },
        { value: "200", count: 1 },
      ],
    });
  });

  it("are those of before until newer ones are counted, and say so", async () => {
    const before = await counted("/values?attribute=country&limit=1");
    shop.clock.advance(60_000);
    await shop.write({
      profiles: [8, 9],
      countries: [
        [8, "united states"],
        [9, "united states"],
      ],
    });
    const { body: meanwhile } = await ask("/values?attribute=country&limit=1");
    expect(meanwhile).toEqual({ ...before, upToDate: false });
    // Another process has counted nothing yet.
    const other = shop.secondProcess(shop.engine).suggestions;
    await other.catalog();
    await other.idle();
    expect(await other.values({ attribute: "country" }, "", 1)).toMatchObject({
      asOf: shop.clock.now(),
      upToDate: true,
      values: [{ value: "united states", count: 3 }],
    });
  });

  it("stay what they are when audiences are evaluated: only data make them older", async () => {
    await shop.audience("uk", { have: { attribute: "country", is: "United Kingdom" } });
    const before = await counted("/values?event=buy&property=amount");
    await shop.audiences.evaluate(["uk"]);
    expect((await ask("/values?event=buy&property=amount")).body).toEqual(before);
  });

  it("tell which texts nobody has any more, as a whole, all of a rule at once", async () => {
    await counted("/values?attribute=country");
    const country = { attribute: "country" };
    const asked = [
      // Somebody's country was France, and isn't now.
      { of: country, texts: ["Tunisia", "tunisia", "France", "United"] },
      { of: country, texts: ["tunisia", "france"], ignoreCase: true },
      { of: { event: "buy", property: "amount" }, texts: ["7"] },
      { of: { attribute: "contry" }, texts: ["Tunisia"] },
    ];
    const headers = { authorization: "Bearer vi" };
    const url = "/api/v1/catalog/values/missing";
    const answer = await app.inject({ method: "POST", url, headers, payload: { asked } });
    expect(answer.json()).toEqual({
      items: [
        { missing: ["tunisia", "France", "United"], complete: true },
        { missing: ["france"], complete: true },
        { missing: [], complete: false },
        { missing: [], complete: false },
      ],
    });
  });

  it("of a name that is not there are not found, and half a question is refused", async () => {
    expect(await ask("/values?attribute=contry")).toMatchObject({ status: 404, body: { code: "notFound" } });
    expect((await ask("/values?event=buy&property=colour")).status).toBe(404);
    for (const query of ["", "?event=buy", "?attribute=country&event=buy&property=amount"]) {
      expect((await ask(`/values${query}`)).body.code, query).toBe("requestInvalid");
    }
  });
});

describe("a search in the rows, for what was not counted", () => {
  const uncounted = () =>
    shop.secondProcess({
      ...shop.engine,
      // The counts never come.
      query: (sql, ...rest) =>
        sql.includes("groupArraySorted") ? new Promise(() => {}) : shop.engine.query(sql, ...rest),
    });

  it("finds which texts as a whole are not there, by letter or in any case", async () => {
    const of = { attribute: "country" };
    const texts = ["Tunisia", "tunisia", "United", "Narnia"];
    expect(
      await uncounted().suggestions.missing([
        { of, texts, ignoreCase: false },
        { of, texts, ignoreCase: true },
      ]),
    ).toEqual([
      { missing: ["tunisia", "United", "Narnia"], complete: false },
      { missing: ["United", "Narnia"], complete: false },
    ]);
  });

  it("finds values in any case, those that begin with the text first", async () => {
    const fresh = uncounted();
    const found = await fresh.suggestions.values({ attribute: "country" }, "UNI", 3);
    expect(found).toMatchObject({ asOf: null, complete: false });
    expect(found.values).toEqual([
      { value: "united states", count: null },
      { value: "United Kingdom", count: null },
      { value: "Tunisia", count: null },
    ]);
  });
});
