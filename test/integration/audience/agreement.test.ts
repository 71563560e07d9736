import { type Moment, parseRule, resolveRule } from "@peregrine/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { wholeOr } from "../harness/share.ts";
import { anyAudiences, anyRule } from "./random-rules.ts";
import { anyWorld } from "./random-world.ts";
import {
  CATALOG,
  createTables,
  membersBySql,
  membersInMemory,
  membersInPasses,
  peopleOf,
  writeWorld,
} from "./world.ts";

/**
 * SQL and memory decide the same, for random rules over random people. A statement holds many rules, so this also
 * shows that sharing conditions between rules changes nothing.
 */
const MOMENTS: readonly Moment[] = [
  { asOf: Date.UTC(2026, 2, 31, 12), timeZone: "UTC" },
  // Half an hour after clocks went forward; a month before is in winter time.
  { asOf: Date.UTC(2026, 2, 29, 1, 30), timeZone: "Europe/Copenhagen" },
  // The day that is 25 hours long.
  { asOf: Date.UTC(2025, 9, 26, 22, 59, 59, 999), timeZone: "Europe/Copenhagen" },
  // Already tomorrow there, and the last day of a month whose predecessor is shorter.
  { asOf: Date.UTC(2024, 2, 30, 13, 0, 0, 1), timeZone: "Pacific/Auckland" },
  // Clocks jump over midnight in this zone.
  { asOf: Date.UTC(2026, 4, 24, 4), timeZone: "America/Santiago" },
  { asOf: Date.UTC(2024, 1, 29, 18, 29, 59, 999), timeZone: "Asia/Kolkata" },
];
const RULES_PER_STATEMENT = 84;
/** 5,040 rules in all. */
const STATEMENTS_PER_MOMENT = wholeOr(10, 2);
const AUDIENCES = 8;
const SEED = 20_260_101;

let test: TestEngine;
beforeAll(async () => {
  test = await startEngine();
  await createTables(test.engine);
});
afterAll(async () => {
  await test?.close();
});

describe("a rule in SQL and the same rule in memory", () => {
  it.each(MOMENTS.map((moment, at) => ({ ...moment, at })))(
    `find the same people for ${RULES_PER_STATEMENT * STATEMENTS_PER_MOMENT} random rules at $at ($timeZone)`,
    async ({ at, ...moment }) => {
      const operation = at + 1;
      const [world] = fc.sample(anyWorld(moment, 60), { numRuns: 1, seed: SEED + at });
      if (world === undefined) throw new Error("no world was made");
      await writeWorld(test.engine, world, operation);
      const people = peopleOf(world);
      const count = RULES_PER_STATEMENT * STATEMENTS_PER_MOMENT;
      const [audiences] = fc.sample(anyAudiences(AUDIENCES), { numRuns: 1, seed: SEED + at });
      if (audiences === undefined) throw new Error("no audiences were made");
      const catalog = { ...CATALOG, audiences };
      const rules = fc
        .sample(anyRule([...audiences.keys()]), { numRuns: count, seed: SEED + at })
        .map((rule) => {
          expect(parseRule(rule), JSON.stringify(rule)).toEqual({ ok: rule });
          const resolved = resolveRule(rule, catalog);
          if ("faults" in resolved) throw new Error(JSON.stringify({ rule, ...resolved }));
          return { rule, resolved: resolved.ok };
        });
      const sizes = new Set<number>();
      for (let from = 0; from < rules.length; from += RULES_PER_STATEMENT) {
        const part = rules.slice(from, from + RULES_PER_STATEMENT);
        // The first of them in passes, the others in one statement.
        const bySql = await (from === 0 ? membersInPasses : membersBySql)(
          test.engine,
          part.map(({ resolved }) => resolved),
          moment,
          { upTo: operation, except: [], generation: operation, bases: [] },
        );
        for (const [index, { rule, resolved }] of part.entries()) {
          const inMemory = membersInMemory(people, resolved, moment);
          expect(bySql[index], JSON.stringify({ rule, moment })).toEqual(inMemory);
          sizes.add(inMemory.length);
        }
      }
      // Rules that find nobody, or everybody, would agree whatever is wrong.
      expect(sizes.size).toBeGreaterThan(25);
    },
  );
});
