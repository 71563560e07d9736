import type { ResolvedRule } from "../resolved.ts";
import { type Bounds, boundsOf, type Moment } from "../window.ts";
import type { Pass } from "./bits.ts";
import { eventPass } from "./event-pass.ts";
import { keyOf } from "./key.ts";
import type { Bind } from "./parameters.ts";

export interface DidLeaves {
  /** The column that says whether the condition holds; the same for equal conditions. */
  column(leaf: ResolvedRule<"did">): string;
  /** The grouped passes that compute all these columns. */
  passes(): readonly Pass[];
}

/** A `did` of the statement with its column and, resolved for the moment, its window. */
export interface DidLeaf {
  readonly name: string;
  readonly did: ResolvedRule<"did">;
  /** Where its events lie, or with `occurrence` the first or last of all of them. */
  readonly bounds: Bounds;
}

/**
 * One pass over the events of each type. The tables are sorted by type, so that a pass reads its own rows only and
 * computes on them what is asked of this type: in one pass over all types every row would go through the conditions
 * of all.
 */
export function didLeaves(bind: Bind, moment: Moment): DidLeaves {
  const leaves = new Map<string, DidLeaf>();
  return {
    column(did) {
      const key = keyOf(did);
      const leaf = leaves.get(key) ?? { name: `d${leaves.size}`, did, bounds: boundsOf(did.window, moment) };
      leaves.set(key, leaf);
      return leaf.name;
    },
    passes() {
      const all = [...leaves.values()];
      const types = [...new Set(all.map(({ did }) => did.event))];
      return types.map((type) => {
        const own = all.filter(({ did }) => did.event === type);
        return eventPass(type, own, moment, bind);
      });
    },
  };
}
