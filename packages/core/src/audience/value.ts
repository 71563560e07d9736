import type { ColumnType } from "../schema/schema.ts";
import type { Micros } from "./decimal.ts";

/** What a column of this type holds in memory; a missing value is `undefined`. */
interface ValueOf {
  text: string;
  number: Micros;
  boolean: boolean;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  time: number;
  list: readonly string[];
}

/** The value of an attribute or a property; the kinds are told apart by `typeof`. */
export type Value = ValueOf[ColumnType];

/** Orders text as the engine does, by its UTF-8 bytes; JavaScript's `<` orders UTF-16 units, which differs. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(left.charCodeAt(index)) - rank(right.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Surrogates stand for characters above U+FFFF, so they rank above U+E000 to U+FFFF. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
