import { z } from "zod";
import { type Micros, readDecimal } from "../decimal.ts";
import type { Reporter } from "../report.ts";

const MAXIMUM_VALUES = 10_000;
const MAXIMUM_TEXT = 10_000;

/** A JSON number, or a decimal written as text, for more than 15 digits. */
export const decimal = z.union([z.number(), z.string()]);
export const text = z.string().max(MAXIMUM_TEXT);
export const texts = z.array(text).min(1).max(MAXIMUM_VALUES);

/** The texts once each, if all of them are whole; reports those that are not. */
export function readTexts(values: readonly string[], report: Reporter): readonly string[] | undefined {
  if (values.some((value) => /\p{Surrogate}/u.test(value))) {
    return report.fault("the text holds half a character (a lone surrogate)", "Type the text anew.");
  }
  return [...new Set(values)];
}

const NUMBER_FAULTS = {
  notANumber: [
    "is not a number",
    "Write a number such as 12.5, with a point and without thousands separators.",
  ],
  tooManyPlaces: ["has more than 6 decimal places", "Numbers are kept with 6 decimal places: round it."],
  tooLarge: ["is too large: numbers stay below 1,000,000,000,000", "Use a smaller number."],
  inexact: [
    "has more digits than a JSON number keeps exactly",
    'Write it as text, in quotes: "123456789012.123456".',
  ],
} as const;

/** A number of a rule in micro-units; reports what is wrong with it. */
export function readNumber(operand: number | string, report: Reporter): Micros | undefined {
  const result = readDecimal(operand);
  if ("ok" in result) return result.ok;
  const [message, remedy] = NUMBER_FAULTS[result.fault];
  return report.fault(`${JSON.stringify(operand)} ${message}`, remedy);
}
