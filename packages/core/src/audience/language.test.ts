import { describe, expect, it } from "vitest";
import type { Catalog } from "./catalog.ts";
import { resolveRule } from "./resolve.ts";

const CATALOG: Catalog = {
  attributes: new Map([
    ["country", { type: "text", numbers: [1] }],
    ["age", { type: "number", numbers: [2] }],
    ["vip", { type: "boolean", numbers: [3] }],
    ["birthday", { type: "time", numbers: [4] }],
    ["interests", { type: "list", numbers: [5] }],
  ]),
  events: new Map([
    [
      "buy",
      [
        {
          schema: 1,
          properties: new Map([
            ["brand", { type: "text", column: 6 }],
            ["tags", { type: "list", column: 7 }],
          ]),
        },
      ],
    ],
  ]),
  openSources: [],
  audiences: new Map(),
};

const faults = (rule: unknown) => {
  const result = resolveRule(rule, CATALOG);
  return "faults" in result ? result.faults : [];
};
const have = (attribute: string, operand: object) => ({ have: { attribute, ...operand } });
const did = (rest: object) => ({ did: { event: "buy", ...rest } });
const within = (window: unknown) => did({ within: window });

/** A rule, the place of its one fault, what the fault says, and what the remedy says. */
type Refused = readonly [rule: unknown, path: string, message: RegExp, remedy?: RegExp];

