import { CHOICES, CONVERSIONS } from "./functions/conversion.ts";
import { LISTS } from "./functions/list.ts";
import type { FunctionRow } from "./functions/row.ts";
import { NUMBERS, TEXTS } from "./functions/text.ts";
import { TIMES } from "./functions/time.ts";

/** As the tables of docs/mapping.md have them. */
export const FUNCTION_GROUPS = {
  casts: CONVERSIONS,
  choices: CHOICES,
  texts: TEXTS,
  numbers: NUMBERS,
  times: TIMES,
  lists: LISTS,
} as const;

const FUNCTIONS = { ...CONVERSIONS, ...CHOICES, ...TEXTS, ...NUMBERS, ...TIMES, ...LISTS } as const;

export type FunctionName = keyof typeof FUNCTIONS;

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

/** The row of a function, seen through the interface that all rows share. */
export function functionRow(name: FunctionName): FunctionRow {
  return FUNCTIONS[name];
}
