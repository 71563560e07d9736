import {
  type ExplainedNode,
  evaluateRule,
  explainRule,
  type Moment,
  parseRule,
  type Rule,
  resolveRule,
} from "@peregrine/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { anyAudiences, anyRule } from "./random-rules.ts";
import { anyWorld } from "./random-world.ts";
import { CATALOG, createTables, membersBySql, peopleOf, writeWorld } from "./world.ts";

const MOMENT: Moment = { asOf: Date.UTC(2026, 2, 29, 1, 30), timeZone: "Europe/Copenhagen" };
const RULES = 180;
const PEOPLE = 30;
const SEED = 20_260_202;

let test: TestEngine;
beforeAll(async () => {
  test = await startEngine();
  await createTables(test.engine);
});
afterAll(async () => {
  await test?.close();
});

const ruleOf = (rule: unknown): Rule => {
  const parsed = parseRule(rule);
  if ("faults" in parsed) throw new Error(JSON.stringify({ rule, ...parsed }));
  return parsed.ok;
};

/** The verdict of a tree whose conditions that did not decide are set by `others`. */
function verdict(node: ExplainedNode, others: () => boolean): boolean {
  if (node.of.length === 0) return node.decides ? node.holds : others();
  const branches = node.of.map((branch) => verdict(branch, others));
  const [step = ""] = node.of[0]?.path.slice(node.path.length + 1).split("/") ?? [];
  if (step === "not") return !branches[0];
  return step === "any" ? branches.some(Boolean) : branches.every(Boolean);
}

function leaves(node: ExplainedNode): readonly ExplainedNode[] {
  return node.of.length === 0 ? [node] : node.of.flatMap(leaves);
}

describe("the explanation of random rules for random people", () => {
  it("gives the verdict of the evaluator and of SQL, and what decided implies it alone", async () => {
    const [world] = fc.sample(anyWorld(MOMENT, PEOPLE), { numRuns: 1, seed: SEED });
    const [audiences] = fc.sample(anyAudiences(6), { numRuns: 1, seed: SEED });
    if (world === undefined || audiences === undefined) throw new Error("nothing was drawn");
    await writeWorld(test.engine, world, 1);
    const catalog = { ...CATALOG, audiences };
    const rules = fc.sample(anyRule([...audiences.keys()]), { numRuns: RULES, seed: SEED }).map((rule) => {
      const resolved = resolveRule(rule, catalog);
      if ("faults" in resolved) throw new Error(JSON.stringify({ rule, ...resolved }));
      return { rule: ruleOf(rule), resolved: resolved.ok };
    });
    const members: number[][] = [];
    for (let from = 0; from < RULES; from += 60) {
      const part = rules.slice(from, from + 60).map(({ resolved }) => resolved);
      members.push(
        ...(await membersBySql(test.engine, part, MOMENT, { upTo: 1, except: [], generation: 1, bases: [] })),
      );
    }
    const [coins = []] = fc.sample(fc.array(fc.boolean(), { minLength: 997, maxLength: 997 }), {
      numRuns: 1,
      seed: SEED,
    });
    let tossed = 0;
    const coin = () => coins[tossed++ % coins.length] ?? false;
    const seen = { yes: 0, no: 0, undecided: 0, named: 0 };
    for (const [at, { rule, resolved }] of rules.entries()) {
      for (const [profile, person] of peopleOf(world)) {
        const explained = explainRule(rule, resolved, person, MOMENT, (id) =>
          ruleOf(audiences.get(id)?.rule),
        );
        const about = JSON.stringify({ rule, profile });
        expect(explained.holds, about).toBe(evaluateRule(resolved, person, MOMENT));
        expect(explained.holds, about).toBe(members[at]?.includes(profile));
        for (const others of [() => true, () => false, coin, coin]) {
          expect(verdict(explained.tree, others), about).toBe(explained.holds);
        }
        const own = leaves(explained.tree);
        expect(
          own.some(({ decides }) => decides),
          about,
        ).toBe(true);
        // A condition that decides nothing must not be told; each that does, in words.
        expect(explained.sentences).toHaveLength(own.filter(({ decides }) => decides).length);
        seen[explained.holds ? "yes" : "no"] += 1;
        if (own.some(({ decides }) => !decides)) seen.undecided += 1;
        seen.named += explained.audiences.length;
      }
    }
    // All of it was really met.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(100);
  });
});
