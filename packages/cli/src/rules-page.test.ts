import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Catalog, parseRule, referenceTables, resolveRule, ruleReference } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const PAGE = readFileSync(join(import.meta.dirname, "../../../docs/rules.md"), "utf8");
const TABLES = Object.entries(referenceTables());
const { nodes, operators, measures, windows, occurrences } = ruleReference();
const CATALOG: Catalog = {
  attributes: new Map([
    ["country", { type: "text", numbers: [1] }],
    ["age", { type: "number", numbers: [2] }],
    ["vip", { type: "boolean", numbers: [3] }],
    ["birthday", { type: "time", numbers: [4] }],
    ["interests", { type: "list", numbers: [5] }],
  ]),
  events: new Map([["buy", [{ schema: 1, properties: new Map() }]]]),
  openSources: [],
  audiences: new Map(),
};
const AUDIENCES = new Map([["5d822e81", { name: "Others", rule: { everyone: true } }]]);

describe("docs/rules.md", () => {
  it.each(TABLES)(
    "has the table of %s as the code has it: node scripts/reference-pages.mjs writes it",
    (name, table) => {
      const [, found] =
        new RegExp(`<!-- table: ${name} -->\\n\\n([\\s\\S]*?)\\n\\n<!-- end -->`).exec(PAGE) ?? [];
      expect(found).toBe(table);
    },
  );

  it("has no other table that would have to be kept by hand", () => {
    expect(PAGE.match(/<!-- table: \w+ -->/g)).toHaveLength(TABLES.length);
    expect(PAGE.split("\n").filter((line) => line.startsWith("| ---"))).toHaveLength(TABLES.length);
  });

  const rules = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => [text] as const);
  it.each(rules)("shows rules that are written as rules are: %s", (text) => {
    const document: unknown = parse(text);
    const isDefinition = typeof document === "object" && document !== null && "rule" in document;
    expect(parseRule(isDefinition ? document.rule : document)).toHaveProperty("ok");
  });
});

describe("an example of the reference", () => {
  const ofType = new Map([...CATALOG.attributes].map(([name, { type }]) => [type as string, name]));

  it.each(operators)("$example resolves for each type that it is asked of", ({ example, types = [] }) => {
    expect(types).not.toEqual([]);
    const resolving = types.map((type) => {
      const rule = { have: { attribute: ofType.get(type), ...parse(example) } };
      return "ok" in resolveRule(rule, CATALOG);
    });
    // Of one that is asked of numbers and of times, the example shows one.
    expect(resolving).toContain(true);
  });

  it.each([...windows, ...occurrences])("$example stands in a did", ({ example, name }) => {
    const within = name === "first" || name === "last" ? { within: { last: 1, unit: "days" } } : {};
    expect(resolveRule({ did: { event: "buy", ...within, ...parse(example) } }, CATALOG)).toHaveProperty(
      "ok",
    );
  });

  it.each(measures)("$example is measured", ({ example }) => {
    expect(parseRule({ did: { event: "buy", measure: parse(example), atLeast: 1 } })).toHaveProperty("ok");
  });

  it.each(nodes.filter(({ example }) => !example.includes("…")))("$example is a rule", ({ example }) => {
    expect(resolveRule(parse(example), { ...CATALOG, audiences: AUDIENCES })).toHaveProperty("ok");
  });
});
