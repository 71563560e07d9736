import type { Engine } from "@peregrine/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Touched } from "../../../packages/server/src/store/index.ts";
import { type Installation, startInstallation } from "./installation.ts";

const IN_UK = { have: { attribute: "country", is: "UK" } };
const NEVER_BOUGHT = { not: { did: { event: "buy" } } };
const MINUTE = 60_000;
const NOTHING: Touched = { attributes: [], events: [], newProfiles: false };

let shop: Installation;
beforeEach(async () => {
  shop = await startInstallation();
});
afterEach(async () => {
  await shop?.close();
});

/** An engine of which nothing may be asked. */
function idleEngine(): Engine {
  const refuse = async (): Promise<never> => {
    throw new Error("the engine was asked");
  };
  return {
    query: refuse,
    command: refuse,
    insert: refuse,
    insertStream: refuse,
    stream: () => {
      throw new Error("the engine was asked");
    },
    close: async () => {},
  };
}

async function publish(touched?: Touched): Promise<void> {
  const op = await shop.store.operations.open("import", "test", 1);
  await shop.store.operations.publish(op, undefined, undefined, touched);
}

async function choose(check: unknown): Promise<void> {
  const audience = { kind: "audience", id: "uk", name: "UK", rule: IN_UK, check };
  await shop.definitions.apply([audience], { origin: "api", by: "test" });
}

/** Evaluations that were published since the beginning. */
async function evaluations(): Promise<number> {
  const rows = await shop.store.db
    .selectFrom("operation")
    .select("id")
    .where("kind", "=", "evaluation")
    .execute();
  return rows.length;
}

