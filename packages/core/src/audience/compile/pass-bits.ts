/**
 * The bits of a grouped pass. What one event can decide is asked of each row and put together by one aggregate for 64
 * of them; the rest needs an aggregate of its own. Equal questions are one bit.
 */
export interface PassBits {
  /** The column that says whether a condition on a row holds for some row of the profile. */
  ofSome(condition: string): string;
  /** The column of a condition on aggregates over all rows of the profile. */
  ofAll(condition: string): string;
  /** The columns asked for with their conditions, in this order. */
  readonly some: ReadonlyMap<string, string>;
  readonly all: ReadonlyMap<string, string>;
}

/** @param prefix begins the names of the columns; of this pass alone */
export function passBits(prefix: string): PassBits {
  const some = new Map<string, string>();
  const all = new Map<string, string>();
  const named = (columns: Map<string, string>, letter: string, condition: string) => {
    const name = columns.get(condition) ?? `${prefix}${letter}${columns.size}`;
    columns.set(condition, name);
    return name;
  };
  return {
    ofSome: (condition) => named(some, "s", condition),
    ofAll: (condition) => named(all, "a", condition),
    some,
    all,
  };
}
