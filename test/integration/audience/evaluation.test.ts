import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Installation, startInstallation } from "./installation.ts";

const IN_UK = { have: { attribute: "country", is: "UK" } };
const BOUGHT_LATELY = { did: { event: "buy", within: { last: 30, unit: "days" } } };
const DAY = 86_400_000;

let shop: Installation;
beforeEach(async () => {
  shop = await startInstallation();
});
afterEach(async () => {
  await shop?.close();
});

describe("an evaluation", () => {
  it("says who entered and who left, and writes nothing where nothing changed", async () => {
    await shop.audience("uk", IN_UK);
    await shop.audience("all", { everyone: true });
    await shop.write({
      profiles: [1, 2, 3],
      countries: [
        [1, "UK"],
        [2, "UK"],
        [3, "France"],
      ],
    });
    const first = await shop.audiences.evaluate(["uk", "all"]);
    expect(first.counts).toEqual(
      new Map([
        ["uk", { size: 2, entered: 2, left: 0 }],
        ["all", { size: 3, entered: 3, left: 0 }],
      ]),
    );
    expect(await shop.members("uk")).toEqual([1, 2]);

    await shop.write({
      profiles: [4],
      countries: [
        [1, null],
        [4, "UK"],
      ],
    });
    const second = await shop.audiences.evaluate(["uk", "all"]);
    expect(second.sequence).toBeGreaterThan(first.sequence);
    expect(second.counts).toEqual(
      new Map([
        ["uk", { size: 2, entered: 1, left: 1 }],
        ["all", { size: 4, entered: 1, left: 0 }],
      ]),
    );
    expect(await shop.members("uk")).toEqual([2, 4]);

    const checked = await shop.audiences.evaluate(["uk", "all"]);
    expect(checked.sequence).toBe(second.sequence);
    const third = await shop.audiences.evaluate(["uk", "all"], undefined, { force: true });
    expect(third.sequence).toBeGreaterThan(second.sequence);
    expect([...third.counts.values()].map(({ entered, left }) => entered + left)).toEqual([0, 0]);
    const rows = await shop.engine.query("SELECT * FROM membership WHERE op = {op:UInt64}", {
      op: third.sequence,
    });
    expect(rows).toEqual([]);
  });

  it("lets people fall out of a window as time passes, at the exact millisecond", async () => {
    await shop.audience("lately", BOUGHT_LATELY);
    const now = shop.clock.now();
    await shop.write({ profiles: [1], buys: [[1, now, "10"]] });
    expect((await shop.audiences.evaluate(["lately"])).counts.get("lately")?.size).toBe(1);
    expect((await shop.audiences.evaluate(["lately"], now + 30 * DAY - 1)).counts.get("lately")?.size).toBe(
      1,
    );
    expect((await shop.audiences.evaluate(["lately"], now + 30 * DAY)).counts.get("lately")).toEqual({
      size: 0,
      entered: 0,
      left: 1,
    });
  });

  it("takes a merge of two members for neither a leaving nor a joining", async () => {
    await shop.audience("uk", IN_UK);
    await shop.write({
      profiles: [1, 2],
      countries: [
        [1, "UK"],
        [2, "UK"],
      ],
    });
    await shop.audiences.evaluate(["uk"]);
    await shop.write({ merges: [[2, 1]] });
    const merged = await shop.audiences.evaluate(["uk"]);
    expect(merged.counts.get("uk")).toEqual({ size: 1, entered: 0, left: 0 });
    expect(await shop.members("uk")).toEqual([1]);
  });

  it("takes a merged person out under every number under which they had entered", async () => {
    await shop.audience("uk", IN_UK);
    await shop.write({
      profiles: [1, 2, 3],
      countries: [
        [2, "UK"],
        [3, "UK"],
      ],
    });
    await shop.audiences.evaluate(["uk"]);
    await shop.write({
      merges: [
        [2, 1],
        [3, 1],
      ],
      countries: [[1, "France"]],
    });
    const merged = await shop.audiences.evaluate(["uk"]);
    expect(merged.counts.get("uk")).toEqual({ size: 0, entered: 0, left: 1 });
    expect(await shop.members("uk")).toEqual([]);
    await shop.write({ countries: [[3, "UK"]] });
    expect((await shop.audiences.evaluate(["uk"])).counts.get("uk")).toEqual({
      size: 1,
      entered: 1,
      left: 0,
    });
    expect(await shop.members("uk")).toEqual([1]);
  });

  it("is not seen before it is published, and leaves nothing when it was abandoned", async () => {
    await shop.audience("uk", IN_UK);
    await shop.write({ profiles: [1], countries: [[1, "UK"]] });
    const dead = await shop.store.operations.open("evaluation", "uk", 1);
    await shop.engine.insert(
      "membership",
      ["op", "audience", "profile", "member", "sequence", "at"],
      [[dead, "uk", 9, 1, dead, "2026-01-01T00:00:00.000Z"]],
    );
    expect(await shop.members("uk")).toEqual([]);
    await shop.store.operations.abandon(dead);
    expect((await shop.audiences.evaluate(["uk"])).counts.get("uk")).toEqual({
      size: 1,
      entered: 1,
      left: 0,
    });
    expect(await shop.members("uk")).toEqual([1]);
  });

  it("goes on with the other audiences when one cannot be evaluated, and leaves that one's members", async () => {
    await shop.audience("uk", IN_UK);
    await shop.audience("other", IN_UK);
    await shop.write({ profiles: [1], countries: [[1, "UK"]] });
    await shop.audiences.evaluate(["uk", "other"]);
    // As an older version may have left it: a rule that this one does not understand.
    const broken = JSON.stringify({
      kind: "audience",
      id: "uk",
      name: "UK",
      tags: [],
      rule: { have: { attribute: "gone", is: "x" } },
    });
    await shop.store.db.updateTable("definition").set({ body: broken }).where("id", "=", "uk").execute();
    await shop.write({ profiles: [2], countries: [[2, "UK"]] });
    const result = await shop.audiences.evaluate(["uk", "other", "missing"]);
    expect(result.counts).toEqual(new Map([["other", { size: 2, entered: 1, left: 0 }]]));
    expect(result.failed.map(({ id, error }) => [id, error.code])).toEqual([
      ["uk", "ruleInvalid"],
      ["missing", "notFound"],
    ]);
    expect(await shop.members("uk")).toEqual([1]);
  });

  it("is done one at a time, so that two at once do not both let the same people in", async () => {
    await shop.audience("uk", IN_UK);
    await shop.write({
      profiles: [1, 2],
      countries: [
        [1, "UK"],
        [2, "UK"],
      ],
    });
    const results = await Promise.all([1, 2, 3].map(() => shop.audiences.evaluate(["uk"])));
    expect(results.map(({ counts }) => counts.get("uk")?.entered)).toEqual([2, 0, 0]);
  });

  it("is done one at a time by all processes that share the control plane", async () => {
    await shop.audience("uk", IN_UK);
    await shop.write({
      profiles: [1, 2],
      countries: [
        [1, "UK"],
        [2, "UK"],
      ],
    });
    const other = shop.secondProcess(shop.engine);
    const results = await Promise.all([shop.audiences.evaluate(["uk"]), other.evaluate(["uk"])]);
    expect(results.map(({ counts }) => counts.get("uk")?.entered).sort()).toEqual([0, 2]);
  });

  it("that was slow and overtaken publishes nothing", async () => {
    await shop.audience("uk", IN_UK);
    await shop.write({ profiles: [1], countries: [[1, "UK"]] });
    const { engine, clock, store } = shop;
    const slow = shop.secondProcess({
      query: (...of) => engine.query(...of),
      stream: (...of) => engine.stream(...of),
      insert: (...of) => engine.insert(...of),
      insertStream: (...of) => engine.insertStream(...of),
      close: async () => undefined,
      async command(...of) {
        clock.advance(60_000);
        await store.leases.acquire("evaluation", "third", 30_000);
        await engine.command(...of);
      },
    });
    await expect(slow.evaluate(["uk"])).rejects.toMatchObject({ code: "leaseLost" });
    expect(await shop.members("uk")).toEqual([]);
    clock.advance(60_000);
    expect((await shop.audiences.evaluate(["uk"])).counts.get("uk")).toEqual({
      size: 1,
      entered: 1,
      left: 0,
    });
  });

  it("takes a list of ten thousand values", async () => {
    const values = Array.from({ length: 10_000 }, (_, at) => `country number ${at}, with a rather long name`);
    await shop.audience("many", { have: { attribute: "country", isAnyOf: [...values.slice(1), "UK"] } });
    await shop.write({
      profiles: [1, 2],
      countries: [
        [1, "UK"],
        [2, "France"],
      ],
    });
    expect((await shop.audiences.evaluate(["many"])).counts.get("many")?.size).toBe(1);
  });
});

