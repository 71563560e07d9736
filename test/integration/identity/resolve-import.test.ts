import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { cookie, email, IdentityWorld, prepareWorlds, type Row, row, SHOP, user } from "./world.ts";

let test: TestEngine;

beforeAll(async () => {
  test = await startEngine();
  await prepareWorlds(test.engine);
});

afterAll(async () => {
  await test.close();
});

describe("identity across imports, by name", () => {
  it("merged profiles: the visitor of an earlier import is the person who logs in now", async () => {
    const world = new IdentityWorld(test.engine);
    expect((await world.import([row(cookie("c1")), row(cookie("c2")), "leftOut"])).rows).toEqual([
      1,
      2,
      null,
    ]);
    const login = await world.import([row(user("u1"), cookie("c2")), row(user("u1"))]);
    expect(login.rows).toEqual([2, 2]);
    expect(login.resolved).toMatchObject({
      nextProfile: 4,
      counts: { newProfiles: 1, merges: 1, conflicts: 0 },
    });
    expect((await world.import([row(cookie("c2")), row(user("u1")), row(cookie("c9"))])).rows).toEqual([
      2, 2, 4,
    ]);
    expect(await world.violations()).toEqual([]);
  });

  it("merged profiles: numbers that were merged twice lead to the last survivor", async () => {
    const world = new IdentityWorld(test.engine);
    await world.import([row(email("a@x")), row(user("u1")), row(cookie("c1"))]);
    await world.import([row(user("u1"), cookie("c1"))]);
    await world.import([row(user("u1"), email("A@X"))]);
    expect((await world.import([row(cookie("c1")), row(user("u1")), row(email("a@x"))])).rows).toEqual([
      1, 1, 1,
    ]);
    expect(await world.violations()).toEqual([]);
    const merges = await test.engine.query(
      "SELECT old, argMax(new, (arrival, step)) AS new FROM profile_merge WHERE op >= {from:UInt64} GROUP BY old ORDER BY old",
      { from: world.snapshot.generation },
    );
    expect(merges).toEqual([
      { old: 2, new: 1 },
      { old: 3, new: 1 },
    ]);
  });

  it("shared cookie: it belongs to the person seen last; nobody's earlier rows move", async () => {
    const world = new IdentityWorld(test.engine);
    expect((await world.import([row(user("u1"), cookie("c1")), row(cookie("c1"))])).rows).toEqual([1, 1]);
    const second = await world.import([
      row(cookie("c1")),
      row(user("u2"), cookie("c1")),
      row(cookie("c1")),
      row(user("u1"), cookie("c1")),
      row(cookie("c1")),
    ]);
    expect(second.rows).toEqual([1, 2, 2, 1, 1]);
    expect(second.resolved.counts).toEqual({ newProfiles: 1, merges: 0, conflicts: 2 });
    expect((await world.import([row(cookie("c1")), row(user("u2"))])).rows).toEqual([1, 2]);
    expect(await world.violations()).toEqual([]);
  });

  it("moved identifier: a new address displaces the old one, which is nobody's until it comes again", async () => {
    const world = new IdentityWorld(test.engine);
    await world.import([row(user("u1"), email("old@x"))]);
    const moved = await world.import([row(user("u1"), email("new@x")), row(email("new@x"))]);
    expect(moved.rows).toEqual([1, 1]);
    expect(moved.resolved.counts.conflicts).toBe(1);
    expect((await world.import([row(email("old@x")), row(email("new@x")), row(user("u1"))])).rows).toEqual([
      2, 1, 1,
    ]);
    expect(await world.violations()).toEqual([]);
  });

  it("moved identifier: an address that goes to another person leaves the rest where it was", async () => {
    const world = new IdentityWorld(test.engine);
    await world.import([row(user("u1"), email("a@x")), row(user("u2"), email("b@x"), cookie("c2"))]);
    expect((await world.import([row(user("u1"), email("b@x"))])).rows).toEqual([1]);
    expect((await world.import([row(email("b@x")), row(cookie("c2")), row(email("a@x"))])).rows).toEqual([
      1, 2, 3,
    ]);
    expect(await world.violations()).toEqual([]);
  });

  it("refuses two values of a limit-1 kind in every group and says it once per list", async () => {
    const world = new IdentityWorld(test.engine);
    const rows = [
      row(user("u1"), user("u2")),
      row(user("0")),
      row(),
      row(user("u1"), user("u2")),
      row(user("u1")),
    ];
    expect((await world.import(rows, { groupSize: 2 })).rows).toEqual(["refused", 0, 0, "refused", 1]);
    expect(await world.violations()).toEqual([]);
  });

  it("a deactivated identifier links nothing more; past links stay", async () => {
    const world = new IdentityWorld(test.engine);
    await world.import([row(user("u1"), cookie("c1"))]);
    const kinds = SHOP.kinds.map((kind) => (kind.id === "cookie" ? { ...kind, active: false } : kind));
    const config = { kinds };
    expect((await world.import([row(cookie("c1")), row(user("u2"), cookie("c1"))], { config })).rows).toEqual(
      [0, 2],
    );
    expect((await world.import([row(cookie("c1"))])).rows).toEqual([1]);
    expect(await world.violations()).toEqual([]);
  });

  it("an import without rows changes nothing", async () => {
    const world = new IdentityWorld(test.engine);
    expect((await world.import([])).resolved.counts).toEqual({ newProfiles: 0, merges: 0, conflicts: 0 });
  });

  it("keeps values apart that differ in letters, white space or script after normalisation", async () => {
    const world = new IdentityWorld(test.engine);
    const odd = ["ü", "Ü", "日本", "a\tb", "a\\b", "a'b", "😀", "x".repeat(300)];
    const { rows } = await world.import(odd.map((value) => row(cookie(value))));
    expect(rows).toEqual(odd.map((_, at) => at + 1));
    expect((await world.import(odd.map((value) => row(cookie(value))))).rows).toEqual(rows);
  });
});

