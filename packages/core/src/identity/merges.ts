import type { ProfileMerge } from "./resolver.ts";

/**
 * Keeps the merge table flat: when a profile that others were merged into is merged itself, they are pointed
 * to the survivor again, with the same (arrival, step), in ascending order.
 *
 * @param aliases canonical profile → the numbers merged into it before
 */
export function flattenMerges(
  merges: readonly ProfileMerge[],
  aliases: ReadonlyMap<number, readonly number[]>,
): ProfileMerge[] {
  const known = new Map<number, readonly number[]>(aliases);
  return merges.flatMap((merge) => {
    const moved = [merge.old, ...(known.get(merge.old) ?? [])].sort((a, b) => a - b);
    known.delete(merge.old);
    known.set(merge.new, [...(known.get(merge.new) ?? []), ...moved]);
    return moved.map((old) => ({ ...merge, old }));
  });
}
