import type { ResolvedRule } from "../resolved.ts";
import { type Bounds, boundsOf, type Moment } from "../window.ts";
import { type EventPass, eventPass } from "./event-pass.ts";
import { keyOf } from "./key.ts";
import type { Bind } from "./parameters.ts";

export interface DidLeaves {
  /** The column that says whether the condition holds; the same for equal conditions. */
  column(leaf: ResolvedRule<"did">): string;
  /** The names of all these columns. */
  columns(): readonly string[];
  /** The grouped passes that compute all these columns. */
  passes(): readonly EventPass[];
}

/** A `did` of the statement with its column and, resolved for the moment, its window. */
export interface DidLeaf {
  readonly name: string;
  readonly did: ResolvedRule<"did">;
  /** Where its events lie, or with `occurrence` the first or last of all of them. */
  readonly bounds: Bounds;
}

/** One pass over the events of each schema; schemas that one `did` reads together share theirs. */
export function didLeaves(bind: Bind, moment: Moment): DidLeaves {
  const leaves = new Map<string, DidLeaf>();
  return {
    column(did) {
      const key = keyOf(did);
      const leaf = leaves.get(key) ?? { name: `d${leaves.size}`, did, bounds: boundsOf(did.window, moment) };
      leaves.set(key, leaf);
      return leaf.name;
    },
    columns: () => [...leaves.values()].map(({ name }) => name),
    passes: () => connected([...leaves.values()]).map((group) => eventPass(group, moment, bind)),
  };
}

/** Groups leaves so that no two groups read the same schema. */
function connected(leaves: readonly DidLeaf[]): readonly (readonly DidLeaf[])[] {
  return leaves.reduce<readonly (readonly DidLeaf[])[]>((groups, leaf) => {
    const touches = (group: readonly DidLeaf[]) =>
      group.some(({ did }) => did.schemas.some((schema) => leaf.did.schemas.includes(schema)));
    const joined = groups.filter(touches).flat();
    return [...groups.filter((group) => !touches(group)), [...joined, leaf]];
  }, []);
}
