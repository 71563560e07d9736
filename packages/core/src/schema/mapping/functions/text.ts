import type { Typed } from "../typed.ts";
import { constantText, constantWhole, type FunctionRow, plain, wholeFault } from "./row.ts";

const FARTHEST = 1_000_000;

export const TEXTS = {
  concat: {
    form: "concat(x, y, …)",
    meaning: "the texts joined; missing if one is missing",
    example: ['concat("A", "-", "7")', "A-7"],
    least: 2,
    most: 20,
    accepts: () => ["text"],
    result: () => "text",
  },
  lower: plain(["lower(x)", "in lower case", 'lower("Ærø")', "ærø"], ["text"], "text"),
  upper: plain(["upper(x)", "in upper case", 'upper("Ærø")', "ÆRØ"], ["text"], "text"),
  trim: plain(["trim(x)", "without white space at both ends", 'trim("  tea ")', "tea"], ["text"], "text"),
  replace: plain(
    ["replace(x, what, by)", "every `what` replaced", 'replace("1,50", ",", ".")', "1.50"],
    ["text", "text", "text"],
    "text",
    ([, what]) => separatorFault(what, "what is replaced"),
  ),
  substring: plain(
    [
      "substring(x, from) or substring(x, from, count)",
      "characters from a place on, counted from 1, or from the end if it is below zero",
      'substring("AB-123", 4)',
      "123",
    ],
    ["text", "number", "number"],
    "text",
    ([, from, count]) =>
      constantWhole(from) === 0
        ? "characters are counted from 1"
        : (wholeFault(from, "the place", -FARTHEST, FARTHEST) ??
          (count === undefined ? undefined : wholeFault(count, "the count", 0, FARTHEST))),
    1,
  ),
  padStart: plain(
    [
      "padStart(x, width, sign)",
      "filled up in front to so many characters; a longer text stays as it is",
      'padStart("42", 5, "0")',
      "00042",
    ],
    ["text", "number", "text"],
    "text",
    ([, width, sign]) =>
      wholeFault(width, "the width", 1, 1000) ??
      ([...(constantText(sign) ?? "")].length === 1
        ? undefined
        : "the sign is one character, written as it is"),
  ),
  startsWith: plain(
    [
      "startsWith(x, y)",
      "whether the text begins so; upper and lower case differ",
      'startsWith("tea", "te")',
      "true",
    ],
    ["text", "text"],
    "boolean",
  ),
  endsWith: plain(
    [
      "endsWith(x, y)",
      "whether the text ends so; upper and lower case differ",
      'endsWith("tea", "te")',
      "false",
    ],
    ["text", "text"],
    "boolean",
  ),
} as const satisfies Record<string, FunctionRow>;

/** What is wrong with a text at which others are cut. */
export function separatorFault(typed: Typed | undefined, what: string): string | undefined {
  const text = constantText(typed);
  return text === undefined || text === ""
    ? `${what} is a text that is not empty, written as it is`
    : undefined;
}

export const NUMBERS = {
  round: plain(
    ["round(x, places)", "rounded to so many places, half away from zero", "round(2.345, 2)", "2.35"],
    ["number", "number"],
    "number",
    ([, places]) => wholeFault(places, "the number of places", 0, 6),
  ),
  floor: plain(["floor(x)", "the next whole number below", "floor(-2.5)", "-3"], ["number"], "number"),
  ceil: plain(["ceil(x)", "the next whole number above", "ceil(2.1)", "3"], ["number"], "number"),
  abs: plain(["abs(x)", "without its sign", "abs(-2.5)", "2.5"], ["number"], "number"),
} as const satisfies Record<string, FunctionRow>;
