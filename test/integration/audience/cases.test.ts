import { type Moment, parseRule, resolveRule, type Value } from "@peregrine/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { type CaseEvent, type CaseGroup, NOON } from "./case.ts";
import { CASES } from "./cases.ts";
import {
  ATTRIBUTES,
  type AttributeRow,
  CATALOG,
  createTables,
  type EventRow,
  membersBySql,
  membersInMemory,
  PROPERTIES,
  peopleOf,
  SHOP,
  WEB,
  writeWorld,
} from "./world.ts";

/** Each group is a world of its own, written under its own generation. */
const WORLDS = CASES.map(worldOf);
const RUNS = CASES.flatMap((group, at) =>
  group.cases.map(([says, rule, members, moment], index) => ({
    name: `${group.about}: ${says}`,
    group: at,
    index,
    rule,
    members: members.split(" ").filter((name) => name !== ""),
    moment: { ...NOON, ...moment },
  })),
);

let test: TestEngine;
beforeAll(async () => {
  test = await startEngine();
  await createTables(test.engine);
  for (const [at, { world }] of WORLDS.entries()) await writeWorld(test.engine, world, at + 1);
});
afterAll(async () => {
  await test?.close();
});

it("no two cases say the same", () => {
  expect(new Set(RUNS.map(({ name }) => name)).size).toBe(RUNS.length);
});

describe("a rule in memory", () => {
  it.each(RUNS)("$name", ({ group, rule, members, moment }) => {
    const { world, names } = worldAt(group);
    expect(parseRule(rule)).toEqual({ ok: rule });
    expect(named(membersInMemory(peopleOf(world), resolved(rule, group), moment), names)).toEqual(members);
  });
});

describe("a rule in SQL", () => {
  it.each(RUNS)("$name", async ({ group, index, members, moment }) => {
    const found = await groupBySql(group, moment);
    expect(found.get(index)).toEqual(members);
  });
});

const answers = new Map<string, Promise<ReadonlyMap<number, readonly string[]>>>();

/** All cases of a group with the same moment are one statement, as audiences that are due together are. */
function groupBySql(group: number, moment: Moment): Promise<ReadonlyMap<number, readonly string[]>> {
  const key = JSON.stringify([group, moment]);
  const known = answers.get(key) ?? ask();
  answers.set(key, known);
  return known;

  async function ask() {
    const runs = RUNS.filter((run) => JSON.stringify([run.group, run.moment]) === key);
    const snapshot = { upTo: group + 1, except: [], generation: group + 1, bases: [] };
    const rules = runs.map(({ rule }) => resolved(rule, group));
    const found = await membersBySql(test.engine, rules, moment, snapshot);
    const { names } = worldAt(group);
    return new Map(runs.map(({ index }, at) => [index, named(found[at] ?? [], names)]));
  }
}

function resolved(rule: unknown, group: number) {
  const named = Object.entries(CASES[group]?.audiences ?? {});
  const audiences = new Map(named.map(([id, of]) => [id, { name: id, rule: of }]));
  const result = resolveRule(rule, { ...CATALOG, audiences });
  if ("faults" in result) throw new Error(JSON.stringify(result.faults));
  return result.ok;
}

function worldAt(group: number) {
  const found = WORLDS[group];
  if (found === undefined) throw new Error(`there is no group ${group}`);
  return found;
}

function named(profiles: readonly number[], names: readonly string[]): string[] {
  return profiles.map((profile) => names[profile - 1] ?? `nobody (${profile})`);
}

function worldOf({ people }: CaseGroup) {
  const names = Object.keys(people);
  const numberOf = (name: string) => {
    const at = names.indexOf(name);
    if (at < 0) throw new Error(`there is nobody called ${name}`);
    return at + 1;
  };
  const attributes: AttributeRow[] = [];
  const events: EventRow[] = [];
  const merges = new Map<number, number>();
  for (const [name, { has = {}, history = [], did = [], was = [] }] of Object.entries(people)) {
    const profile = numberOf(name);
    const now = Object.entries(has).map(
      ([attribute, value]) => [attribute, value, "2026-01-01T00:00:00Z"] as const,
    );
    for (const [attribute, value, time, tie = ""] of [...now, ...history]) {
      const { type, numbers } = ATTRIBUTES[attribute as keyof typeof ATTRIBUTES];
      attributes.push({
        profile,
        attribute: numbers[0],
        time: Date.parse(time),
        tie,
        arrival: attributes.length + 1,
        value: value === null ? null : typedValue(value, type),
      });
    }
    for (const event of did) events.push({ profile, ...eventOf(event) });
    for (const old of was) merges.set(numberOf(old), profile);
  }
  return { names, world: { profiles: names.map((_, at) => at + 1), merges, attributes, events } };
}

function eventOf([type, time, properties = {}, source]: CaseEvent) {
  const schema = source === "web" || type === "pageview" ? WEB : SHOP;
  const values = Object.entries(properties).map(([name, value]) => {
    const property = PROPERTIES[name as keyof typeof PROPERTIES];
    const column = new Map(Object.entries(property.columns)).get(String(schema));
    if (column === undefined) throw new Error(`${name} is no property of schema ${schema}`);
    return [column, typedValue(value, property.type)] as const;
  });
  return { schema, type, time: Date.parse(time), values: new Map<number, Value>(values) };
}

function typedValue(value: string | number | boolean | readonly string[], type: string): Value {
  if (type === "time") return Date.parse(String(value));
  if (type !== "number" || Array.isArray(value)) return typeof value === "number" ? String(value) : value;
  const [whole = "", fraction = ""] = String(value).replace("-", "").split(".");
  const micros = BigInt(whole + fraction.padEnd(6, "0"));
  return String(value).startsWith("-") ? -micros : micros;
}
