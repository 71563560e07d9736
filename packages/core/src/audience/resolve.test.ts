import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog } from "./catalog.ts";
import { parseRule, resolveRule } from "./resolve.ts";
import { MAXIMUM_DEPTH, MAXIMUM_LEAVES } from "./rule.ts";

const property = (type: "text" | "number" | "list", column: number) => ({ type, column });
const CATALOG: Catalog = {
  attributes: new Map([
    ["country", { type: "text", numbers: [9, 1] }],
    ["age", { type: "number", numbers: [2] }],
    ["birthday", { type: "time", numbers: [3] }],
  ]),
  events: new Map([
    [
      "buy",
      [
        {
          schema: 1,
          properties: new Map([
            ["amount", property("number", 5)],
            ["brand", property("text", 6)],
            ["tags", property("list", 7)],
          ]),
        },
      ],
    ],
    [
      "visit",
      [
        { schema: 2, properties: new Map([["brand", property("number", 8)]]) },
        {
          schema: 1,
          properties: new Map([
            ["amount", property("number", 5)],
            ["brand", property("text", 6)],
          ]),
        },
      ],
    ],
  ]),
  openSources: [],
  audiences: new Map(),
};

const faults = (rule: unknown, catalog = CATALOG) => {
  const result = resolveRule(rule, catalog);
  return "faults" in result ? result.faults : [];
};
const places = (rule: unknown) => faults(rule).map(({ path }) => path);

