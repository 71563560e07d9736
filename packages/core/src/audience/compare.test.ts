import { describe, expect, it } from "vitest";
import { compareRules } from "./compare.ts";
import type { Rule } from "./rule.ts";

const uk: Rule = { have: { attribute: "country", is: "UK" } };
const germany: Rule = { have: { attribute: "country", is: "Germany" } };
const adult: Rule = { have: { attribute: "age", atLeast: 18 } };
const vip: Rule = { have: { attribute: "vip", is: true } };
const bought = (days: number): Rule => ({ did: { event: "buy", within: { last: days, unit: "days" } } });

const brief = (before: Rule, after: Rule) =>
  compareRules(before, after).map(
    ({ action, path, group, before: was, after: is }) =>
      `${action} ${path}${group === null ? "" : ` (${group})`}: ${was ?? ""} → ${is ?? ""}`,
  );

describe("comparing two rules", () => {
  it.each<[string, Rule, Rule, readonly string[]]>([
    [
      "finds nothing in equal rules, whatever the order of keys",
      { all: [{ did: { event: "buy", atLeast: 2 } }] },
      { all: [{ did: { atLeast: 2, event: "buy" } }] },
      [],
    ],
    [
      "tells a changed operand by its place in the later rule",
      { all: [uk, bought(30)] },
      { all: [uk, bought(60)] },
      ['changed /all/1 (all): did "buy" within the last 30 days → did "buy" within the last 60 days'],
    ],
    [
      "tells what was added and removed",
      { all: [uk, adult] },
      { all: [vip, uk] },
      ["removed /all/1 (all): age is at least 18 → ", "added /all/0 (all):  → vip is yes"],
    ],
    [
      "takes a condition on the same attribute for the same one",
      uk,
      germany,
      ['changed : country is "UK" → country is "Germany"'],
    ],
    ["sees that a condition got company", uk, { any: [uk, vip] }, ["added /any/1 (any):  → vip is yes"]],
    [
      "sees that a condition is left alone",
      { all: [uk, vip] },
      germany,
      ["removed /all/1 (all): vip is yes → ", 'changed  (all): country is "UK" → country is "Germany"'],
    ],
    [
      "tells all from any, and what else changed below",
      { all: [uk, vip] },
      { any: [uk, adult] },
      [
        "changed : all of these → any of these",
        "removed /all/1 (any): vip is yes → ",
        "added /any/1 (any):  → age is at least 18",
      ],
    ],
    [
      "tells that the order alone changed",
      { all: [uk, vip] },
      { all: [vip, uk] },
      ['reordered : country is "UK" and vip is yes → vip is yes and country is "UK"'],
    ],
    [
      "sees a did that became did not",
      { all: [uk, bought(30)] },
      { all: [uk, { not: bought(30) }] },
      ['changed /all/1 (all): did "buy" within the last 30 days → did not "buy" within the last 30 days'],
    ],
    [
      "follows groups and not into the depth",
      { all: [uk, { not: { any: [vip, adult] } }] },
      { all: [uk, { not: { any: [vip, adult, bought(1)] } }] },
      ['added /all/1/not/any/2 (any):  → did "buy" within the last day'],
    ],
    [
      "keeps the equal ones of several conditions on one event apart",
      { all: [bought(7), bought(30)] },
      { all: [bought(30), bought(90)] },
      ['changed /all/1 (all): did "buy" within the last 7 days → did "buy" within the last 90 days'],
    ],
    ["replaces what has nothing in common", uk, { everyone: true }, ['changed : country is "UK" → everyone']],
  ])("%s", (_, before, after, expected) => {
    expect(brief(before, after)).toEqual(expected);
  });
});
