import type { IdentityConfig } from "./config.ts";
import { FORGOTTEN, type IsForgotten } from "./forgotten.ts";
import { type Identifier, type RawIdentifiers, rowReader } from "./row.ts";

/**
 * Distinct lists of raw identifiers within a group of rows, as columns: a group may have 200,000 of them, and an
 * object for each identifier would only be read once.
 */
export interface DistinctTuples extends RawIdentifiers {
  /** The first row of the group that has the list, counted from the beginning of the import. It names the tuple. */
  readonly rows: readonly number[];
  /** How many of `kinds` and `raws` belong to each, one tuple behind the other. */
  readonly lengths: readonly number[];
}

/** Normalised values by index: columns, because a group has half a million of them. */
export interface Values {
  readonly kinds: readonly number[];
  readonly texts: readonly string[];
}

/**
 * A group of consecutive rows, read and normalised, each value once. Its identified tuples are numbered from
 * 0 in the order of their first rows.
 */
export interface IdentityGroup extends Values {
  readonly config: IdentityConfig;
  /** The first row of each identified tuple. */
  readonly rows: readonly number[];
  /** Tuple t has the values `members[starts[t]]` up to `members[starts[t + 1] - 1]`, the deciding one first. */
  readonly starts: readonly number[];
  readonly members: readonly number[];
  /** First rows of the tuples without identifier. */
  readonly anonymous: readonly number[];
  readonly refused: readonly { readonly row: number; readonly reason: string }[];
  /** The index of a value, if the group names it. */
  indexOf(identifier: Identifier): number | undefined;
}

/**
 * Reads the distinct tuples of a group; they come in the order of their first rows.
 *
 * @param isForgotten tuples whose deciding identifier is forgotten are refused; a lower one may be somebody else's by
 *   now, such as the cookie of a shared device
 */
export function readGroup(
  config: IdentityConfig,
  tuples: Iterable<DistinctTuples>,
  isForgotten?: IsForgotten,
): IdentityGroup {
  const read = rowReader(config);
  const indexes = new Map<number, Map<string, number>>(config.kinds.map(({ number }) => [number, new Map()]));
  const kinds: number[] = [];
  const texts: string[] = [];
  const rows: number[] = [];
  const starts: number[] = [0];
  const members: number[] = [];
  const anonymous: number[] = [];
  const refused: { row: number; reason: string }[] = [];

  const intern = ({ kind, value }: Identifier): number => {
    const ofKind = indexes.get(kind);
    const known = ofKind?.get(value);
    if (known !== undefined) return known;
    const index = texts.push(value) - 1;
    kinds.push(kind);
    ofKind?.set(value, index);
    return index;
  };

  for (const part of tuples) {
    let from = 0;
    for (const [at, row] of part.rows.entries()) {
      const to = from + (part.lengths[at] ?? 0);
      const identity = read(part, from, to);
      from = to;
      if (identity.outcome === "identified" && isForgotten?.(...decidingOf(identity.identifiers))) {
        refused.push({ row, reason: FORGOTTEN });
      } else if (identity.outcome === "identified") {
        for (const identifier of identity.identifiers) members.push(intern(identifier));
        starts.push(members.length);
        rows.push(row);
      } else if (identity.outcome === "none") {
        anonymous.push(row);
      } else {
        refused.push({ row, reason: identity.reason });
      }
    }
  }
  return {
    config,
    kinds,
    texts,
    rows,
    starts,
    members,
    anonymous,
    refused,
    indexOf: ({ kind, value }) => indexes.get(kind)?.get(value),
  };
}

function decidingOf([highest]: readonly Identifier[]): [kind: number, value: string] {
  if (highest === undefined) throw new Error("an identified row has an identifier");
  return [highest.kind, highest.value];
}

/** The values of a tuple, the deciding one first. */
export function valuesOf(group: IdentityGroup, tuple: number): readonly number[] {
  return group.members.slice(group.starts[tuple], group.starts[tuple + 1]);
}
