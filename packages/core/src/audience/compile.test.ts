import { describe, expect, it } from "vitest";
import type { Catalog } from "./catalog.ts";
import { compileInPasses, compileRules } from "./compile.ts";
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

function resolved(rules: readonly unknown[]) {
  return rules.map((rule) => {
    const result = resolveRule(rule, CATALOG);
    if ("faults" in result) throw new Error(JSON.stringify(result.faults));
    return result.ok;
  });
}

function compiled(...rules: unknown[]) {
  return compileRules(resolved(rules), MOMENT);
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
    expect(occurrences(sql, "FROM event_view_3 ")).toBe(1);
    expect(occurrences(sql, "at > ")).toBe(1);
  });

  it("makes bits of single events what one of them decides, and aggregates the rest", () => {
    const within = (last: number) => ({ did: { event: "buy", within: { last, unit: "days" } } });
    const { sql } = compiled(within(30), { did: { ...within(60).did, occurrence: "last" } }, within(36_500), {
      did: { event: "buy", measure: { count: true }, atLeast: 2 },
    });
    expect(occurrences(sql, "groupBitOr(of_row_0)")).toBe(1);
    expect(occurrences(sql, "at > ")).toBe(3);
    expect([...sql.matchAll(/(?:sum|count)\w*\(/g)].map(String)).toEqual(["sumWithOverflow("]);
  });

  it("needs no aggregate for the first, the last, the smallest and the largest", () => {
    const within = { between: ["2026-01-01", "2026-03-01"] };
    const amount = (kind: string, compared: object) => ({
      did: { event: "buy", measure: { [kind]: "amount" }, ...compared },
    });
    const comparisons = [
      { is: 5 },
      { isNot: 5 },
      { atLeast: 5 },
      { moreThan: 5 },
      { atMost: 5 },
      { lessThan: 5 },
    ];
    const { sql } = compiled(
      ...["first", "last"].map((occurrence) => ({ did: { event: "buy", within, occurrence } })),
      ...["minimum", "maximum"].flatMap((kind) =>
        [...comparisons, { between: [2, 5] }].map((compared) => amount(kind, compared)),
      ),
    );
    expect([...sql.matchAll(/\w+If\(/g)]).toEqual([]);
    // Whether there is any, four borders of 5 and two of 2; one in the window, one before it and one behind it.
    expect(new Set([...sql.matchAll(/ AS (d\d+s\d+)/g)].map(([, name]) => name)).size).toBe(10);
  });

  it("compares counts with the whole numbers next to those of the rule, and wants one event at least", () => {
    const count = (compared: object) => {
      const { sql } = compiled({ did: { event: "buy", measure: { count: true }, ...compared } });
      const [, found] = /toUInt64\(\((.*)\)\) AS m0/.exec(sql) ?? [];
      return found?.replaceAll("bitAnd(sumWithOverflow(n0), 4294967295)", "count");
    };
    expect(count({ atLeast: 2.5 })).toBe("count >= 3");
    expect(count({ moreThan: 2.5 })).toBe("count >= 3");
    expect(count({ moreThan: 2 })).toBe("count >= 3");
    expect(count({ atMost: 2.5 })).toBe("(count >= 1 AND count <= 2)");
    expect(count({ lessThan: 2 })).toBe("(count >= 1 AND count <= 1)");
    expect(count({ lessThan: -1.5 })).toBe("0");
    expect(count({ is: 2.5 })).toBe("0");
    expect(count({ isNot: 2.5 })).toBe("count > 0");
    expect(count({ isNot: 2 })).toBe("(count > 0 AND count != 2)");
    expect(count({ between: [-3, 2.5] })).toBe("(count >= 1 AND count <= 2)");
  });

  it("asks for tie-breaks only where an attribute may have one", () => {
    const rules = resolved([
      { have: { attribute: "country", is: "UK" } },
      { have: { attribute: "age", atLeast: 18 } },
    ]);
    const tied = (known?: ReadonlySet<number>) =>
      compileRules(rules, MOMENT, known === undefined ? {} : { tiedAttributes: known })
        .sql.split("GROUP BY profile")
        .filter((pass) => pass.includes("attribute_view") && pass.includes("tie")).length;
    expect([tied(), tied(new Set([2])), tied(new Set())]).toEqual([2, 1, 0]);
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
    const places = [...sql.matchAll(/bitAnd\((b\d+_\d, \d+)\) != 0 AS /g)].map(([, place]) => place);
    expect(new Set(places).size).toBe(151);
    expect(places.every((place) => Number(place?.split(", ")[1]) <= 128)).toBe(true);
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
    expect(new Set(Object.values(parameters))).toEqual(new Set([text, "12.500000"]));
  });

  it("looks a text up once for all conditions on it, where they name many texts", () => {
    const is = (text: string) => ({ have: { attribute: "country", is: text } });
    const isAnyOf = { have: { attribute: "country", isAnyOf: ["c", "d", "O'Brien"] } };
    const few = compiled(is("a"), isAnyOf);
    expect(occurrences(few.sql, "transform(")).toBe(0);
    const many = compiled(is("a"), isAnyOf, is("b"), is("c"), { not: is("a") });
    expect(occurrences(many.sql, "transform(text, ")).toBe(1);
    expect(Object.values(many.parameters)).toContainEqual(["a", "c", "d", "O'Brien", "b"]);
    expect(many.sql).not.toContain("Brien");
    // What ignores case is another text.
    const folded = { have: { attribute: "country", isAnyOf: [..."ABCDEF"], ignoreCase: true } };
    expect(occurrences(compiled(is("a"), isAnyOf, folded).sql, "transform(")).toBe(1);
    expect(occurrences(compiled(isAnyOf, is("a"), is("b"), is("e"), folded).sql, "transform(")).toBe(2);
  });
});

