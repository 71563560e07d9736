import { type IdentityGroup, valuesOf } from "./group.ts";
import { type IdentityPosition, type Resolution, type RowSequence, resolveRows } from "./resolver.ts";
import type { IdentityState } from "./state.ts";

/**
 * The canonical profiles whose limit-1 values {@link resolveGroup} has to know. A tuple whose identifiers
 * all belong to one profile changes nothing; only profiles that some other tuple names can be merged, get a
 * value or lose one.
 */
export function unsettledProfiles(group: IdentityGroup, owners: ArrayLike<number>): Set<number> {
  const profiles = new Set<number>();
  for (let tuple = 0; tuple < group.rows.length; tuple += 1) {
    const start = group.starts[tuple] ?? 0;
    const end = group.starts[tuple + 1] ?? 0;
    const first = owners[group.members[start] ?? 0] ?? 0;
    let settled = first !== 0;
    for (let at = start + 1; at < end; at += 1) settled &&= owners[group.members[at] ?? 0] === first;
    for (let at = start; !settled && at < end; at += 1) profiles.add(owners[group.members[at] ?? 0] ?? 0);
  }
  profiles.delete(0);
  return profiles;
}

/**
 * Resolves a group with the result of row by row, but reads few rows twice. After a row all its identifiers
 * belong to its profile, and merges keep them together; so a later row with the same tuple changes nothing,
 * unless a conflict took one of them away. First rows are therefore enough wherever nothing conflicts. Where
 * something does, everything that hangs together with it is resolved again with all of its rows.
 *
 * @param rowsOf all rows of the group that have one of these tuples, in arrival order
 */
export async function resolveGroup(
  group: IdentityGroup,
  state: IdentityState,
  position: IdentityPosition,
  rowsOf: (tuples: ReadonlySet<number>) => Promise<RowSequence>,
): Promise<Resolution> {
  const firstRows: RowSequence = { rows: group.rows, tuples: group.rows.map((_, tuple) => tuple) };
  const first = resolveRows(group, state, position, firstRows);
  if (first.conflicts.length === 0) return first;
  const conflicting = conflictingTuples(group, state, first);
  const sequence = inOrder(group, conflicting, await rowsOf(conflicting));
  return resolveRows(group, state, position, sequence);
}

/** First rows of the tuples without conflict and every row of the others, but one of a run of equal ones. */
function inOrder(
  group: IdentityGroup,
  conflicting: ReadonlySet<number>,
  { rows, tuples }: RowSequence,
): RowSequence {
  const ordered = { rows: [] as number[], tuples: [] as number[] };
  const add = (row: number, tuple: number) => {
    ordered.rows.push(row);
    ordered.tuples.push(tuple);
  };
  let at = 0;
  const everyRowBefore = (end: number) => {
    for (; at < rows.length && (rows[at] ?? 0) < end; at += 1) {
      const tuple = tuples[at] ?? 0;
      // A row that repeats the row before it finds everything as that one left it.
      if (at === 0 || tuple !== tuples[at - 1]) add(rows[at] ?? 0, tuple);
    }
  };
  for (const [tuple, row] of group.rows.entries()) {
    if (conflicting.has(tuple)) continue;
    everyRowBefore(row);
    add(row, tuple);
  }
  everyRowBefore(Number.POSITIVE_INFINITY);
  return ordered;
}

/** The tuples that hang together, by values or by owners, with a value that is in conflict. */
function conflictingTuples(
  group: IdentityGroup,
  state: IdentityState,
  { conflicts }: Resolution,
): Set<number> {
  // Nodes: a value by its index, a profile by its number made negative.
  const parents = new Map<number, number>();
  const root = (node: number): number => {
    let current = node;
    for (let next = parents.get(current); next !== undefined; next = parents.get(current)) {
      const beyond = parents.get(next);
      if (beyond !== undefined) parents.set(current, beyond);
      current = next;
    }
    return current;
  };
  const join = (one: number, other: number): void => {
    const [a, b] = [root(one), root(other)];
    if (a !== b) parents.set(a, b);
  };
  for (let value = 0; value < group.texts.length; value += 1) {
    const owner = state.owners[value] ?? 0;
    if (owner !== 0) join(value, -owner);
  }
  for (let tuple = 0; tuple < group.rows.length; tuple += 1) {
    const [highest = 0, ...further] = valuesOf(group, tuple);
    for (const value of further) join(highest, value);
  }
  const named = group.texts.length;
  // A displaced value that the group does not name counts by its owner, who was known before the group.
  const conflicted = new Set(
    conflicts.flatMap(({ value, from }) => (value < named ? [root(value), root(-from)] : [root(-from)])),
  );
  const tuples = new Set<number>();
  for (let tuple = 0; tuple < group.rows.length; tuple += 1) {
    const highest = group.members[group.starts[tuple] ?? 0] ?? 0;
    if (conflicted.has(root(highest))) tuples.add(tuple);
  }
  return tuples;
}