describe("a preview", () => {
  it("counts, counts people without the identifier, and shows people with some of their values", async () => {
    await shop.write({
      profiles: [1, 2, 3],
      users: [
        ["ann", 1],
        ["eve", 3],
      ],
      countries: [
        [1, "UK"],
        [2, "UK"],
        [3, "France"],
      ],
      buys: [[1, shop.clock.now(), "12.5"]],
    });
    expect(await shop.audiences.rules.preview(IN_UK)).toEqual({
      asOf: shop.clock.now(),
      exact: true,
      size: 2,
      margin: 0,
      personIdentifier: "userid",
      withoutIdentifier: 1,
      people: [
        { profile: 1, identifiers: { userid: ["ann"] }, attributes: { country: "UK" } },
        { profile: 2, identifiers: {}, attributes: { country: "UK" } },
      ],
      blocks: [{ path: "", sentence: 'country is "UK"', size: 2, margin: 0 }],
      change: null,
    });
  });

  it("shows 25 people of many", async () => {
    await shop.write({ profiles: Array.from({ length: 40 }, (_, at) => at + 1) });
    const preview = await shop.audiences.rules.preview({ everyone: true });
    expect(preview.size).toBe(40);
    expect(preview.people.map(({ profile }) => profile)).toEqual(
      Array.from({ length: 25 }, (_, at) => at + 1),
    );
  });

  it("refuses a rule with all its faults", async () => {
    const rule = {
      all: [{ have: { attribute: "contry", is: "UK" } }, { did: { event: "buys", atLeast: "x" } }],
    };
    await expect(shop.audiences.rules.preview(rule)).rejects.toMatchObject({
      code: "ruleInvalid",
      faults: [
        { path: "/all/0/have/attribute", remedy: "Did you mean `country`?" },
        { path: "/all/1/did/event", remedy: "Did you mean `buy`?" },
        { path: "/all/1/did/atLeast" },
      ],
    });
  });
});