describe("compileInPasses", () => {
  const rules = resolved([
    { all: [{ have: { attribute: "country", is: "UK" } }, { did: { event: "visit" } }] },
    { did: { event: "buy", measure: { sum: "amount" }, atLeast: 5 } },
  ]);
  const inPasses = (some = rules) => compileInPasses(some, MOMENT, {}, "rule_passes_7");

  it("gives each pass what it reads itself, and the last statement nothing but the table", () => {
    const { passes, rules: last } = inPasses();
    const nothing = { profiles: false, attributes: [], events: [] };
    expect(passes.map(({ needs }) => needs)).toEqual([
      { ...nothing, events: [{ schema: 3, columns: [5] }] },
      { ...nothing, events: [{ schema: 4, columns: [] }] },
      { ...nothing, attributes: [1] },
      { ...nothing, profiles: true },
    ]);
    expect(last.needs).toEqual(nothing);
    expect(last.sql).not.toContain("_view");
    expect(last.columns).toEqual(["r0", "r1"]);
  });

  it("has the same conditions and parameters as one statement", () => {
    const whole = compileRules(rules, MOMENT);
    const { passes, rules: last } = inPasses();
    expect(last.parameters).toEqual(whole.parameters);
    const placeholders = (sql: string) => new Set([...sql.matchAll(/\{(\w+):/g)].map(([, name]) => name));
    expect(placeholders(passes.map(({ sql }) => sql).join("\n"))).toEqual(placeholders(whole.sql));
  });

  it("lets each pass fill words of its own, and fails when the row of one is missing", () => {
    const { columns, passes, rules: last } = inPasses();
    expect(columns).toEqual(["profile UInt32", "u0 UInt64"]);
    for (const pass of passes) expect(pass.sql).toContain("\nUNION ALL SELECT toUInt32(0), toUInt64(0)");
    expect(last.sql).toContain("WHERE profile = 0) != 4, 'rows of passes are lost')");
  });

  it("is one pass over the profiles for everyone", () => {
    const { passes } = inPasses(resolved([{ everyone: true }]));
    expect(passes.map(({ needs }) => needs)).toEqual([{ profiles: true, attributes: [], events: [] }]);
  });
});