const REFUSED: readonly Refused[] = [
  [have("country", { contains: "" }), "/have/contains", /empty/, /looked for/],
  [have("country", { startsWith: "" }), "/have/startsWith", /empty/],
  [have("country", { endsWith: "" }), "/have/endsWith", /empty/],
  [have("country", { doesNotContain: "" }), "/have/doesNotContain", /empty/],
  [have("country", { contains: "\ud83d" }), "/have/contains", /half a character/],
  [have("country", { isNoneOf: [] }), "/have/isNoneOf", /at least 1 value/],
  [have("country", { isNoneOf: ["a", "\udc00"] }), "/have/isNoneOf", /half a character/],
  [have("country", { contains: 5 }), "/have/contains", /a text is expected/],
  [have("country", { containsAny: ["a"] }), "/have/containsAny", /cannot be asked of a text/, /contains/],
  [have("age", { contains: "1" }), "/have/contains", /cannot be asked of a number/, /atLeast/],
  [have("vip", { startsWith: "t" }), "/have/startsWith", /cannot be asked of a boolean/],
  [
    have("interests", { contains: "a", ignoreCase: true }),
    "/have/ignoreCase",
    /only beside a comparison of text/,
  ],
  [have("interests", { is: "a" }), "/have/is", /cannot be asked of a list/, /containsAny/],
  [have("interests", { containsAll: [] }), "/have/containsAll", /at least 1 value/],
  [have("interests", { isEmpty: false }), "/have/isEmpty", /`true` is expected/],
  [did({ where: { property: "tags", isEmpty: true } }), "/did/where/isEmpty", /are the same/, /isSet: false/],
  [have("birthday", { is: "2026-01-31" }), "/have/is", /cannot be asked of a time/, /onOrAfter/],
  [have("birthday", { before: "31.1.2026" }), "/have/before", /neither a day nor an instant/, /2026-01-31/],
  [have("birthday", { before: "2026-02-30" }), "/have/before", /neither/, /no such day/],
  [have("birthday", { before: "2025-02-29" }), "/have/before", /neither/, /no such day/],
  [have("birthday", { before: "2026-01-31T10:00:00" }), "/have/before", /neither/, /2026-01-31T10:00:00Z/],
  [have("birthday", { before: "2026-01-31T24:00:00Z" }), "/have/before", /neither/],
  [have("birthday", { before: "2026-01-31T10:60:00Z" }), "/have/before", /neither/],
  [have("birthday", { after: "1899-12-31" }), "/have/after", /1900 to 2299/],
  [have("birthday", { after: "2300-01-01" }), "/have/after", /1900 to 2299/],
  [have("birthday", { after: 2026 }), "/have/after", /a text is expected/],
  [
    have("birthday", { between: ["2026-02-01", "2026-01-31"] }),
    "/have/between",
    /later than the second/,
    /Swap/,
  ],
  [
    have("birthday", { between: ["2026-01-31T10:00:00Z", "2026-01-31T09:59:59.999Z"] }),
    "/have/between",
    /later than the second/,
  ],
  [have("birthday", { between: ["2026-02-05T00:00:00Z", "2026-01-31"] }), "/have/between", /later/],
  [have("birthday", { between: ["2026-01-01", "soon"] }), "/have/between/1", /neither/],
  [have("birthday", { between: ["2026-01-01"] }), "/have/between", /2 values/],
  [have("age", { between: ["2026-01-01", 31] }), "/have/between/0", /not a number/],
  [have("birthday", { withinLast: { last: 0, unit: "days" } }), "/have/withinLast/last", /at least 1/],
  [
    have("birthday", { withinLast: { last: 1, next: 1, unit: "days" } }),
    "/have/withinLast/next",
    /not known here/,
  ],
  [have("birthday", { inNext: { next: 1, unit: "years" } }), "/have/inNext/unit", /`hours`/],
  [have("birthday", { inNext: { next: 1_201, unit: "months" } }), "/have/inNext/next", /at most 1200 months/],
  [have("birthday", { anniversaryWithin: { days: 366 } }), "/have/anniversaryWithin/days", /at most 365/],
  [have("birthday", { anniversaryWithin: { days: -1 } }), "/have/anniversaryWithin/days", /at least 0/],
  [have("birthday", { anniversaryWithin: { days: 1.5 } }), "/have/anniversaryWithin/days", /whole number/],
  [within("30 days"), "/did/within", /a window is expected/, /last: 30/],
  [within({}), "/did/within", /nothing stands here/, /between/],
  [within({ unit: "days" }), "/did/within/last", /a number is expected/],
  [within({ last: 1, unit: "day" }), "/did/within/unit", /`hours`/],
  [
    within({ last: 1, unit: "days", before: "2026-01-01" }),
    "/did/within",
    /last and before stand side by side/,
  ],
  [within({ before: "2026-01-01", after: "2026-01-31" }), "/did/within", /side by side/, /between/],
  [within({ between: "2026-01-01" }), "/did/within/between", /a list of two/],
  [within({ between: ["2026-01-02", "2026-01-01"] }), "/did/within/between", /later than the second/],
  [within({ between: ["2026-01-02", 5] }), "/did/within/between/1", /a day or an instant is expected/],
  [within({ after: "yesterday" }), "/did/within/after", /neither/],
  [within({ befor: "2026-01-01" }), "/did/within/befor", /not known here/, /before/],
  [did({ occurrence: "first" }), "/did/occurrence", /in which window/, /within/],
  [
    did({ occurrence: "second", within: { last: 1, unit: "days" } }),
    "/did/occurrence",
    /`first` or `last` is expected/,
  ],
  [
    did({ occurrence: "first", within: { last: 1, unit: "days" }, atLeast: 2 }),
    "/did/atLeast",
    /cannot stand beside `occurrence`/,
    /under `all`/,
  ],
];

describe("a rule that is refused", () => {
  const cases = REFUSED.map(([rule, path, message, remedy]) => ({ rule, path, message, remedy }));
  it.each(cases)("$rule at $path", ({ rule, path, message, remedy }) => {
    const [fault, ...others] = faults(rule);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ path, message: expect.stringMatching(message) });
    if (remedy !== undefined) expect(fault?.remedy).toMatch(remedy);
  });

  it("names the measure and the comparison that stand beside a first time", () => {
    const rule = did({
      occurrence: "first",
      within: { last: 1, unit: "days" },
      measure: { count: true },
      is: 1,
    });
    expect(faults(rule).map(({ path }) => path)).toEqual(["/did/measure", "/did/is"]);
  });

  it("names every fault of a window's parts", () => {
    const rule = within({ between: ["2026-13-01", "x"] });
    expect(faults(rule).map(({ path }) => path)).toEqual(["/did/within/between/0", "/did/within/between/1"]);
  });
});
