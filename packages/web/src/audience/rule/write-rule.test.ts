import { OPERATOR_NAMES, parseRule, type Rule } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { faultsByBlock, unfinished } from "./faults.ts";
import { readRule } from "./read-rule.ts";
import { emptyRule, startRule } from "./rule-state.ts";
import { blocksOf } from "./tree.ts";
import { writeRule } from "./write-rule.ts";

const NO_TYPES = { attribute: () => undefined, property: () => undefined };
const rootOf = (rule: Rule) => startRule((newId) => readRule(rule, NO_TYPES, newId)).root;
const again = (rule: Rule) => writeRule(rootOf(rule)).rule;

/** One condition for each operator. */
const LEAVES: readonly Rule[] = [
  { have: { attribute: "country", is: "UK", ignoreCase: true } },
  { have: { attribute: "age", is: 18 } },
  { have: { attribute: "newsletter", is: false } },
  { have: { attribute: "country", isNot: "" } },
  { have: { attribute: "country", isAnyOf: ["UK", "France, la"] } },
  { have: { attribute: "country", isNoneOf: ["UK"] } },
  { have: { attribute: "country", contains: "U" } },
  { have: { attribute: "country", doesNotContain: "U" } },
  { have: { attribute: "country", startsWith: "U" } },
  { have: { attribute: "country", endsWith: "K" } },
  { have: { attribute: "age", lessThan: 18.5 } },
  { have: { attribute: "age", atMost: -1 } },
  { have: { attribute: "age", moreThan: "123456789012.123456" } },
  { have: { attribute: "age", atLeast: 0 } },
  { have: { attribute: "age", between: [1, "2.50"] } },
  { have: { attribute: "born", between: ["2026-01-01", "2026-01-31T10:00:00Z"] } },
  { have: { attribute: "born", before: "2026-01-01" } },
  { have: { attribute: "born", onOrBefore: "2026-01-01" } },
  { have: { attribute: "born", after: "2026-01-01" } },
  { have: { attribute: "born", onOrAfter: "2026-01-01" } },
  { have: { attribute: "born", withinLast: { last: 3, unit: "months" } } },
  { have: { attribute: "born", moreThanAgo: { last: 3, unit: "hours" } } },
  { have: { attribute: "born", inNext: { next: 3, unit: "weeks" } } },
  { have: { attribute: "born", anniversaryWithin: { days: 0 } } },
  { have: { attribute: "likes", containsAny: ["tea"] } },
  { have: { attribute: "likes", containsAll: ["tea", "rum"] } },
  { have: { attribute: "likes", isEmpty: true } },
  { have: { attribute: "likes", isSet: true } },
  { have: { attribute: "likes", isSet: false } },
  { inAudience: "5d822e81" },
  { everyone: true },
];

const EVENTS: readonly Rule[] = [
  { did: { event: "buy" } },
  { did: { event: "buy", atLeast: 2, within: { last: 30, unit: "days" } } },
  { did: { event: "buy", between: [2, 3], within: { between: ["2026-01-01", "2026-02-01"] } } },
  { did: { event: "buy", measure: { distinct: "order" }, is: 1, within: { before: "2026-01-01" } } },
  { did: { event: "buy", measure: { sum: { product: ["quantity", "price"] } }, atLeast: 1000.5 } },
  { did: { event: "buy", measure: { average: "price" }, lessThan: 3, within: { after: "2026-01-01" } } },
  { did: { event: "buy", measure: { minimum: "price" }, isNot: 3 } },
  { did: { event: "buy", measure: { maximum: "price" }, moreThan: 3 } },
  { did: { event: "buy", occurrence: "first", within: { last: 1, unit: "weeks" } } },
  {
    did: {
      event: "buy",
      where: {
        any: [
          { property: "brand", is: "A" },
          {
            not: {
              all: [
                { property: "sku", startsWith: "x" },
                { property: "n", atMost: 3 },
              ],
            },
          },
        ],
      },
    },
  },
  { did: { event: "buy", where: { not: { property: "brand", isSet: true } } } },
];

describe("a rule becomes blocks and a rule again", () => {
  it.each([...LEAVES, ...EVENTS].map((rule) => [JSON.stringify(rule), rule]))("%s", (_, rule) => {
    expect(again(rule)).toEqual(rule);
    expect(again({ not: rule })).toEqual({ not: rule });
    expect(unfinished(rootOf(rule)).size).toBe(0);
  });

  it("with every operator among the examples", () => {
    const used = LEAVES.flatMap((rule) => ("have" in rule ? Object.keys(rule.have) : []));
    expect(OPERATOR_NAMES.filter((name) => !used.includes(name))).toEqual([]);
  });

  it("nested, whatever stands in what", () => {
    const [first = {} as never, second = {} as never, third = {} as never] = LEAVES;
    const rule: Rule = { any: [{ not: { any: [first, { all: [second, third] }] } }, first] };
    expect(again(rule)).toEqual(rule);
    expect(again({ not: rule })).toEqual({ not: rule });
  });

  it("without what means nothing: groups of one, and not not", () => {
    const [first = {} as never] = LEAVES;
    expect(again({ all: [{ any: [first] }] })).toEqual(first);
    expect(again({ not: { not: first } })).toEqual(first);
  });
});

describe("faults stand at their blocks", () => {
  /** The faults that core finds, by what the block at which they are shown is about. */
  function shown(rule: Rule): Record<string, string[]> {
    const root = rootOf(rule);
    const { rule: written, places } = writeRule(root);
    const parsed = parseRule(written);
    const faults = "faults" in parsed ? parsed.faults : [];
    const blocks = new Map(blocksOf(root).map((block) => [block.id, block]));
    return Object.fromEntries(
      [...faultsByBlock(places, faults)].map(([id, found]) => {
        const block = blocks.get(id);
        const about =
          block?.kind === "have"
            ? block.attribute
            : block?.kind === "property"
              ? block.property
              : block?.kind;
        return [about ?? id, found.map(({ field }) => field)];
      }),
    );
  }

  it("also behind not, in groups of one, and below an event", () => {
    expect(
      shown({
        all: [
          { not: { have: { attribute: "town", isAnyOf: [] } } },
          { any: [{ have: { attribute: "country", isAnyOf: [] } }] },
          { not: { did: { event: "buy", where: { property: "brand", isAnyOf: [] } } } },
          { did: { event: "visit", within: { last: 0, unit: "days" } } },
        ],
      }),
    ).toEqual({
      town: ["/not/have/isAnyOf"],
      country: ["/have/isAnyOf"],
      brand: ["/isAnyOf"],
      did: ["/did/within/last"],
    });
  });

  it("an empty group is told at the group, and what is unfinished in words", () => {
    const { root } = startRule(emptyRule);
    const { rule, places } = writeRule(root);
    expect(rule).toEqual({ all: [] });
    const faults = [{ path: "/all", message: "the list is empty" }];
    expect([...faultsByBlock(places, faults).keys()]).toEqual([root.id]);
    expect([...unfinished(root)]).toEqual([[root.id, "Add a condition to this group"]]);
  });
});