describe("a check", () => {
  it("of a hundred audiences of which nothing has changed asks the engine nothing, and counts as a check", async () => {
    const ids = Array.from({ length: 100 }, (_, at) => `a${at + 100}`);
    await shop.definitions.apply(
      ids.map((id, at) => ({
        kind: "audience",
        id,
        name: id,
        rule: { all: [IN_UK, { did: { event: "buy", atLeast: at + 1 } }] },
      })),
      { origin: "api", by: "test" },
    );
    await shop.write({ profiles: [1], countries: [[1, "UK"]], buys: [[1, shop.clock.now(), "1"]] });
    await shop.audiences.evaluate(ids);
    shop.clock.advance(MINUTE);
    const idle = shop.secondProcess(idleEngine());
    const began = performance.now();
    const { counts } = await idle.evaluate(ids);
    const took = performance.now() - began;
    expect(counts.get("a100")).toEqual({ size: 1, entered: 0, left: 0 });
    expect(counts.size).toBe(100);
    const standing = await shop.audiences.standing(ids);
    expect(new Set([...standing.values()].map(({ checkedAt }) => checkedAt))).toEqual(
      new Set([shop.clock.now()]),
    );
    // It takes some 10 ms; a machine with much else to do is given time.
    expect(took).toBeLessThan(1_000);
  });

  it("evaluates what reads the data that has arrived, and nothing else", async () => {
    await shop.audience("uk", IN_UK);
    await shop.audience("never", NEVER_BOUGHT);
    const both = ["uk", "never"];
    await shop.audiences.evaluate(both);
    const columns = await shop.store.definitions.columns("customers");
    const country = columns.find(({ name }) => name === "country")?.number ?? 0;
    const evaluated = async (touched?: Touched) => {
      const before = await shop.store.audienceChecks.of(both);
      await publish(touched);
      await shop.audiences.evaluate(both);
      const after = await shop.store.audienceChecks.of(both);
      return both.filter(
        (id) => before.get(id)?.evaluation?.sequence !== after.get(id)?.evaluation?.sequence,
      );
    };
    expect(await evaluated(NOTHING)).toEqual([]);
    expect(await evaluated({ ...NOTHING, attributes: [country + 1], events: ["return"] })).toEqual([]);
    expect(await evaluated({ ...NOTHING, attributes: [country] })).toEqual(["uk"]);
    expect(await evaluated({ ...NOTHING, events: ["buy"] })).toEqual(["never"]);
    expect(await evaluated({ ...NOTHING, events: "any" })).toEqual(["never"]);
    expect(await evaluated({ ...NOTHING, newProfiles: true })).toEqual(["never"]);
    // Merges, rebuilds and deletions do not say what they touch.
    expect(await evaluated()).toEqual(both);
  });

  it("is not led astray by operations that are published in another order than they were opened in", async () => {
    await shop.audience("uk", IN_UK);
    const slow = await shop.store.operations.open("import", "slow", 1);
    await shop.write({ profiles: [1], countries: [[1, "UK"]] });
    await shop.audiences.evaluate(["uk"]);
    const before = await evaluations();
    await shop.store.operations.publish(slow);
    await shop.audiences.evaluate(["uk"]);
    expect(await evaluations()).toBe(before + 1);
  });

  it("sees a changed rule, that of an audience that it names too, and lets other definitions pass", async () => {
    await shop.audience("uk", IN_UK);
    await shop.audience("abroad", { not: { inAudience: "uk" } });
    await shop.write({
      profiles: [1, 2],
      countries: [
        [1, "UK"],
        [2, "France"],
      ],
    });
    await shop.audiences.evaluate(["uk", "abroad"]);
    const before = await evaluations();
    await shop.audience("other", { everyone: true });
    await shop.audiences.evaluate(["uk", "abroad"]);
    expect(await evaluations()).toBe(before);
    await shop.audience("uk", { have: { attribute: "country", is: "France" } });
    await shop.audiences.evaluate(["abroad"]);
    expect(await shop.members("abroad")).toEqual([1]);
  });

  it("waits for the time that was chosen, and for somebody's hand", async () => {
    await shop.write({ profiles: [1], countries: [[1, "UK"]] });
    await choose({ every: { hours: 1 } });
    // The first one is at once.
    await shop.audiences.evaluate(["uk"]);
    await shop.write({ profiles: [2], countries: [[2, "UK"]] });
    shop.clock.advance(59 * MINUTE);
    await shop.audiences.evaluate(["uk"]);
    expect(await shop.members("uk")).toEqual([1]);
    shop.clock.advance(MINUTE);
    await shop.audiences.evaluate(["uk"]);
    expect(await shop.members("uk")).toEqual([1, 2]);

    await choose("byHand");
    await shop.write({ profiles: [3], countries: [[3, "UK"]] });
    shop.clock.advance(1_000 * MINUTE);
    await shop.audiences.evaluate(["uk"]);
    expect(await shop.members("uk")).toEqual([1, 2]);
    expect(await shop.audiences.check("uk")).toMatchObject({ size: 3, checkedAt: shop.clock.now() });
  });

  it("refuses a cron expression that is none, with its place", async () => {
    await expect(choose({ cron: "0 25 * * *" })).rejects.toMatchObject({
      code: "definitionInvalid",
      faults: [{ path: expect.stringContaining("/check/cron") }],
    });
  });

  it("keeps why an audience could not be evaluated, and tries again when something has changed", async () => {
    await shop.audience("uk", IN_UK);
    await shop.write({ profiles: [1], countries: [[1, "UK"]] });
    await shop.audiences.evaluate(["uk"]);
    const { body } = (await shop.store.definitions.get("audience", "uk")) ?? {};
    const broken = { ...body, rule: { have: { attribute: "gone", is: "x" } } };
    const store = (what: unknown) =>
      shop.store.db
        .updateTable("definition")
        .set({ body: JSON.stringify(what) })
        .where("id", "=", "uk")
        .execute();
    await store(broken);
    await publish();
    await shop.audiences.evaluate(["uk"]);
    expect(await shop.audiences.get("uk")).toMatchObject({ size: 1, error: { code: "ruleInvalid" } });
    const { failed } = await shop.secondProcess(idleEngine()).evaluate(["uk"]);
    expect(failed.map(({ id, error }) => [id, error.code])).toEqual([["uk", "ruleInvalid"]]);
    await store(body);
    await publish();
    await shop.audiences.evaluate(["uk"]);
    expect(await shop.audiences.get("uk")).toMatchObject({ size: 1, error: null });
  });
});

it("a refresh counts, and nobody joins or leaves by it", async () => {
  await shop.audience("uk", IN_UK);
  await shop.write({ profiles: [1], countries: [[1, "UK"]] });
  expect(await shop.audiences.refresh("uk")).toMatchObject({
    size: 0,
    checkedAt: null,
    counted: { size: 1, at: shop.clock.now() },
  });
  expect(await evaluations()).toBe(0);
  await shop.audiences.evaluate(["uk"]);
  expect(await shop.audiences.get("uk")).toMatchObject({ size: 1, counted: { size: 1 } });
});
