import type { LISTS } from "../functions/list.ts";
import { constantWhole } from "../functions/row.ts";
import type { NUMBERS, TEXTS } from "../functions/text.ts";
import { NUMBER_SQL } from "./cast.ts";
import { arrayOf, type Compiled, either, listOf, present, strict } from "./compiled.ts";
import type { FunctionSql } from "./function-sql.ts";
import { textLiteral } from "./literal.ts";

/** As JavaScript's trim, which the identity resolver uses: Unicode spaces and the byte order mark too. */
const WHITE = "^[\\s\\p{Z}\\x{FEFF}]+|[\\s\\p{Z}\\x{FEFF}]+$";

export const TEXT_SQL: Record<keyof typeof TEXTS, FunctionSql> = {
  concat: (args) => strict("text", args, `concat(${args.map((x) => x.value).join(", ")})`),
  lower: ([x]) => strict("text", [x], `lowerUTF8(${x.value})`),
  upper: ([x]) => strict("text", [x], `upperUTF8(${x.value})`),
  trim: ([x]) => strict("text", [x], `replaceRegexpAll(${x.value}, ${textLiteral(WHITE)}, '')`),
  replace: ([x, what = x, by = x]) =>
    strict("text", [x, by], `replaceAll(${x.value}, ${what.value}, ${by.value})`),
  substring: ([x], [, from, count]) => {
    const places = [from, count]
      .filter((typed) => typed !== undefined)
      .map((typed) => String(constantWhole(typed)));
    return strict("text", [x], `substringUTF8(${x.value}, ${places.join(", ")})`);
  },
  padStart: ([x, , sign = x], [, width]) => {
    const wide = String(constantWhole(width));
    return strict(
      "text",
      [x],
      `if(lengthUTF8(${x.value}) >= ${wide}, ${x.value}, leftPadUTF8(${x.value}, ${wide}, ${sign.value}))`,
    );
  },
  startsWith: ([x, y = x]) => strict("boolean", [x, y], `startsWith(${x.value}, ${y.value})`),
  endsWith: ([x, y = x]) => strict("boolean", [x, y], `endsWith(${x.value}, ${y.value})`),
};

/** A result that may be too large for a number: it is refused, never wrong. */
function bounded(x: Compiled, name: string, sql: string): Compiled {
  const value = `accurateCastOrNull(${sql}, '${NUMBER_SQL}')`;
  const outside = {
    when: `(${present(x)} AND ifNull(abs(${value}) >= 1000000000000, 1))`,
    column: x.column,
    reason: `'the result of ${name} is beyond ±999999999999.999999'`,
  };
  const result = strict("number", [x], value, true);
  return x.type === "nothing" ? result : { ...result, faults: [...result.faults, outside] };
}

export const NUMBER_FUNCTION_SQL: Record<keyof typeof NUMBERS, FunctionSql> = {
  round: ([x], [, places]) =>
    bounded(x, "round", `round(toDecimal128(${x.value}, 6), ${constantWhole(places)})`),
  floor: ([x]) => bounded(x, "floor", `floor(toDecimal128(${x.value}, 6))`),
  ceil: ([x]) => bounded(x, "ceil", `ceil(toDecimal128(${x.value}, 6))`),
  abs: ([x]) => strict("number", [x], `abs(${x.value})`),
};

export const LIST_SQL: Record<keyof typeof LISTS, FunctionSql> = {
  split: ([x, separator = x]) => {
    const text = x.nullable ? `ifNull(${x.value}, '')` : x.value;
    return listOf(
      x,
      `if(${text} = '', CAST([], 'Array(String)'), splitByString(${separator.value}, ${text}))`,
    );
  },
  join: ([x, separator = x]) => {
    const joined = `arrayStringConcat(${arrayOf(x)}, ${separator.value})`;
    return strict("text", [x], x.nullable ? `if(isNull(${x.value}), NULL, ${joined})` : joined);
  },
  element: ([x], [, place]) => {
    const at = constantWhole(place) ?? 1;
    const array = arrayOf(x);
    const there = `length(${array}) >= ${Math.abs(at)}`;
    const found = strict("text", [x], `if(${there}, ${array}[${at}], NULL)`, true);
    // A list that is null clears; one that is merely shorter says nothing.
    return { ...found, absent: either(x.absent, `(${present(x)} AND NOT (${there}))`) };
  },
  contains: ([x, y = x]) => {
    if (x.type !== "list") return strict("boolean", [x, y], `(position(${x.value}, ${y.value}) > 0)`);
    const has = `has(${arrayOf(x)}, ${y.nullable ? `ifNull(${y.value}, '')` : y.value})`;
    const missing = [x, y].filter((part) => part.nullable).map((part) => `isNull(${part.value})`);
    return strict(
      "boolean",
      [x, y],
      missing.length === 0 ? has : `if(${missing.join(" OR ")}, NULL, ${has})`,
    );
  },
  length: ([x]) => {
    const size = x.type === "list" ? `length(${arrayOf(x)})` : `lengthUTF8(${x.value})`;
    const number = `toDecimal64(${size}, 6)`;
    return strict(
      "number",
      [x],
      x.type === "list" && x.nullable ? `if(isNull(${x.value}), NULL, ${number})` : number,
    );
  },
  distinct: ([x]) => listOf(x, `arrayDistinct(${arrayOf(x)})`),
};
