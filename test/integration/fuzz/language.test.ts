import {
  type CheckedMapping,
  checkMapping,
  compileExpression,
  compileMoments,
  compileRules,
  dataflow,
  describeRule,
  PeregrineError,
  parseRule,
  type ResolvedRule,
  readDefinitions,
  resolvedBlocks,
  resolveRule,
  schema,
} from "@peregrine/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyRule } from "../audience/random-rules.ts";
import { CATALOG, createTables, membersBySql } from "../audience/world.ts";
import { CUSTOMERS } from "../bad-input/installation.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { shareOf } from "../harness/share.ts";
import { anything, mutateText, mutateValue, pick, randomOf } from "./mutate.ts";

/**
 * Whatever is written as a rule, a mapping or a definition is taken or refused with faults: nothing is thrown, and what
 * is taken is SQL that the engine understands.
 */
const RULES = shareOf(40_000);
const MAPPINGS = shareOf(30_000);
const DOCUMENTS = shareOf(10_000);
const SEED = 20_260_104;
const MOMENT = { asOf: Date.UTC(2026, 2, 29, 1, 30), timeZone: "Europe/Copenhagen" };
/** So many of those that are taken are given to the engine, in statements of so many. */
const ASKED = 400;
const PER_STATEMENT = 40;

const AUDIENCES = new Map([["known000", { name: "Known", rule: { everyone: true } }]]);
const SNAPSHOT = { upTo: 0, except: [], generation: 0, bases: [] };

let test: TestEngine;
beforeAll(async () => {
  test = await startEngine();
  await createTables(test.engine);
});
afterAll(async () => {
  await test?.close();
});

/** In parts of so many. */
function parts<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

const names = (value: object) => Object.getOwnPropertyNames(value).length;

describe("rules", () => {
  it(`${RULES} bent ones are taken or refused, and the engine understands what is taken`, async () => {
    const prototype = names(Object.prototype);
    const catalog = { ...CATALOG, audiences: AUDIENCES };
    const valid = fc.sample(anyRule([...AUDIENCES.keys()]), { numRuns: 2_000, seed: SEED });
    const taken: ResolvedRule[] = [];
    let refused = 0;
    for (let at = 0; at < RULES; at++) {
      const random = randomOf(SEED + at);
      const rule = at % 50 === 0 ? anything(random) : mutateValue(pick(valid, random), random);
      const parsed = parseRule(rule);
      const resolved = resolveRule(rule, catalog);
      if ("faults" in resolved) {
        refused++;
        expect(resolved.faults.length, JSON.stringify(rule)).toBeGreaterThan(0);
        for (const { path, message } of resolved.faults) {
          expect(path === "" || path.startsWith("/"), JSON.stringify({ rule, path })).toBe(true);
          expect(message.length).toBeGreaterThan(0);
        }
        continue;
      }
      if ("faults" in parsed) throw new Error(`resolved, and not parsed: ${JSON.stringify(rule)}`);
      expect(describeRule(parsed.ok, (id) => AUDIENCES.get(id)?.name).length).toBeGreaterThan(0);
      expect(resolvedBlocks(parsed.ok, resolved.ok).length).toBeGreaterThan(0);
      compileRules([resolved.ok], MOMENT);
      compileMoments([resolved.ok], MOMENT);
      taken.push(resolved.ok);
    }
    // Both happen: else this would be about something else than it says.
    expect(refused).toBeGreaterThan(RULES / 10);
    expect(taken.length).toBeGreaterThan(RULES / 50);
    for (const rules of parts(taken.slice(0, ASKED), PER_STATEMENT)) {
      expect(await membersBySql(test.engine, rules, MOMENT, SNAPSHOT)).toHaveLength(rules.length);
    }
    expect(names(Object.prototype)).toBe(prototype);
  });
});

