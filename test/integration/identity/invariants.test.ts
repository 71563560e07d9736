import { findViolations } from "@peregrine/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { SHOP, USERID } from "./world.ts";

let test: TestEngine;
let operation = 0;

beforeAll(async () => {
  test = await startEngine();
});

afterAll(async () => {
  await test.close();
});

/** Writes one generation by hand and asks what is wrong with it. */
async function violationsOf(data: {
  profiles?: number[];
  merges?: [old: number, to: number][];
  owners?: [value: string, profile: number, arrival: number][];
}): Promise<string[]> {
  operation += 1;
  const { engine } = test;
  const op = operation;
  await engine.insert(
    "profile",
    ["op", "profile", "arrival"],
    (data.profiles ?? []).map((p) => [op, p, 0]),
  );
  await engine.insert(
    "profile_merge",
    ["op", "old", "new", "arrival", "step"],
    (data.merges ?? []).map(([old, to], step) => [op, old, to, 0, step]),
  );
  const owners = (data.owners ?? []).map(([value, profile, arrival]) => [
    op,
    USERID,
    value,
    profile,
    arrival,
    0,
  ]);
  const columns = ["op", "kind", "value", "profile", "arrival", "step"];
  await engine.insert("identifier", columns, owners);
  await engine.insert("identifier_of_profile", columns, owners);
  const snapshot = { upTo: op, except: [], generation: op, bases: [] };
  return (await findViolations(engine, snapshot, SHOP)).map(({ invariant }) => invariant).sort();
}

describe("the invariants of identity notice", () => {
  it("nothing where all is well", async () => {
    const found = await violationsOf({
      profiles: [1, 2],
      merges: [[2, 1]],
      owners: [
        ["u1", 2, 0],
        ["u0", 1, 0],
        ["u0", 0, 1],
      ],
    });
    expect(found).toEqual([]);
  });

  it("two owners of a value", async () => {
    const found = await violationsOf({
      profiles: [1, 2],
      owners: [
        ["u1", 1, 0],
        ["u1", 2, 0],
      ],
    });
    expect(found).toContain("a value has at most one owner");
  });

  it("two userids of a profile, also after a merge", async () => {
    const found = await violationsOf({
      profiles: [1, 2],
      merges: [[2, 1]],
      owners: [
        ["u1", 1, 0],
        ["u2", 2, 1],
      ],
    });
    expect(found).toEqual(["a profile has at most one value of a kind with limit one"]);
  });

  it("a merge that leads to a merged number", async () => {
    const found = await violationsOf({
      profiles: [1, 2, 3],
      merges: [
        [3, 2],
        [2, 1],
      ],
      owners: [["u1", 3, 0]],
    });
    expect(found).toEqual(["merges are flat", "no canonical owner was merged away"]);
  });

  it("a larger number that survives", async () => {
    expect(await violationsOf({ profiles: [1, 2], merges: [[1, 2]] })).toEqual([
      "the smaller number survives",
    ]);
  });

  it("numbers that were never issued, or twice", async () => {
    expect(await violationsOf({ profiles: [1, 1], owners: [["u1", 7, 0]] })).toEqual([
      "a number is issued once",
      "every number that is used was issued",
    ]);
  });
});
