import { describe, expect, it } from "vitest";
import type { Catalog } from "./catalog.ts";
import { compileRules } from "./compile.ts";
import { evaluateRule } from "./evaluate.ts";
import { resolveRule } from "./resolve.ts";

const MOMENT = { asOf: Date.UTC(2026, 5, 15, 12), timeZone: "UTC" };
const NOBODY = { attributes: new Map(), events: [] };
const inside = (id: string) => ({ inAudience: id });
const british = { have: { attribute: "country", is: "UK" } };

function catalog(rules: Readonly<Record<string, unknown>>): Catalog {
  return {
    attributes: new Map([["country", { type: "text", numbers: [1] }]]),
    events: new Map(),
    openSources: [],
    audiences: new Map(Object.entries(rules).map(([id, rule]) => [id, { name: `The ${id}`, rule }])),
  };
}

const faults = (rule: unknown, rules: Readonly<Record<string, unknown>>, audience?: string) => {
  const result = resolveRule(rule, catalog(rules), audience);
  return "faults" in result ? result.faults : [];
};

/** Each names the one before it twice: put in where it is named, the first would stand there 2^n times. */
function doubling(count: number): Record<string, unknown> {
  const rules: Record<string, unknown> = { a0: british };
  for (let at = 1; at < count; at += 1) {
    rules[`a${at}`] = { any: [inside(`a${at - 1}`), { not: inside(`a${at - 1}`) }] };
  }
  return rules;
}

function resolved(rule: unknown, rules: Readonly<Record<string, unknown>>) {
  const result = resolveRule(rule, catalog(rules));
  if ("faults" in result) throw new Error(JSON.stringify(result.faults));
  return result.ok;
}

describe("a rule that names an audience", () => {
  it("is refused for an audience that is not there, with what may have been meant", () => {
    expect(faults({ not: inside("regular") }, { regulars: british })).toEqual([
      {
        path: "/not/inAudience",
        message: "there is no audience `regular`",
        remedy: "Did you mean `regulars`?",
      },
    ]);
  });

  it.each([5, null, "", {}])("is refused for %j, which is no id", (id) => {
    expect(faults({ inAudience: id }, {})).toMatchObject([{ path: "/inAudience" }]);
  });

  it("is refused when it names itself", () => {
    const [fault] = faults({ all: [british, inside("a")] }, { a: british }, "a");
    expect(fault).toMatchObject({
      path: "/all/1/inAudience",
      message: 'audiences name one another in a circle: "The a" (`a`) → "The a" (`a`)',
    });
  });

  it("is refused with the whole circle, when one that it names leads back to it", () => {
    const rules = { a: inside("b"), b: { not: inside("c") }, c: { any: [british, inside("a")] } };
    const message =
      'audiences name one another in a circle: "The a" (`a`) → "The b" (`b`) → "The c" (`c`) → "The a" (`a`)';
    expect(faults(rules.a, rules, "a")).toMatchObject([{ path: "/inAudience", message }]);
  });

  it("is refused with a circle that it is not a part of", () => {
    const rules = { b: inside("c"), c: inside("b") };
    expect(faults(inside("b"), rules, "a")[0]?.message).toContain(
      'in a circle: "The b" (`b`) → "The c" (`c`) → "The b" (`b`)',
    );
  });

  it("has one fault for all faults of the rule that it names", () => {
    const broken = { all: [{ have: { attribute: "contry", is: "UK" } }, { have: { attribute: "country" } }] };
    const found = faults({ all: [british, inside("b")] }, { b: broken });
    expect(found).toHaveLength(1);
    expect(found[0]?.path).toBe("/all/1/inAudience");
    expect(found[0]?.message).toMatch(
      /^the rule of the audience "The b" \(`b`\) has faults: there is no attribute/,
    );
  });

  it("may name one whose event has vanished since it was saved", () => {
    const gone = { did: { event: "gone" } };
    const source = { schema: 3, properties: new Map() };
    const saved = { ...catalog({ b: gone }), openToSaved: [source] };
    expect(resolveRule(inside("b"), saved)).toHaveProperty("ok");
    expect(resolveRule(gone, saved)).toMatchObject({ faults: [{ path: "/did/event" }] });
  });

  it("counts as one condition, however many the other has", () => {
    const big = { any: Array.from({ length: 199 }, () => british) };
    expect(faults({ all: [inside("b"), ...big.any] }, { b: big })).toEqual([]);
  });

  it("has the depth of its own tree", () => {
    const deep = (levels: number, inner: unknown): unknown =>
      levels === 0 ? inner : { not: deep(levels - 1, inner) };
    expect(faults(deep(19, inside("b")), { b: deep(19, british) })).toEqual([]);
  });

  it("may stand at the end of 20 in a row, and not of 21, whichever way they are reached", () => {
    const rules = doubling(22);
    expect(faults(inside("a19"), rules)).toEqual([]);
    expect(faults(inside("a20"), rules)[0]?.message).toMatch(/more than 20 audiences/);
    // Resolved first by the shorter way.
    expect(faults({ all: [inside("a19"), inside("a20")] }, rules)[0]?.message).toMatch(/more than 20/);
  });

  it("is resolved, compiled and decided once for each audience, not once for each way to it", () => {
    const rule = resolved(inside("a19"), doubling(20));
    const { sql } = compileRules([rule, { kind: "not", of: rule }], MOMENT);
    expect(sql.length).toBeLessThan(5_000);
    expect(evaluateRule(rule, NOBODY, MOMENT)).toBe(true);
  });

  it("shares one column with all rules that name the same", () => {
    const rules = { b: { all: [british, { everyone: true }] } };
    const { sql } = compileRules(
      [resolved(inside("b"), rules), resolved({ not: inside("b") }, rules)],
      MOMENT,
    );
    expect(sql.match(/ AS s\d+/g)).toEqual([" AS s0"]);
    expect(sql).toContain("NOT s0 AS r1");
  });
});
