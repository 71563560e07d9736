import type { ResolvedRule } from "../resolved.ts";
import { boundsOf, type Moment } from "../window.ts";
import { type EventPass, eventPass } from "./event-pass.ts";
import { keyOf } from "./key.ts";
import type { Bind } from "./parameters.ts";

export interface DidLeaves {
  /** The column that says whether the condition holds; the same for equal conditions. */
  column(leaf: ResolvedRule<"did">): string;
  /** The grouped passes that compute all these columns. */
  passes(): readonly EventPass[];
}

/** A `did` of the statement with its column and, resolved for the moment, its window. */
export interface DidLeaf {
  readonly name: string;
  readonly did: ResolvedRule<"did">;
  /** Milliseconds UTC; events at or before it do not count. Absent: all do. */
  readonly after: number | undefined;
}

/** One pass over the events of each schema; schemas that one `did` reads together share theirs. */
export function didLeaves(bind: Bind, moment: Moment): DidLeaves {
  const leaves = new Map<string, DidLeaf>();
  return {
    column(did) {
      const key = keyOf(did);
      const { after } = boundsOf(did.window, moment);
      const leaf = leaves.get(key) ?? { name: `d${leaves.size}`, did, after };
      leaves.set(key, leaf);
      return leaf.name;
    },
    passes: () => connected([...leaves.values()]).map((group) => eventPass(group, moment.asOf, bind)),
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
