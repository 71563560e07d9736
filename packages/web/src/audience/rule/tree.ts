import type { Block, GroupBlock, NewId } from "./block.ts";

// Trees are never changed: each function gives a new one, with the same blocks where nothing changed.

/** A block, and what it stands in. */
export interface Standing {
  readonly block: Block;
  /** The groups above it, the nearest first. */
  readonly groups: readonly GroupBlock[];
  /** Its place in the nearest group. */
  readonly at: number;
}

/** The blocks directly below a block: a group's, or those on the properties of an event. */
export function below(block: Block): readonly Block[] {
  if (block.kind === "group") return block.of;
  return block.kind === "did" ? [block.where] : [];
}

/** Every block from this one on, each before what stands below it. */
export function blocksOf(block: Block): readonly Block[] {
  return [block, ...below(block).flatMap(blocksOf)];
}

/** Where a block stands; undefined for the root, for the conditions of an event as a whole, and for unknown ids. */
export function standingOf(root: GroupBlock, id: string): Standing | undefined {
  return search(root, [root], id);
}

function search(group: GroupBlock, groups: readonly GroupBlock[], id: string): Standing | undefined {
  for (const [at, block] of group.of.entries()) {
    if (block.id === id) return { block, groups, at };
    const found =
      block.kind === "group"
        ? search(block, [block, ...groups], id)
        : block.kind === "did"
          ? // What is asked of an event stays with it.
            search(block.where, [block.where], id)
          : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The tree with one block replaced, the root included; `undefined` takes it away. */
export function replaced(
  root: GroupBlock,
  id: string,
  change: (block: Block) => Block | readonly Block[] | undefined,
): GroupBlock {
  const [own] = changed(root, id, change);
  return own?.kind === "group" ? own : root;
}

/** The same for a group, by what it holds. */
export function withContents(
  root: GroupBlock,
  id: string,
  contents: (of: readonly Block[]) => readonly Block[],
): GroupBlock {
  return replaced(root, id, (block) =>
    block.kind === "group" ? { ...block, of: contents(block.of) } : block,
  );
}

function changed(
  block: Block,
  id: string,
  change: (block: Block) => Block | readonly Block[] | undefined,
): readonly Block[] {
  if (block.id === id) {
    const become = change(block);
    if (become === undefined) return [];
    return isList(become) ? become : [become];
  }
  if (block.kind === "group") {
    const of = block.of.flatMap((one) => changed(one, id, change));
    const isSame = of.length === block.of.length && of.every((one, at) => one === block.of[at]);
    return [isSame ? block : { ...block, of }];
  }
  if (block.kind === "did") {
    const [where] = changed(block.where, id, change);
    return [where?.kind === "group" && where !== block.where ? { ...block, where } : block];
  }
  return [block];
}

function isList(become: Block | readonly Block[]): become is readonly Block[] {
  return Array.isArray(become);
}

/** A block with everything below it under new ids. */
export function copied<One extends Block>(block: One, newId: NewId): One {
  const id = newId();
  if (block.kind === "group") return { ...block, id, of: block.of.map((one) => copied(one, newId)) };
  if (block.kind === "did") return { ...block, id, where: copied(block.where, newId) };
  return { ...block, id };
}