describe("resolveRule", () => {
  it("settles names, types and numbers", () => {
    const rule = {
      all: [
        { have: { attribute: "country", isNot: "UK", ignoreCase: true } },
        {
          not: { did: { event: "visit", measure: { sum: { product: ["amount", "amount"] } }, atLeast: 1.5 } },
        },
      ],
    };
    expect(resolveRule(rule, CATALOG)).toEqual({
      ok: {
        kind: "all",
        of: [
          {
            kind: "have",
            attribute: "country",
            type: "text",
            numbers: [1, 9],
            test: { kind: "text", values: ["UK"], ignoreCase: true, negated: true },
          },
          {
            kind: "not",
            of: {
              kind: "did",
              event: "visit",
              schemas: [1, 2],
              measure: {
                kind: "sum",
                factors: [
                  { name: "amount", type: "number", columns: [{ schema: 1, column: 5 }] },
                  { name: "amount", type: "number", columns: [{ schema: 1, column: 5 }] },
                ],
                comparison: { operator: "atLeast", value: 1_500_000n },
              },
              window: { kind: "ever" },
            },
          },
        ],
      },
    });
  });

  it("reports every fault of shape, name, type and number at once, each with its path", () => {
    const rule = {
      all: [
        { have: { attribute: "contry", is: "UK" } },
        { have: { attribute: "age", is: "many" } },
        { did: { event: "bye", within: { last: 0, unit: "day" }, atLeast: 1, atMost: 2 } },
        {
          any: [
            {
              did: {
                event: "buy",
                where: {
                  all: [
                    { property: "brnd", is: 5 },
                    { property: "brand", is: 5 },
                  ],
                },
              },
            },
            { all: [] },
          ],
        },
        { foo: true },
        null,
      ],
    };
    expect(places(rule)).toEqual([
      "/all/0/have/attribute",
      "/all/1/have/is",
      "/all/2/did/event",
      "/all/2/did",
      "/all/2/did/within/last",
      "/all/2/did/within/unit",
      "/all/3/any/0/did/where/all/0/property",
      "/all/3/any/0/did/where/all/1/is",
      "/all/3/any/1/all",
      "/all/4/foo",
      "/all/5",
    ]);
  });

  it.each([
    [
      "an unknown attribute",
      { have: { attribute: "contry", is: "UK" } },
      "/have/attribute",
      "Did you mean `country`?",
    ],
    ["an unknown event", { did: { event: "biy" } }, "/did/event", "Did you mean `buy`?"],
    [
      "an unknown property",
      { did: { event: "buy", where: { property: "band", is: "x" } } },
      "/did/where/property",
      "Did you mean `brand`?",
    ],
    ["an unknown condition", { hav: {} }, "/hav", "Did you mean `have`?"],
    [
      "an unknown operator",
      { have: { attribute: "age", atleast: 5 } },
      "/have/atleast",
      "Did you mean `atLeast`?",
    ],
    [
      "a number where a text is",
      { have: { attribute: "country", is: 5 } },
      "/have/is",
      'Write it in quotes: "5".',
    ],
  ])("says of %s what was probably meant", (_, rule, path, remedy) => {
    expect(faults(rule)).toEqual([{ path, message: expect.any(String), remedy }]);
  });

  it.each([
    [
      "an operator that the type does not have",
      { have: { attribute: "country", atLeast: 5 } },
      "/have/atLeast",
    ],
    [
      "a comparison of times, which comes later",
      { have: { attribute: "birthday", is: "2020-01-01" } },
      "/have/is",
    ],
    [
      "ignoreCase beside a number",
      { have: { attribute: "age", is: 5, ignoreCase: true } },
      "/have/ignoreCase",
    ],
    ["half a character", { have: { attribute: "country", is: "\ud800" } }, "/have/is"],
    ["not a number", { have: { attribute: "age", is: Number.NaN } }, "/have/is"],
    [
      "an infinite number",
      { have: { attribute: "age", atLeast: Number.POSITIVE_INFINITY } },
      "/have/atLeast",
    ],
    ["more than 6 places", { have: { attribute: "age", atLeast: 0.1234567 } }, "/have/atLeast"],
    ["too large a number", { have: { attribute: "age", between: [0, 1e12] } }, "/have/between/1"],
    ["a number that JSON rounded", { have: { attribute: "age", is: 123456789012.12346 } }, "/have/is"],
    ["between with its ends swapped", { have: { attribute: "age", between: [2, 1] } }, "/have/between"],
    ["an empty isAnyOf", { have: { attribute: "country", isAnyOf: [] } }, "/have/isAnyOf"],
    [
      "a value of isAnyOf that is no text",
      { have: { attribute: "country", isAnyOf: ["a", 1] } },
      "/have/isAnyOf/1",
    ],
    ["two operators", { have: { attribute: "age", atLeast: 1, atMost: 2 } }, "/have"],
    ["no operator", { have: { attribute: "age" } }, "/have"],
    ["an operator without a value", { have: { attribute: "age", is: undefined } }, "/have"],
    ["two conditions in one", { have: { attribute: "age", is: 1 }, everyone: true }, ""],
    ["an empty object", {}, ""],
    ["an empty any", { any: [] }, "/any"],
    ["an empty all in a filter", { did: { event: "buy", where: { all: [] } } }, "/did/where/all"],
    [
      "a group beside a property",
      { did: { event: "buy", where: { not: { property: "brand", is: "x" }, property: "brand" } } },
      "/did/where/property",
    ],
    ["everyone: false", { everyone: false }, "/everyone"],
    [
      "a measure of a text",
      { did: { event: "buy", measure: { sum: "brand" }, atLeast: 1 } },
      "/did/measure/sum",
    ],
    [
      "a measure of two at once",
      { did: { event: "buy", measure: { sum: "amount", count: true }, is: 1 } },
      "/did/measure",
    ],
    ["a measure without a number", { did: { event: "buy", measure: { sum: "amount" } } }, "/did"],
    [
      "a product of one",
      { did: { event: "buy", measure: { sum: { product: ["amount"] } }, is: 1 } },
      "/did/measure/sum/product",
    ],
    [
      "an unknown factor",
      { did: { event: "buy", measure: { sum: { product: ["amount", "x"] } }, is: 1 } },
      "/did/measure/sum/product/1",
    ],
    [
      "different values of a list",
      { did: { event: "buy", measure: { distinct: "tags" }, is: 1 } },
      "/did/measure/distinct",
    ],
    [
      "a property of two types",
      { did: { event: "visit", where: { property: "brand", is: "x" } } },
      "/did/where/property",
    ],
    ["a count against a truth value", { did: { event: "buy", is: true } }, "/did/is"],
    [
      "a window that is too long",
      { did: { event: "buy", within: { last: 2_000, unit: "months" } } },
      "/did/within/last",
    ],
    ["a name of JavaScript's own", { have: { attribute: "constructor", is: "x" } }, "/have/attribute"],
  ])("refuses %s, with one fault", (_, rule, path) => {
    expect(places(rule)).toEqual([path]);
  });

  it("takes any event of a schema whose events are not known yet", () => {
    const source = { schema: 4, properties: new Map([["page", property("text", 12)]]) };
    const open = { ...CATALOG, openSources: [source] };
    expect(faults({ did: { event: "signup", where: { property: "page", is: "/" } } }, open)).toEqual([]);
  });

  it("refuses a rule that is nested too deep, without walking on", () => {
    const nested = (depth: number): unknown =>
      depth === 1 ? { everyone: true } : { not: nested(depth - 1) };
    expect(faults(nested(MAXIMUM_DEPTH))).toEqual([]);
    expect(faults(nested(MAXIMUM_DEPTH + 1))).toMatchObject([{ path: "/not".repeat(MAXIMUM_DEPTH) }]);
    let bottomless: unknown = { everyone: true };
    for (let depth = 0; depth < 100_000; depth += 1) bottomless = { not: bottomless };
    expect(faults(bottomless)).toHaveLength(1);
    expect(parseRule(bottomless)).toHaveProperty("faults");
  });

  it("counts the filters of an event into the depth", () => {
    const filter = (depth: number): unknown =>
      depth === 1 ? { property: "brand", is: "x" } : { not: filter(depth - 1) };
    expect(faults({ did: { event: "buy", where: filter(MAXIMUM_DEPTH - 1) } })).toEqual([]);
    expect(faults({ did: { event: "buy", where: filter(MAXIMUM_DEPTH) } })).toHaveLength(1);
  });

  it("refuses more conditions than it may have, filters counted, and says so once", () => {
    const many = (count: number) => ({ any: Array.from({ length: count }, () => ({ everyone: true })) });
    expect(faults(many(MAXIMUM_LEAVES))).toEqual([]);
    expect(faults(many(MAXIMUM_LEAVES + 50))).toHaveLength(1);
    const filters = { all: Array.from({ length: MAXIMUM_LEAVES }, () => ({ property: "brand", is: "x" })) };
    expect(faults({ did: { event: "buy", where: filters } })).toHaveLength(1);
  });

  it("either resolves or says why not, whatever it is given", () => {
    const keys = fc.constantFrom(
      "all",
      "any",
      "not",
      "have",
      "did",
      "everyone",
      "attribute",
      "event",
      "is",
      "where",
      "measure",
      "sum",
      "within",
      "between",
      "x",
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "medium" },
        fc.constantFrom("country", "buy", "amount", "UK", 1, -0.5, true, null, Number.NaN),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(keys, tie("any"), { maxKeys: 3 }),
      ),
    })).any;
    // In an object that came as JSON nothing is undefined, but nothing may have come at all.
    const given = fc.option(value, { nil: undefined, freq: 50 });
    fc.assert(
      fc.property(given, (rule) => {
        const result = resolveRule(rule, CATALOG);
        const parsed = parseRule(rule);
        if ("faults" in result) expect(result.faults.length).toBeGreaterThan(0);
        else expect(parsed).toEqual({ ok: rule });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("parseRule", () => {
  it("looks at the shape alone", () => {
    const rule = { have: { attribute: "whatever", atLeast: 5 } };
    expect(parseRule(rule)).toEqual({ ok: rule });
    expect(parseRule({ have: { attribute: "whatever", atleast: 5 } })).toMatchObject({
      faults: [{ path: "/have/atleast" }],
    });
  });
});
