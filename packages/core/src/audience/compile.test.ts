import { describe, expect, it } from "vitest";
import type { Catalog } from "./catalog.ts";
import { compileRules } from "./compile.ts";
import { resolveRule } from "./resolve.ts";

const amount = { type: "number", column: 5 } as const;
const CATALOG: Catalog = {
  attributes: new Map([
    ["country", { type: "text", numbers: [1] }],
    ["age", { type: "number", numbers: [2] }],
  ]),
  events: new Map([
    ["buy", [{ schema: 3, properties: new Map([["amount", amount]]) }]],
    ["visit", [{ schema: 4, properties: new Map() }]],
    [
      "search",
      [
        { schema: 3, properties: new Map() },
        { schema: 4, properties: new Map() },
      ],
    ],
  ]),
  openSources: [],
  audiences: new Map(),
};
const MOMENT = { asOf: Date.UTC(2026, 5, 15, 12), timeZone: "UTC" };

function compiled(...rules: unknown[]) {
  const resolved = rules.map((rule) => {
    const result = resolveRule(rule, CATALOG);
    if ("faults" in result) throw new Error(JSON.stringify(result.faults));
    return result.ok;
  });
  return compileRules(resolved, MOMENT);
}

const occurrences = (text: string, part: string) => text.split(part).length - 1;
const lately = { did: { event: "buy", within: { last: 30, unit: "days" } } };

describe("compileRules", () => {
  it("joins nothing for everyone", () => {
    const { sql, parameters, needs, columns } = compiled({ everyone: true });
    expect(sql).not.toContain("JOIN");
    expect({ parameters, needs, columns }).toEqual({
      parameters: {},
      needs: { profiles: true, attributes: [], events: [] },
      columns: ["r0"],
    });
  });

  it("computes equal conditions once, over all rules", () => {
    const { sql, columns } = compiled(
      lately,
      { not: lately },
      { all: [lately, { have: { attribute: "country", is: "UK" } }] },
    );
    expect(columns).toEqual(["r0", "r1", "r2"]);
    expect(occurrences(sql, "maxIf(time, 1)")).toBe(1);
  });

  it("asks for the latest event where once is enough, whatever the window", () => {
    const within = (last: number) => ({ did: { event: "buy", within: { last, unit: "days" } } });
    const { sql } = compiled(within(30), within(60), within(36_500));
    expect(new Set(sql.match(/maxIf\([^)]*\)/g)).size).toBe(1);
    // A hundred years reach beyond 1970, the engine's time for "never".
    expect(occurrences(sql, "countIf(")).toBe(1);
  });

  it("reads each attribute in a pass of its own, once", () => {
    const { sql, needs } = compiled(
      { have: { attribute: "country", is: "UK" } },
      { have: { attribute: "country", isNot: "US" } },
      { have: { attribute: "age", atLeast: 18 } },
    );
    for (const attribute of [1, 2]) {
      expect(occurrences(sql, `FROM attribute_view WHERE attribute = ${attribute})`)).toBe(1);
    }
    expect(needs.attributes).toEqual([1, 2]);
  });

  it("reads the events of each type in a pass of its own, also where one condition reads two schemas", () => {
    const { sql, needs } = compiled(
      { did: { event: "buy" } },
      { did: { event: "buy", within: { last: 7, unit: "days" } } },
      { did: { event: "visit" } },
      { did: { event: "search" } },
    );
    expect(occurrences(sql, "JOIN")).toBe(0);
    for (const schema of [3, 4]) {
      expect(occurrences(sql, `FROM event_view_${schema} WHERE type = `)).toBe(2);
    }
    expect(needs.events.map(({ schema }) => schema)).toEqual([3, 4]);
  });

  it("puts any number of conditions into the bits of a few numbers", () => {
    const rules = Array.from({ length: 150 }, (_, at) => ({ have: { attribute: "age", atLeast: at } }));
    const { sql } = compiled(lately, ...rules);
    const places = [...sql.matchAll(/bitTest\((w\d+, \d+)\) AS /g)].map(([, place]) => place);
    expect(new Set(places).size).toBe(151);
    expect(places.every((place) => Number(place?.split(", ")[1]) < 64)).toBe(true);
  });

  it("reads only the columns and the times that it needs", () => {
    const { needs, sql, parameters } = compiled(lately, {
      did: { event: "buy", measure: { sum: "amount" }, atLeast: 5, within: { last: 60, unit: "days" } },
    });
    expect(needs.events).toEqual([{ schema: 3, columns: [5] }]);
    const [, from = ""] = sql.split("FROM event_view_3 WHERE ");
    const placeholders = [...from.matchAll(/time (?:<=|>) \{(\w+):/g)].map(
      ([, name]) => parameters[name ?? ""],
    );
    expect(placeholders).toEqual(["2026-04-16 12:00:00.000", "2026-06-15 12:00:00.000"]);
  });

  it("binds every value and shares equal ones", () => {
    const text = "O'Brien'); DROP TABLE profile; --";
    const { sql, parameters } = compiled(
      { have: { attribute: "country", is: text } },
      { have: { attribute: "country", isNot: text } },
      { have: { attribute: "age", atLeast: 12.5 } },
    );
    expect(sql).not.toContain("DROP");
    expect(Object.values(parameters)).toEqual([text, "12.500000"]);
  });
});
