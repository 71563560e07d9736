import { type Block, type BlockKind, blankBlock, type GroupBlock, type NewId } from "./block.ts";
import { groupOf } from "./read-rule.ts";
import { copied, replaced, standingOf, withContents } from "./tree.ts";

/** A rule while it is edited, with the way back and forth. */
export interface RuleState {
  readonly root: GroupBlock;
  /** What it was, the latest last. */
  readonly past: readonly GroupBlock[];
  /** What was undone, the next to come back last. */
  readonly future: readonly GroupBlock[];
  /** The number of the next block's id. */
  readonly next: number;
  /** The field that is being typed in: what is typed there in a row is undone at once. */
  readonly typing: string | null;
  /** Which block the focus goes to after the change; null: it stays where it is. */
  readonly focus: string | null;
}

/** What can be done with a rule. Blocks are named by their ids. */
export type RuleChange =
  /** A blank block at the end of a group. */
  | { readonly do: "add"; readonly into: string; readonly kind: BlockKind }
  /** A block as it becomes; `field` says where it is typed, null: it was chosen. */
  | { readonly do: "set"; readonly block: Block; readonly field: string | null }
  | { readonly do: "remove"; readonly id: string }
  | { readonly do: "duplicate"; readonly id: string }
  /** To the place before or behind, into groups that lie on the way and out of them at their ends. */
  | { readonly do: "move"; readonly id: string; readonly by: "up" | "down" }
  /** Puts a block into a group of its own. */
  | { readonly do: "nest"; readonly id: string }
  /** Puts what a group holds in its place. */
  | { readonly do: "dissolve"; readonly id: string }
  /** Another rule altogether, which can be undone. */
  | { readonly do: "exchange"; readonly read: (newId: NewId) => GroupBlock }
  | { readonly do: "undo" }
  | { readonly do: "redo" };

/** So many changes can be undone. */
const KEPT = 200;

/** A rule that nobody has edited yet. */
export function startRule(read: (newId: NewId) => GroupBlock): RuleState {
  const { newId, next } = counterFrom(1);
  const root = read(newId);
  return { root, past: [], future: [], next: next(), typing: null, focus: null };
}

/** An empty rule: a group without a condition. */
export function emptyRule(newId: NewId): GroupBlock {
  return groupOf(newId, "all", []);
}

type Reducers = {
  readonly [Do in RuleChange["do"]]: (
    state: RuleState,
    change: Extract<RuleChange, { readonly do: Do }>,
  ) => RuleState;
};

const REDUCERS: Reducers = {
  add: (state, { into, kind }) => {
    const { newId, next } = counterFrom(state.next);
    const block = blankBlock(kind, newId);
    const root = withContents(state.root, into, (of) => [...of, block]);
    return edited(state, root, { next: next(), focus: block.id });
  },
  set: (state, { block, field }) => {
    const root = replaced(state.root, block.id, () => block);
    const typing = field === null ? null : `${block.id} ${field}`;
    if (typing !== null && state.typing === typing) return { ...state, root, future: [], focus: null };
    return edited(state, root, { typing });
  },
  remove: (state, { id }) => {
    const standing = standingOf(state.root, id);
    const [group] = standing?.groups ?? [];
    if (standing === undefined || group === undefined) return state;
    const neighbour = group.of[standing.at + 1] ?? group.of[standing.at - 1];
    const root = replaced(state.root, id, () => undefined);
    return edited(state, root, { focus: neighbour?.id ?? group.id });
  },
  duplicate: (state, { id }) => {
    const standing = standingOf(state.root, id);
    if (standing === undefined) return state;
    const { newId, next } = counterFrom(state.next);
    const copy = copied(standing.block, newId);
    const root = replaced(state.root, id, (block) => [block, copy]);
    return edited(state, root, { next: next(), focus: copy.id });
  },
  move: (state, { id, by }) => {
    const root = moved(state.root, id, by);
    return root === state.root ? state : edited(state, root, { focus: id });
  },
  nest: (state, { id }) => {
    if (standingOf(state.root, id) === undefined) return state;
    const { newId, next } = counterFrom(state.next);
    const root = replaced(state.root, id, (block) => groupOf(newId, "any", [block]));
    return edited(state, root, { next: next(), focus: id });
  },
  dissolve: (state, { id }) => {
    const { block } = standingOf(state.root, id) ?? {};
    if (block?.kind !== "group" || block.negated) return state;
    const root = replaced(state.root, id, () => block.of);
    return edited(state, root, { focus: block.of[0]?.id ?? null });
  },
  exchange: (state, { read }) => {
    const { newId, next } = counterFrom(state.next);
    return edited(state, read(newId), { next: next() });
  },
  undo: (state) => {
    const root = state.past.at(-1);
    if (root === undefined) return state;
    const past = state.past.slice(0, -1);
    return { ...state, root, past, future: [...state.future, state.root], typing: null, focus: null };
  },
  redo: (state) => {
    const root = state.future.at(-1);
    if (root === undefined) return state;
    const future = state.future.slice(0, -1);
    return { ...state, root, future, past: [...state.past, state.root], typing: null, focus: null };
  },
};

/** The rule after a change; one that can't be made leaves it as it is. Pure. */
export function reduceRule(state: RuleState, change: RuleChange): RuleState {
  return reduceOne(state, change);
}

function reduceOne<Do extends RuleChange["do"]>(
  state: RuleState,
  change: Extract<RuleChange, { readonly do: Do }>,
): RuleState {
  const reducer: Reducers[Do] = REDUCERS[change.do as Do];
  return reducer(state, change);
}

function edited(state: RuleState, root: GroupBlock, rest: Partial<RuleState>): RuleState {
  const past = [...state.past, state.root].slice(-KEPT);
  return { ...state, typing: null, focus: null, ...rest, root, past, future: [] };
}

function moved(root: GroupBlock, id: string, by: "up" | "down"): GroupBlock {
  const standing = standingOf(root, id);
  const [group, outer] = standing?.groups ?? [];
  if (standing === undefined || group === undefined) return root;
  const { block, at } = standing;
  const neighbour = group.of[by === "up" ? at - 1 : at + 1];
  const without = replaced(root, id, () => undefined);
  if (neighbour?.kind === "group") {
    return withContents(without, neighbour.id, (of) => (by === "up" ? [...of, block] : [block, ...of]));
  }
  if (neighbour !== undefined) {
    return replaced(without, neighbour.id, (one) => (by === "up" ? [block, one] : [one, block]));
  }
  if (outer === undefined) return root;
  return replaced(without, group.id, (one) => (by === "up" ? [block, one] : [one, block]));
}

/** Ids that begin at a number, and the number behind the last one that was given. */
function counterFrom(first: number): { readonly newId: NewId; readonly next: () => number } {
  let next = first;
  return {
    newId: () => {
      next += 1;
      return `block-${next - 1}`;
    },
    next: () => next,
  };
}
