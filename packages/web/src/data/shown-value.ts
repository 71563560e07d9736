import { truthWord } from "@peregrine/core/data-words";
import { capitalised } from "../words/capitalised.ts";
import { withLocalTimes } from "../words/time.ts";

/** A value of data as people read it. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return capitalised(truthWord(value));
  if (Array.isArray(value)) return value.map(shownValue).join(", ");
  if (typeof value === "string") return withLocalTimes(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