describe("saving an audience", () => {
  it("gives it an id of 8 hex characters, and keeps a given one", async () => {
    const made = await shop.audiences.save({ name: "UK", tags: [], rule: IN_UK }, "test");
    expect(made.audience.id).toMatch(/^[0-9a-f]{8}$/);
    expect(made.created).toBe(true);
    expect(made.audience.sentence).toBe('country is "UK"');
    const taken = await shop.audiences.save({ id: "5d822e81", name: "UK", tags: [], rule: IN_UK }, "test");
    expect(taken.audience.id).toBe("5d822e81");
    const again = await shop.audiences.save({ id: "5d822e81", name: "GB", tags: [], rule: IN_UK }, "test");
    expect(again).toMatchObject({ created: false, audience: { name: "GB", version: 2 } });
  });

  it("refuses a rule with faults of shape and of names together, and saves nothing", async () => {
    const rule = { any: [{ have: { attribute: "contry", is: "UK" } }, { all: [] }] };
    const saving = shop.audiences.save({ id: "bad", name: "bad", tags: [], rule }, "test");
    await expect(saving).rejects.toMatchObject({
      code: "definitionInvalid",
      faults: [{ path: /rule\/any\/0\/have\/attribute$/ }, { path: /rule\/any\/1\/all$/ }].map(
        ({ path }) => ({
          path: expect.stringMatching(path),
        }),
      ),
    });
    await expect(shop.audiences.get("bad")).rejects.toMatchObject({ code: "notFound" });
  });

  it("knows an event by the constant of a mapping before its first row, and by the data afterwards", async () => {
    const { valid } = await shop.audiences.rules.validate({ did: { event: "return" } });
    expect(valid).toBe(true);
    expect((await shop.audiences.rules.validate({ did: { event: "visit" } })).valid).toBe(false);
  });
});
