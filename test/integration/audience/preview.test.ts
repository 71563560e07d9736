import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Installation, startInstallation } from "./installation.ts";

const IN_UK = { have: { attribute: "country", is: "UK" } };
const IN_FR = { have: { attribute: "country", is: "France" } };
const BOUGHT = { did: { event: "buy", within: { last: 30, unit: "days" } } };
const DAY = 86_400_000;

let shop: Installation;
beforeAll(async () => {
  shop = await startInstallation();
  const now = shop.clock.now();
  await shop.write({
    profiles: [1, 2, 3, 4, 5, 6, 7],
    // 7 is 2 since: what both brought belongs to one person, who is counted once.
    merges: [[7, 2]],
    users: [
      ["ann", 1],
      ["bob", 7],
      ["cid", 4],
    ],
    countries: [
      [1, "UK"],
      [2, "France"],
      [7, "UK"],
      [3, "UK"],
      [4, "France"],
    ],
    buys: [
      [1, now - DAY, "5"],
      [7, now - 2 * DAY, "5"],
      [4, now - 31 * DAY, "5"],
      [5, now - DAY, "5"],
    ],
  });
  await shop.audience("uk", IN_UK);
});
afterAll(() => shop?.close());

const numbers = (people: readonly { readonly profile: number }[]) => people.map(({ profile }) => profile);

describe("the preview of a rule", () => {
  it("counts every node by itself, by its path and in words", async () => {
    const rule = {
      all: [{ any: [IN_UK, IN_FR] }, { not: BOUGHT }, { have: { attribute: "age", isSet: false } }],
    };
    const preview = await shop.audiences.rules.preview(rule);
    expect(preview.blocks.map(({ margin: _, ...block }) => block)).toEqual([
      {
        path: "",
        sentence:
          '(country is "UK" or country is "France") and did not "buy" within the last 30 days and age is not set',
        size: 2,
      },
      { path: "/all/0", sentence: 'country is "UK" or country is "France"', size: 4 },
      { path: "/all/0/any/0", sentence: 'country is "UK"', size: 3 },
      { path: "/all/0/any/1", sentence: 'country is "France"', size: 1 },
      { path: "/all/1", sentence: 'did not "buy" within the last 30 days', size: 3 },
      { path: "/all/1/not", sentence: 'did "buy" within the last 30 days', size: 3 },
      { path: "/all/2", sentence: "age is not set", size: 6 },
    ]);
    expect([preview.size, preview.withoutIdentifier, numbers(preview.people)]).toEqual([2, 1, [3, 4]]);
    expect(preview.change).toBeNull();
  });

  it("asks the engine for all counts at once", async () => {
    const statements: string[] = [];
    const counting = shop.secondProcess({
      ...shop.engine,
      query: (sql, ...rest) => {
        if (sql.includes("profile_view")) statements.push(sql);
        return shop.engine.query(sql, ...rest);
      },
    });
    const rule = { any: [BOUGHT, { not: BOUGHT }, { all: [IN_UK, IN_FR] }] };
    await counting.rules.preview(rule, { audience: "uk" });
    expect(statements).toHaveLength(1);
  });

  it("shows merged people once, with what all of their numbers brought", async () => {
    const preview = await shop.audiences.rules.preview({ all: [IN_UK, BOUGHT] });
    expect(preview.people).toEqual([
      { profile: 1, identifiers: { userid: ["ann"] }, attributes: { country: "UK" } },
      { profile: 2, identifiers: { userid: ["bob"] }, attributes: { country: "UK" } },
    ]);
  });
});

