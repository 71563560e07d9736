import { type CompiledInPasses, compileInPasses, resolveRule } from "@peregrine/core";
import { askInPasses, type OpenEngine } from "@peregrine/server";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SERVER_URL, startEngine, type TestEngine } from "../harness/engine.ts";
import { anyWorld } from "./random-world.ts";
import { CATALOG, createTables, writeWorld } from "./world.ts";

const MOMENT = { asOf: Date.UTC(2026, 2, 31, 12), timeZone: "UTC" };
const SNAPSHOT = { upTo: 1, except: [], generation: 1, bases: [] };
const TABLE = "rule_passes_1";
const REST = { snapshot: SNAPSHOT, piece: undefined, table: TABLE };

let test: TestEngine;
let engine: OpenEngine;
beforeEach(async () => {
  test = await startEngine();
  engine = test.engine;
  await createTables(engine);
  const [world] = fc.sample(anyWorld(MOMENT, 60), { numRuns: 1, seed: 20_260_331 });
  if (world === undefined) throw new Error("no world was made");
  await writeWorld(engine, world, 1);
});
afterEach(async () => {
  await test?.close();
});

/** A rule that everybody fits, over events and an attribute: members who are missing are missed. */
function everybody(): CompiledInPasses {
  const [attribute = ""] = CATALOG.attributes.keys();
  const [event = ""] = CATALOG.events.keys();
  const either = (rule: object) => ({ any: [rule, { not: rule }] });
  const rule = { all: [either({ have: { attribute, isSet: true } }), either({ did: { event } })] };
  const resolved = resolveRule(rule, CATALOG);
  if ("faults" in resolved) throw new Error(JSON.stringify(resolved.faults));
  return compileInPasses([resolved.ok], MOMENT, {}, TABLE);
}

function count(compiled: CompiledInPasses): Promise<{ readonly people: number; readonly type: string }[]> {
  const { sql, parameters } = compiled.rules;
  return engine.query(
    `SELECT toUInt32(countIf(r0 = 1)) AS people, any(toTypeName(profile)) AS type FROM (${sql})`,
    parameters,
  );
}

const tables = () =>
  engine.query("SELECT name FROM system.tables WHERE name = {name:String}", { name: TABLE });

describe("rules in passes", () => {
  it("find everybody, and leave no table behind", async () => {
    const compiled = everybody();
    const [found] = await askInPasses(engine, { ...REST, compiled }, () => count(compiled));
    const [all] = await engine.query<{ readonly people: number }>(
      "SELECT toUInt32(uniqExact(profile)) AS people FROM profile WHERE profile NOT IN (SELECT old FROM profile_merge)",
    );
    expect(found).toEqual({ people: all?.people, type: "UInt32" });
    expect(found?.people).toBeGreaterThan(10);
    expect(await tables()).toEqual([]);
  });

  it.skipIf(SERVER_URL !== undefined)(
    "fail when the engine was restarted after a pass: nobody is taken for gone",
    async () => {
      const compiled = everybody();
      const asked = askInPasses(engine, { ...REST, compiled }, async () => {
        engine.process?.kill("SIGKILL");
        return count(compiled);
      });
      await expect(asked).rejects.toMatchObject({ code: "engineRestarted" });
      expect(await tables()).toEqual([]);
    },
  );

  it("end with the failure of a pass, and the last statement is not asked", async () => {
    const compiled = everybody();
    const [first, ...others] = compiled.passes;
    if (first === undefined) throw new Error("there is no pass");
    const broken = { ...first, sql: `SELECT throwIf(1, 'this pass is broken'), 0` };
    let asked = 0;
    const passes = askInPasses(
      engine,
      { ...REST, compiled: { ...compiled, passes: [broken, ...others] } },
      async () => {
        asked++;
      },
    );
    await expect(passes).rejects.toThrow("this pass is broken");
    expect(asked).toBe(0);
    expect(await tables()).toEqual([]);
  });
});
