import type { Fault } from "@peregrine/core";
import type { Block, BlockKind, BlockOf, GroupBlock, MeasureInput, WindowInput } from "./block.ts";
import { isTestComplete } from "./operand.ts";
import { blocksOf } from "./tree.ts";

/** A fault at a block; `field` is the rest of its path, `/have/attribute`. */
export interface BlockFault extends Fault {
  readonly field: string;
}

/**
 * Faults by the blocks at which they stand: of all blocks on the way to the place of a fault the deepest.
 *
 * @param places id → JSON pointer, outer blocks before inner ones
 * @param faults with paths below the rule
 */
export function faultsByBlock(
  places: ReadonlyMap<string, string>,
  faults: readonly Fault[],
): ReadonlyMap<string, readonly BlockFault[]> {
  const found = new Map<string, BlockFault[]>();
  for (const fault of faults) {
    const [id, place] = [...places]
      .filter(([, one]) => fault.path === one || fault.path.startsWith(`${one}/`))
      .reduce((deepest, one) => (one[1].length >= deepest[1].length ? one : deepest), ["", ""]);
    const known = found.get(id) ?? [];
    known.push({ ...fault, field: fault.path.slice(place.length) });
    found.set(id, known);
  }
  return found;
}

const MISSING: { readonly [Kind in BlockKind]: (block: BlockOf<Kind>) => string | undefined } = {
  group: ({ of }) => (of.length === 0 ? "Add a condition to this group" : undefined),
  have: ({ attribute, test }) => missingTest("attribute", attribute, test),
  did: ({ event, measure, window, occurrence }) => {
    if (event === "") return "Choose what they did";
    return (occurrence === "" ? missingMeasure(measure) : undefined) ?? missingWindow(window, occurrence);
  },
  inAudience: ({ audience }) => (audience === "" ? "Choose an audience" : undefined),
  everyone: () => undefined,
  property: ({ property, test }) => missingTest("property", property, test),
};

function missingTest(word: string, name: string, test: BlockOf<"have">["test"]): string | undefined {
  if (name === "") return `Choose ${word === "attribute" ? "an attribute" : "a property"}`;
  if (test.operator === "") return "Choose how to compare";
  return isTestComplete(test) ? undefined : "Fill in the value";
}

function missingMeasure({ name, property, operator, text, from, to }: MeasureInput): string | undefined {
  if (name === "once") return undefined;
  if (name !== "count" && property === "") return "Choose what is measured";
  const isThere = operator === "between" ? from.trim() !== "" && to.trim() !== "" : text.trim() !== "";
  return isThere ? undefined : "Fill in the number";
}

function missingWindow({ form, count, day, from, to }: WindowInput, occurrence: string): string | undefined {
  const isThere = {
    ever: occurrence === "",
    last: count.trim() !== "",
    between: from !== "" && to !== "",
    before: day !== "",
    after: day !== "",
  } as const satisfies Record<WindowInput["form"], boolean>;
  if (isThere[form]) return undefined;
  return form === "ever" ? "Choose in which time the first or last was" : "Fill in the time";
}

/** What a block still needs before anybody can be counted, in words; undefined: nothing. */
export function missingIn(block: Block): string | undefined {
  return missingOf(block);
}

function missingOf<Kind extends BlockKind>(block: BlockOf<Kind>): string | undefined {
  const of: (one: BlockOf<Kind>) => string | undefined = MISSING[block.kind as Kind];
  return of(block);
}

/** The blocks that still need something, by id. An event without conditions on its properties needs none. */
export function unfinished(root: GroupBlock): ReadonlyMap<string, string> {
  const optional = new Set(blocksOf(root).flatMap((block) => (block.kind === "did" ? [block.where.id] : [])));
  return new Map(
    blocksOf(root).flatMap((block) => {
      const missing = optional.has(block.id) ? undefined : missingIn(block);
      return missing === undefined ? [] : [[block.id, missing] as const];
    }),
  );
}
