import { PeregrineError } from "@peregrine/core";

/** One page of a list; `next` asks for the following one and is `null` on the last. */
export interface Page<Item> {
  readonly items: Item[];
  readonly next: string | null;
}

type KeyTypes = readonly ("number" | "string")[];
type KeyOf<Types extends KeyTypes> = {
  readonly [Index in keyof Types]: Types[Index] extends "number" ? number : string;
};

/**
 * Keyset pagination over one list: a cursor is the last key of a page, so that pages neither skip nor repeat
 * rows when others are added. Fetch `limit + 1` rows after `keyset.after(cursor)` and give them to `page`.
 */
export class Keyset<const Types extends KeyTypes> {
  readonly #list: string;
  readonly #types: Types;

  /** @param list names the list (and its filter), so that another list's cursor is refused */
  constructor(list: string, types: Types) {
    this.#list = list;
    this.#types = types;
  }

  /** @throws PeregrineError `cursorInvalid` */
  after(cursor: string | undefined): KeyOf<Types> | undefined {
    if (cursor === undefined) return undefined;
    const [list, ...key] = decode(cursor);
    if (list === this.#list && this.#fits(key)) return key;
    throw new PeregrineError("cursorInvalid");
  }

  /** @param rows what was found, up to `limit + 1` of them; the one too many says that there is a next page */
  page<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => KeyOf<Types>): Page<Row> {
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items, next: more ? encode([this.#list, ...keyOf(last)]) : null };
  }

  #fits(key: readonly unknown[]): key is KeyOf<Types> & readonly unknown[] {
    return key.length === this.#types.length && key.every((part, at) => typeof part === this.#types[at]);
  }
}

function encode(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

function decode(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