describe("the preview of a change", () => {
  beforeEach(async () => {
    await shop.audiences.evaluate(["uk"]);
  });

  it("says how many would join and leave, and who", async () => {
    const { change, size } = await shop.audiences.rules.preview(BOUGHT, { audience: "uk" });
    expect(size).toBe(3);
    expect(change).toMatchObject({
      audience: "uk",
      evaluatedAsOf: shop.clock.now(),
      members: 3,
      joins: { size: 1, people: [{ profile: 5, identifiers: {}, attributes: {} }] },
      leaves: { size: 1, people: [{ profile: 3, identifiers: {}, attributes: { country: "UK" } }] },
    });
  });

  it("of the saved rule says what the next evaluation will do", async () => {
    const unchanged = await shop.audiences.rules.previewOf("uk");
    expect(unchanged.change).toMatchObject({
      members: 3,
      joins: { size: 0 },
      leaves: { size: 0, people: [] },
    });
    await shop.write({
      countries: [
        [3, "France"],
        [6, "UK"],
      ],
    });
    const { change } = await shop.audiences.rules.previewOf("uk");
    expect([numbers(change?.joins.people ?? []), numbers(change?.leaves.people ?? [])]).toEqual([[6], [3]]);
    await shop.audiences.evaluate(["uk"]);
    expect(await shop.members("uk")).toEqual([1, 2, 6]);
  });

  it("of an audience that was never evaluated: everybody would join", async () => {
    await shop.audience("new", IN_UK);
    const { change, size } = await shop.audiences.rules.previewOf("new");
    expect(change).toMatchObject({ evaluatedAsOf: null, members: 0, joins: { size }, leaves: { size: 0 } });
  });

  it("of an audience that names itself by way of another is refused, and of one that is not there too", async () => {
    await shop.audience("named", { inAudience: "uk" });
    const circle = shop.audiences.rules.preview({ inAudience: "named" }, { audience: "uk" });
    await expect(circle).rejects.toMatchObject({ code: "ruleInvalid", faults: [{ path: "/inAudience" }] });
    const missing = shop.audiences.rules.preview(IN_UK, { audience: "nobody" });
    await expect(missing).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("an estimate", () => {
  const SAMPLE = { stretches: 8, width: 10, fromRows: 500 };
  const IN = (country: string) => ({ have: { attribute: "country", is: country } });
  const estimated = (rule: unknown) =>
    shop.secondProcess(shop.engine, undefined, SAMPLE).rules.preview(rule, { estimate: true });
  beforeAll(async () => {
    const added = Array.from({ length: 793 }, (_, at) => at + 8);
    await shop.write({
      profiles: added,
      // 105 stands in the sample, and its older number doesn't; of 150 it is the other way round.
      merges: [
        [795, 105],
        [205, 150],
      ],
      users: added.filter((profile) => profile % 4 === 0).map((profile) => [`user${profile}`, profile]),
      countries: [
        ...added.filter((profile) => profile % 2 === 0).map((profile) => [profile, "Spain"] as const),
        [795, "Norway"],
        [205, "Italy"],
      ],
    });
  });

  it("says that it is one, and holds the counts within its margins", async () => {
    const rule = { any: [IN("Spain"), BOUGHT] };
    const estimate = await estimated(rule);
    const counted = await shop.audiences.rules.preview(rule, { estimate: true });
    expect([estimate.exact, counted.exact, counted.margin]).toEqual([false, true, 0]);
    expect(estimate.margin).toBeGreaterThan(0);
    for (const [at, { path, size }] of counted.blocks.entries()) {
      const block = estimate.blocks[at];
      expect(block?.path).toBe(path);
      expect(Math.abs((block?.size ?? 0) - size)).toBeLessThanOrEqual(block?.margin ?? 0);
    }
    // Every second of them has a user, in the sample as everywhere.
    expect(Math.abs(estimate.withoutIdentifier / estimate.size - 0.5)).toBeLessThan(0.15);
    const people = numbers(estimate.people);
    expect(people.every((profile) => (profile - 1) % 100 < 10)).toBe(true);
    expect(people).toEqual(people.toSorted((left, right) => left - right));
  });

  it("asks the people of the sample, with all numbers that they have", async () => {
    const norway = await estimated(IN("Norway"));
    expect(numbers(norway.people)).toEqual([105]);
    expect((await estimated(IN("Italy"))).people).toEqual([]);
    const everyone = await estimated({ everyone: true });
    expect(everyone.size).toBe((await shop.audiences.rules.preview({ everyone: true })).size);
  });

  it("is not made of few rows, or of an audience's changes", async () => {
    const few = shop.secondProcess(shop.engine, undefined, { ...SAMPLE, fromRows: 100_000 });
    expect(await few.rules.preview(IN("Spain"), { estimate: true })).toMatchObject({
      exact: true,
      margin: 0,
    });
    const narrow = shop.secondProcess(shop.engine, undefined, { ...SAMPLE, width: 60 });
    expect((await narrow.rules.preview(IN("Spain"), { estimate: true })).exact).toBe(true);
    const process = shop.secondProcess(shop.engine, undefined, SAMPLE);
    const changed = await process.rules.preview(IN("Spain"), { estimate: true, audience: "uk" });
    expect([changed.exact, changed.change]).toEqual([false, null]);
  });
});
