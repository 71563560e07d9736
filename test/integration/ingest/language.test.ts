import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmptyCells } from "../../../packages/core/src/schema/file-format.ts";
import { checkExpression } from "../../../packages/core/src/schema/mapping/checker.ts";
import { FUNCTION_NAMES, functionRow } from "../../../packages/core/src/schema/mapping/functions.ts";
import { parseExpression } from "../../../packages/core/src/schema/mapping/parser.ts";
import { compileExpression } from "../../../packages/core/src/schema/mapping/sql/compile.ts";
import { textLiteral } from "../../../packages/core/src/schema/mapping/sql/literal.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";

let host: TestEngine;

beforeAll(async () => {
  host = await startEngine();
});
afterAll(async () => {
  await host?.close();
});

/** A value as text, `null`, `absent`, or what is wrong, of one expression over rows of cells. */
async function results(
  expression: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  emptyCells: EmptyCells = "absent",
): Promise<string[]> {
  const parsed = parseExpression(expression);
  if (!parsed.ok) throw new Error(parsed.faults[0]?.message);
  const checked = checkExpression(parsed.node, { columns });
  if (!checked.ok) throw new Error(checked.faults[0]?.message);
  const { value, absent, faults, type } = compileExpression(checked.typed, { tagged: false, emptyCells });
  const shown = type === "boolean" ? `toString(CAST(${value}, 'Nullable(Bool)'))` : `toString(${value})`;
  const fault = faults.map(({ when, reason }) => `${when}, concat('! ', ${reason})`);
  const cells = columns.map((_, index) => `cells[${index + 1}] AS c${index + 1}`);
  await host.engine.command(
    "CREATE OR REPLACE TABLE cells (n UInt32, cells Array(String)) ENGINE = MergeTree ORDER BY n",
  );
  await host.engine.insert(
    "cells",
    ["n", "cells"],
    rows.map((row, n) => [n, row]),
  );
  const answers = await host.engine.query<{ shown: string }>(
    `SELECT ifNull(${fault.length === 0 ? "" : `multiIf(${fault.join(", ")}, `}
      ifNull(${shown}, if(${absent}, 'absent', 'null'))
    ${fault.length === 0 ? "" : ")"}, 'null') AS shown
    FROM (SELECT n, ${cells.join(", ")} FROM cells) ORDER BY n`,
  );
  return answers.map((answer) => answer.shown);
}

const CELLS = {
  six: "6",
  price: "2.55",
  name: " Ann ",
  empty: "",
  bad: "abc",
  at: "2010-12-01 08:26:00",
  us: "12/1/2010 8:26",
  id: "17850.0",
  max: "999999999999.999999",
  yes: "TRUE",
  quote: `o'neil \\ " ü`,
};
const one = async (expression: string, emptyCells?: EmptyCells) =>
  (await results(expression, Object.keys(CELLS), [Object.values(CELLS)], emptyCells))[0];

describe("an expression on one row", () => {
  it.each([
    ["number(six) * number(price)", "15.3"],
    ["text(number(id))", "17850"],
    ["1 / number(six)", "0.166667"],
    ["2 / 3", "0.666667"],
    ["-2 / 3", "-0.666667"],
    ["0.000001 * 0.5", "0.000001"],
    ["-0.000001 * 0.5", "-0.000001"],
    ["2 + 3 * 4 - 6 / 3", "12"],
    ["-(2 + 3)", "-5"],
    ["number(price) / 0", "! division by zero"],
    ["number(price) / number(empty)", "absent"],
    ["number(max) + 0.000001", "! the result of + is beyond ±999999999999.999999"],
    ["number(max) * number(max)", "! the result of * is beyond ±999999999999.999999"],
    ["number(bad)", '! "abc" is not a number (such as -12.50)'],
    ['if(number(six) > 0, "buy", "return")', "buy"],
    ['if(number(six) > 0, "buy", text(number(bad)))', "buy"],
    ['if(number(six) < 0, "buy", text(number(bad)))', '! "abc" is not a number (such as -12.50)'],
    ["boolean(yes) or boolean(bad)", "true"],
    ["boolean(yes) and boolean(bad)", '! "abc" is neither true, false, 1 nor 0'],
    ["not boolean(yes)", "false"],
    ["text(boolean(yes))", "true"],
    ["lower(trim(name))", "ann"],
    ['concat(name, "|", quote)', ` Ann |o'neil \\ " ü`],
    ["concat(name, empty)", "absent"],
    ["coalesce(empty, name)", " Ann "],
    ["coalesce(name, text(number(bad)))", " Ann "],
    ["time(at)", "2010-12-01 08:26:00.000"],
    ['time(us, "M/D/YYYY h:mm")', "2010-12-01 08:26:00.000"],
    ['time(at, "YYYY-MM-DD")', '! "2010-12-01 08:26:00" is not a time written as YYYY-MM-DD'],
    ["text(time(at))", "2010-12-01T08:26:00.000Z"],
    ['time(at) < time("2010-12-02")', "true"],
    ["quote = 'o''neil \\ \" ü'", "true"],
    ["number(six) = 6.00", "true"],
    ["empty", "absent"],
    ["null", "null"],
    ["if(true, null, name)", "null"],
    ["empty = null", "true"],
    ["empty != null", "false"],
    ['empty = "x"', "false"],
    ['empty != "x"', "true"],
    ['empty < "x"', "false"],
    ["null = null", "true"],
  ])("%s gives %s", async (expression, expected) => {
    expect(await one(expression)).toBe(expected);
  });

  it("tells absent, null and empty apart by what empty cells mean", async () => {
    expect(await one("empty", "absent")).toBe("absent");
    expect(await one("empty", "null")).toBe("null");
    expect(await one("empty", "empty")).toBe("");
    expect(await one("number(empty)", "null")).toBe("null");
    expect(await one("number(empty)", "empty")).toBe('! "" is empty, where a number is expected');
    expect(await one("empty = null", "empty")).toBe("false");
  });
});

describe("the example of a function", () => {
  it.each(FUNCTION_NAMES.map((name) => functionRow(name).example))(
    "%s gives %s",
    async (expression, result) => {
      const parsed = parseExpression(expression);
      const checked = parsed.ok ? checkExpression(parsed.node, { columns: [] }) : parsed;
      const list = checked.ok && "typed" in checked && checked.typed.type === "list";
      expect(await one(list ? expression : `text(${expression})`)).toBe(result);
    },
  );
});

describe("a function", () => {
  it.each([
    ["upper(empty)", "absent"],
    ["upper(null)", "null"],
    ['replace(price, ".", empty)', "absent"],
    ['padStart(name, 2, "0")', " Ann "],
    ['substring("ærø", 2, 1)', "r"],
    ['substring("ærø", -2)', "rø"],
    ['startsWith(empty, "x")', "absent"],
    ["endsWith(name, null)", "null"],
    ["round(number(max), 0)", "! the result of round is beyond ±999999999999.999999"],
    ["floor(number(empty))", "absent"],
    ["round(-2.5, 0)", "-3"],
    ["abs(null)", "null"],
    ['split(empty, ";")', "absent"],
    ['split(null, ";")', "null"],
    ['split(concat(six, ";;", six), ";")', '["6","","6"]'],
    ['length(split("", ";"))', "0"],
    ["length(list(empty))", "absent"],
    ['join(split(empty, "x"), "")', "absent"],
    ['element(split("a;b", ";"), 3)', "absent"],
    ["element(list(null), 1)", "null"],
    ['element(split("a;b", ";"), 2)', "b"],
    ['contains(split("a;b", ";"), six)', "false"],
    ["contains(name, empty)", "absent"],
    ['contains(name, "nn")', "true"],
    ["list(empty)", "absent"],
    ["list(quote) = null", "false"],
    ['if(number(six) > 0, split(six, ","), list(bad))', '["6"]'],
    ["coalesce(list(empty), list(six))", '["6"]'],
    ['year(time(empty), "UTC")', "absent"],
    ['year(null, "UTC")', "null"],
    ['time(us, "M/D/YYYY h:mm", "America/New_York")', "2010-12-01 13:26:00.000"],
    ['time("2024-10-27 02:30", "YYYY-MM-DD hh:mm", "Europe/Copenhagen")', "2024-10-27 00:30:00.000"],
    ['time("2024-03-31 02:30", "YYYY-MM-DD hh:mm", "Europe/Copenhagen")', "2024-03-31 00:30:00.000"],
    ['startOf(time("1931-05-20T22:30:00Z"), "year", "Europe/Copenhagen")', "1930-12-31 23:00:00.000"],
    ['startOf(time("2024-06-02T21:30:00Z"), "week", "Europe/Copenhagen")', "2024-05-26 22:00:00.000"],
    ['startOf(time("2024-05-31T22:29:59.999Z"), "hour", "Asia/Kolkata")', "2024-05-31 21:30:00.000"],
    ['startOf(time("2024-05-31"), "quarter", "UTC")', "2024-04-01 00:00:00.000"],
    [
      'startOf(time("1900-01-01"), "week", "America/New_York")',
      "! the result of startOf is outside the years 1900 to 2298",
    ],
    ['add(time("2024-03-30T01:30:00Z"), 1, "day", "Europe/Copenhagen")', "2024-03-31 00:30:00.000"],
    ['add(time("2024-03-30T01:30:00Z"), 24, "hour", "Europe/Copenhagen")', "2024-03-31 01:30:00.000"],
    ['add(time("2290-01-01"), 10, "year", "UTC")', "! the result of add is outside the years 1900 to 2298"],
    ['add(time("1901-01-01"), -2, "quarter", "UTC")', "1900-07-01 00:00:00.000"],
    ["add(time(empty), 1, 'day', 'UTC')", "absent"],
    ['difference(time(at), time("2009-12-01"), "month", "UTC")', "-12"],
    ['difference(time(at), null, "day", "UTC")', "null"],
    ['formatTime(time(at), "YYYY-M-DThh:mm:ss.SSSZ", "UTC")', "2010-12-1T08:26:00.000Z"],
    ['formatTime(time(empty), "YYYY", "UTC")', "absent"],
  ])("%s gives %s", async (expression, expected) => {
    expect(await one(expression)).toBe(expected);
  });

  it("within functions within functions is refused before it fills the memory", async () => {
    const nested = (depth: number) => "text(number(".repeat(depth) + "six" + "))".repeat(depth);
    expect(await one(nested(2))).toBe("6");
    await expect(one(nested(19))).rejects.toMatchObject({ code: "fileDoesNotFit" });
  });
});

describe("casts, on any text", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 15 });
  const numberLike = fc
    .oneof(
      fc
        .tuple(
          fc.constantFrom("", "+", "-"),
          digits,
          fc.option(
            digits.map((d) => `.${d}`),
            { nil: "" },
          ),
        )
        .map((p) => p.join("")),
      fc.constantFrom(
        "NaN",
        "nan",
        "inf",
        "-Infinity",
        "1e5",
        "0x10",
        "1,5",
        " 1",
        "1 ",
        ".",
        "1.",
        ".5",
        "--1",
        "1.2.3",
        "١",
        "1_000",
      ),
      fc.string({ maxLength: 6 }),
    )
    .filter((text) => !text.includes("\0"));

  /** Exact micro-units, or undefined when the text is no number that is accepted. */
  function micros(text: string): bigint | undefined {
    const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (match === null) return undefined;
    const places = (match[3] ?? "").replace(/0+$/, "");
    if (places.length > 6) return undefined;
    const value = BigInt((match[2] ?? "") + places.padEnd(6, "0"));
    return value > 999_999_999_999_999_999n ? undefined : match[1] === "-" ? -value : value;
  }
  const decimal = (value: bigint) => {
    const size = (value < 0n ? -value : value).toString().padStart(7, "0");
    const places = size.slice(-6).replace(/0+$/, "");
    return `${value < 0n ? "-" : ""}${size.slice(0, -6)}${places === "" ? "" : `.${places}`}`;
  };

  it("number() takes exactly the decimals with at most 12 and 6 digits", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(numberLike, { minLength: 50, maxLength: 50 }), async (texts) => {
        const got = await results(
          "number(x)",
          ["x"],
          texts.map((text) => [text]),
          "empty",
        );
        for (const [index, text] of texts.entries()) {
          const value = micros(text);
          if (value === undefined) expect(got[index], text).toMatch(/^! "/);
          else expect(got[index], text).toBe(decimal(value));
        }
      }),
      { numRuns: 20 },
    );
  });

  it("arithmetic is exact and rounds half away from zero", async () => {
    const value = fc.bigInt({ min: -999_999_999_999_999_999n, max: 999_999_999_999_999_999n });
    const small = fc.bigInt({ min: -50_000_000n, max: 50_000_000n });
    const pair = fc.oneof(fc.tuple(value, value), fc.tuple(value, small), fc.tuple(small, small));
    const rounded = (numerator: bigint, denominator: bigint) => {
      const sign = numerator < 0n === denominator < 0n ? 1n : -1n;
      const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
      return (sign * (2n * n + d)) / (2n * d);
    };
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { minLength: 40, maxLength: 40 }), async (pairs) => {
        const rows = pairs.map(([a, b]) => [decimal(a), decimal(b)]);
        const operations = {
          "+": (a: bigint, b: bigint) => a + b,
          "-": (a: bigint, b: bigint) => a - b,
          "*": (a: bigint, b: bigint) => rounded(a * b, 1_000_000n),
          "/": (a: bigint, b: bigint) => (b === 0n ? undefined : rounded(a * 1_000_000n, b)),
        };
        for (const [operator, exact] of Object.entries(operations)) {
          const got = await results(`number(a) ${operator} number(b)`, ["a", "b"], rows);
          for (const [index, [a, b]] of pairs.entries()) {
            const value = exact(a, b);
            const fits = value !== undefined && value > -(10n ** 18n) && value < 10n ** 18n;
            if (fits) expect(got[index], `${rows[index]?.join(operator)}`).toBe(decimal(value));
            else expect(got[index]).toMatch(/^! (division|the result)/);
          }
        }
      }),
      { numRuns: 8 },
    );
  });

  it("time() takes ISO 8601 and nothing else", async () => {
    const two = (min: number, max: number) => fc.integer({ min, max }).map((n) => String(n).padStart(2, "0"));
    const timeLike = fc.oneof(
      fc
        .record({
          year: fc.integer({ min: 1895, max: 2305 }),
          month: two(0, 13),
          day: two(0, 32),
          clock: fc.option(
            fc.tuple(
              fc.constantFrom("T", " "),
              two(0, 25),
              two(0, 61),
              fc.option(two(0, 61)),
              fc.option(fc.constantFrom("1", "123", "123456", "123456789")),
            ),
          ),
          zone: fc.constantFrom("", "Z", "+02:00", "-0530", "+15:00"),
        })
        .map(({ year, month, day, clock, zone }) => {
          if (clock === null) return `${year}-${month}-${day}`;
          const [mark, hour, minute, second, fraction] = clock;
          const rest = second === null ? "" : `:${second}${fraction === null ? "" : `.${fraction}`}`;
          return `${year}-${month}-${day}${mark}${hour}:${minute}${rest}${zone}`;
        }),
      fc.constantFrom(
        "yesterday",
        "1700000000",
        "01.02.2024",
        "2024-1-2",
        "2024-01-02T",
        "20240102",
        "2024-01-02 10",
        "24-01-02",
        "",
      ),
    );
    const reference = (text: string): string | undefined => {
      const match =
        /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(
          text,
        );
      if (match === null) return undefined;
      const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
      if (year === undefined || year < 1900 || year > 2299) return undefined;
      const zone = /^([+-])(\d\d):?(\d\d)$/.exec(match[8] ?? "");
      if (zone !== null && Number(zone[2]) > 14) return undefined;
      if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
      const millisecond = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
      const local = new Date(Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second, millisecond));
      if (local.getUTCMonth() + 1 !== month || local.getUTCDate() !== day) return undefined;
      const offset =
        zone === null ? 0 : (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
      return new Date(local.getTime() - offset * 60_000).toISOString().replace("T", " ").replace("Z", "");
    };
    await fc.assert(
      fc.asyncProperty(fc.array(timeLike, { minLength: 100, maxLength: 100 }), async (texts) => {
        const got = await results(
          "time(x)",
          ["x"],
          texts.map((text) => [text]),
          "empty",
        );
        for (const [index, text] of texts.entries()) {
          const expected = reference(text);
          if (expected === undefined) expect(got[index], text).toMatch(/^! "/);
          else expect(got[index], text).toBe(expected);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("a constant text stays what it is, whatever it holds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 30 }), async (text) => {
        const [row] = await host.engine.query<{ same: number }>(
          `SELECT ${textLiteral(text)} = {text:String} AS same`,
          { text },
        );
        expect(row?.same).toBe(1);
      }),
      { numRuns: 100 },
    );
  });
});