const PEOPLE = schema.parse({
  kind: "schema",
  id: "people",
  parent: "PersonalData",
  personIdentifier: "userid",
  columns: [
    { name: "userid", type: "text", identifier: "userid" },
    { name: "city", type: "text" },
    { name: "score", type: "number" },
    { name: "vip", type: "boolean" },
    { name: "seen", type: "time" },
    { name: "tags", type: "list" },
  ],
});
const HEADER = ["id", "city", "unit price", "paid", "at", "tags"];
const EXPRESSIONS = {
  userid: ["id", "trim(lower(id))", "text(number(id))", 'concat("u-", id)', "coalesce(id, null)"],
  city: [
    "city",
    "upper(substring(city, 1, 3))",
    'if(startsWith(city, "A"), "a", padStart(city, 5, "0"))',
    'replace(city, "ø", "oe")',
    'formatTime(time(at), "D.M.YYYY hh:mm", "Europe/Copenhagen")',
    'if(paid = "" or not endsWith(city, "x"), null, city)',
  ],
  score: [
    'number(column("unit price")) * 1.19',
    '-number(replace(column("unit price"), ",", ".")) + 2 / 3',
    "round(number(id), 2)",
    'difference(time(at), time("2024-02-28"), "year", "UTC")',
    'weekday(time(at, "DD.MM.YYYY hh:mm", "Europe/Copenhagen"), "UTC")',
  ],
  vip: ["boolean(paid)", 'number(id) >= 10 and city != "x"', "true"],
  seen: ["time(at)", 'startOf(time(at), "week", "Europe/Copenhagen")', 'add(time(at), -3, "month", "UTC")'],
} as const;

describe("mappings", () => {
  it(`${MAPPINGS} bent ones are taken or refused, and the engine understands what is taken`, async () => {
    const taken: CheckedMapping[] = [];
    let refused = 0;
    for (let at = 0; at < MAPPINGS; at++) {
      const random = randomOf(SEED - at);
      const [column, expressions] = pick(Object.entries(EXPRESSIONS), random);
      const map = { userid: "id", [column]: mutateText(pick(expressions, random), random) };
      const read = dataflow.safeParse({ kind: "dataflow", id: "people", schema: "people", map });
      if (!read.success) {
        refused++;
        continue;
      }
      const check = checkMapping(read.data, PEOPLE, { columns: HEADER });
      if (check.ok) {
        taken.push(check.mapping);
        continue;
      }
      refused++;
      expect(check.faults.length).toBeGreaterThan(0);
      for (const { path, message } of check.faults) {
        expect(path.startsWith("/"), JSON.stringify({ map, path })).toBe(true);
        expect(message.length).toBeGreaterThan(0);
      }
    }
    expect(refused).toBeGreaterThan(MAPPINGS / 10);
    expect(taken.length).toBeGreaterThan(MAPPINGS / 50);
    const compiled = taken.slice(0, ASKED).flatMap(({ targets }) =>
      targets.flatMap(({ typed }) => {
        try {
          return [compileExpression(typed, { tagged: false, emptyCells: "absent" })];
        } catch (error) {
          // The one thing that is found only now: nested too much.
          expect(error).toBeInstanceOf(PeregrineError);
          return [];
        }
      }),
    );
    const cells = HEADER.map((_, at) => `materialize('1') AS c${at + 1}`).join(", ");
    for (const some of parts(compiled, PER_STATEMENT)) {
      const values = some.flatMap(({ value, faults }) => [
        `isNull(${value})`,
        ...faults.map(({ when }) => `isNull(${when})`),
      ]);
      const rows = await test.engine.query<unknown[]>(
        `SELECT ${values.join(",\n")} FROM (SELECT ${cells})`,
        {},
        {
          format: "arrays",
        },
      );
      expect(rows).toHaveLength(1);
    }
  });
});

describe("definitions", () => {
  it(`${DOCUMENTS} bent ones are read or refused with faults`, () => {
    const valid = [
      ...CUSTOMERS,
      { kind: "audience", id: "5d822e81", name: "Cat owners", tags: ["cats"], rule: { everyone: true } },
      {
        kind: "activation",
        id: "shop",
        name: "Shop",
        type: "ibexa",
        settings: { baseUrl: "https://shop.example/cdp/webhook", clientId: "a", clientSecret: "b" },
        audiences: ["5d822e81"],
      },
    ];
    let refused = 0;
    for (let at = 0; at < DOCUMENTS; at++) {
      const random = randomOf(SEED + 7 * at);
      const documents = [pick(valid, random), mutateValue(pick(valid, random), random)];
      const { definitions, faults } = readDefinitions(documents);
      if (faults.length > 0) refused++;
      else expect(definitions).toHaveLength(2);
    }
    expect(refused).toBeGreaterThan(DOCUMENTS / 10);
    expect(refused).toBeLessThan(DOCUMENTS);
  });
});
