import { truthWord } from "@peregrine/core/data-words";
import { capitalised } from "../words/capitalised.ts";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

/** A value of a profile as people read it: "Yes", "12 May 2026", "tea, coffee". */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return capitalised(truthWord(value));
  if (Array.isArray(value)) return value.map(shownValue).join(", ");
  if (typeof value === "string" && INSTANT.test(value)) return DAY.format(new Date(value));
  return String(value);
}
