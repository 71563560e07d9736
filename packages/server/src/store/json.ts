/** What JSON can hold. */
export type JSONValue =
  | null
  | boolean
  | number
  | string
  | readonly JSONValue[]
  | { readonly [key: string]: JSONValue };

/** The text for a column that may be empty; `undefined` and `null` become SQL's NULL. */
export function toJSONText(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/**
 * The value of a JSON column. Its shape is what our own code wrote: migrations keep old rows readable, so
 * that nothing is checked again on the way out.
 */
export function fromJSONText<Shape = JSONValue>(text: string | null): Shape | null {
  return text === null ? null : (JSON.parse(text) as Shape);
}
