/** A list of more rows than that has a field to search it. */
const ROWS_WITHOUT_SEARCH = 10;

/** What a list is narrowed to; it stands in the address. */
export interface Searched {
  /** Part of a name, in any case. */
  readonly q?: string | undefined;
}

/** What the address says of it. */
export function searchedOf({ q }: Record<string, unknown>): Searched {
  return textOf("q", q);
}

/** A text of the address; one of digits alone comes as a number. */
export function textOf<Key extends string>(key: Key, value: unknown): { readonly [One in Key]?: string } {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? ({ [key]: text } as { [One in Key]?: string }) : {};
}

/** Whether a list is so long that one searches it, or is being searched. */
export function isSearchable(rows: number, { q }: Searched): boolean {
  return rows > ROWS_WITHOUT_SEARCH || q !== undefined;
}

/** Whether one of the texts holds what is searched, in any case. */
export function isFound({ q = "" }: Searched, texts: readonly string[]): boolean {
  const wanted = q.trim().toLowerCase();
  return texts.some((text) => text.toLowerCase().includes(wanted));
}
