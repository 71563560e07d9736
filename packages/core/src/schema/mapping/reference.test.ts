import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkExpression } from "./checker.ts";
import { FUNCTION_NAMES, functionRow } from "./functions.ts";
import { parseExpression } from "./parser.ts";
import { mappingTables } from "./reference.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../../../docs/mapping.md"), "utf8");
const TABLES = Object.entries(mappingTables());

describe("docs/mapping.md", () => {
  it.each(TABLES)(
    "has the table of %s as the code has it: node scripts/reference-pages.mjs writes it",
    (name, table) => {
      const [, found] =
        new RegExp(`<!-- table: ${name} -->\\n\\n([\\s\\S]*?)\\n\\n<!-- end -->`).exec(PAGE) ?? [];
      expect(found).toBe(table);
    },
  );

  it("has a place for each table", () => {
    expect(PAGE.match(/<!-- table: \w+ -->/g)).toHaveLength(TABLES.length);
  });
});

describe("a function", () => {
  it.each(FUNCTION_NAMES)("%s: its example is an expression that calls it", (name) => {
    const [expression] = functionRow(name).example;
    expect(expression).toContain(`${name}(`);
    const parsed = parseExpression(expression);
    expect(parsed.ok && checkExpression(parsed.node, { columns: [] })).toMatchObject({ ok: true });
  });

  it.each([
    ["substring(a, 0)", "characters are counted from 1"],
    ["substring(a, number(a))", "the place is a whole number from -1000000 to 1000000, written as it is"],
    ['replace(a, "", "x")', "what is replaced is a text that is not empty, written as it is"],
    ["split(a, a)", "the separator is a text that is not empty, written as it is"],
    ['padStart(a, 3, "ab")', "the sign is one character, written as it is"],
    [
      'year(time(a), "Europe/Atlantis")',
      "`Europe/Atlantis` is no time zone, such as Europe/Copenhagen or UTC",
    ],
    ['year(time(a), "+02:00")', "`+02:00` is no time zone, such as Europe/Copenhagen or UTC"],
    ["year(time(a))", "`year` does not take 1 values"],
    [
      'add(time(a), 1.5, "day", "UTC")',
      "the count is a whole number from -100000 to 100000, written as it is",
    ],
    [
      'startOf(time(a), "decade", "UTC")',
      'the unit is one of "year", "quarter", "month", "week", "day", "hour", "minute", "second"',
    ],
    [
      'formatTime(time(a), "QQ", "UTC")',
      "`QQ` is no part of a time; parts are YYYY, MM, M, DD, D, hh, h, mm, ss, SSS",
    ],
    ["lower(a, a)", "`lower` does not take 2 values"],
    ['text(split(a, ";"))', "`text` takes a text or a number or true or false or a time, and this is a list"],
    ["element(a, 1)", "`element` takes a list, and this is a text"],
  ])("%s is told what is wrong", (expression, message) => {
    const parsed = parseExpression(expression);
    const checked = parsed.ok ? checkExpression(parsed.node, { columns: ["a"] }) : parsed;
    expect(checked.ok ? [] : checked.faults.map((fault) => fault.message)).toEqual([message]);
  });
});