/** A stream with logins, shared cookies, moved addresses, blocked values; the same for the same seed. */
function manyRows(count: number, seed: number, people: number): Row[] {
  let state = seed;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return Array.from({ length: count }, (): Row => {
    if (below(20) === 0) return "leftOut";
    const identifiers: [number, string][] = [];
    if (below(3) === 0) identifiers.push(user(below(15) === 0 ? "anonymous" : `u${below(people)}`));
    if (below(4) === 0) identifiers.push(email(`${below(2) ? "P" : "p"}${below(people)}@x `));
    if (below(5) !== 0) identifiers.push(cookie(`c${below(2 * people)}`));
    if (below(50) === 0) identifiers.push(user(`u${below(people)}`));
    return identifiers;
  });
}

describe("identity, whatever the groups", () => {
  it("writes identical tables in groups of 1, 7 and all", async () => {
    const files = [manyRows(30, 1, 6), manyRows(30, 2, 6)];
    const outcomes = [];
    for (const groupSize of [1, 7, 200_000]) {
      const world = new IdentityWorld(test.engine);
      const imports = [];
      for (const file of files) imports.push(await world.import(file, { groupSize }));
      expect(await world.violations()).toEqual([]);
      outcomes.push({
        digest: await world.digest(),
        resolved: imports.map(({ resolved }) => ({ next: resolved.nextProfile, counts: resolved.counts })),
        refused: imports.map(({ rows }) =>
          rows.map((profile) => (typeof profile === "number" ? "" : profile)),
        ),
      });
    }
    expect(outcomes[0]?.resolved[1]?.counts.conflicts).toBeGreaterThan(2);
    expect(outcomes[0]?.resolved[1]?.counts.merges).toBeGreaterThan(1);
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });

  it("gives the same numbers when an abandoned import is done again", async () => {
    const [first, second] = [manyRows(200, 3, 40), manyRows(200, 4, 40)];
    const straight = new IdentityWorld(test.engine);
    await straight.import(first);
    const expected = await straight.import(second);

    const interrupted = new IdentityWorld(test.engine);
    await interrupted.import(first);
    await interrupted.import(manyRows(77, 5, 40), { abandon: true });
    await interrupted.import(second, { groupSize: 50, abandon: true });
    const redone = await interrupted.import(second);
    expect(redone.rows).toEqual(expected.rows);
    expect(redone.resolved.counts).toEqual(expected.resolved.counts);
    expect(await interrupted.digest()).toEqual(await straight.digest());
    expect(await interrupted.violations()).toEqual([]);
  });
});
