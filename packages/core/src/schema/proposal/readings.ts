import type { ColumnType } from "../schema.ts";

/** A way in which the texts of a column can be read. */
export interface Reading {
  readonly type: ColumnType;
  /** What the texts are taken for, for people: `numbers with a decimal comma`. */
  readonly what: string;
  fits(text: string): boolean;
  /** The text as an expression → the value as an expression. */
  readonly expression: (text: string) => string;
}

/** 12 digits before the point and 6 behind it are what a number can hold. */
const DIGITS = "[0-9]{1,12}";
const PLACES = "[0-9]{1,6}0*";

const NUMBERS = {
  plain: number("numbers", `[+-]?${DIGITS}(?:\\.${PLACES})?`, (text) => `number(${text})`),
  comma: number(
    "numbers with a decimal comma",
    `[+-]?${DIGITS}(?:,${PLACES})?`,
    (text) => `number(replace(${text}, ",", "."))`,
  ),
  pointGroups: number(
    "numbers with a decimal comma and points between thousands",
    `[+-]?(?:[0-9]{1,3}(?:\\.[0-9]{3}){1,3}|${DIGITS})(?:,${PLACES})?`,
    (text) => `number(replace(replace(${text}, ".", ""), ",", "."))`,
  ),
  commaGroups: number(
    "numbers with commas between thousands",
    `[+-]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|${DIGITS})(?:\\.${PLACES})?`,
    (text) => `number(replace(${text}, ",", ""))`,
  ),
} as const;

function number(what: string, pattern: string, expression: Reading["expression"]): Reading {
  const whole = new RegExp(`^${pattern}$`);
  return { type: "number", what, fits: (text) => whole.test(text), expression };
}

/**
 * The ways to read numbers, the likelier first. Where semicolons stand between cells, a comma stands in numbers.
 *
 * @param decimalComma what a comma or a point alone, as in `1,234`, is taken for
 */
export function numberReadings(decimalComma: boolean): readonly Reading[] {
  const { plain, comma, pointGroups, commaGroups } = NUMBERS;
  return decimalComma ? [plain, comma, pointGroups, commaGroups] : [plain, commaGroups, comma, pointGroups];
}

/** What people write for true and false. */
const WORDS = [
  ["yes", "no"],
  ["y", "n"],
  ["ja", "nein"],
  ["ja", "nej"],
  ["ja", "nee"],
  ["j", "n"],
  ["oui", "non"],
  ["sí", "no"],
  ["si", "no"],
  ["wahr", "falsch"],
  ["vrai", "faux"],
  ["on", "off"],
  ["t", "f"],
] as const;

export const TRUTH: Reading = {
  type: "boolean",
  what: "true and false",
  fits: (text) => /^(true|false)$/i.test(text),
  expression: (text) => `boolean(${text})`,
};

/** 1 and 0 are numbers too; a column's name decides. */
export const ONE_OR_ZERO: Reading = {
  type: "boolean",
  what: "1 and 0",
  fits: (text) => /^[01]$/.test(text),
  expression: (text) => `boolean(${text})`,
};

/** True and false in words; what is neither of the two refuses its row. */
export const WORD_READINGS: readonly (Reading & { readonly words: readonly [string, string] })[] = WORDS.map(
  ([yes, no]) => ({
    type: "boolean",
    what: `${yes} and ${no}`,
    words: [yes, no],
    fits: (text) => text.toLowerCase() === yes || text.toLowerCase() === no,
    expression: (text) =>
      `boolean(if(lower(${text}) = "${yes}", "true", if(lower(${text}) = "${no}", "false", ${text})))`,
  }),
);
