import type { Block, BlockKind, BlockOf, DidBlock, GroupBlock, MeasureInput, WindowInput } from "./block.ts";
import { numberToWrite, writeComparison, writeTest } from "./operand.ts";

/** A rule as the API takes it, and where each block begins in it. */
export interface WrittenRule {
  readonly rule: unknown;
  /** Id of the block → JSON pointer below the rule; its `not` belongs to it. */
  readonly places: ReadonlyMap<string, string>;
}

type Places = Map<string, string>;

/** Writes blocks as a rule, finished or not: what is missing is told by whoever reads it. */
export function writeRule(root: GroupBlock): WrittenRule {
  const places: Places = new Map();
  return { rule: write(root, "", places), places };
}

const WRITERS: {
  readonly [Kind in BlockKind]: (block: BlockOf<Kind>, path: string, places: Places) => unknown;
} = {
  group: writeGroup,
  have: ({ attribute, test }) => ({ have: { ...named("attribute", attribute), ...writeTest(test) } }),
  did: writeDid,
  inAudience: ({ audience }) => ({ inAudience: audience }),
  everyone: () => ({ everyone: true }),
  property: ({ property, test }) => ({ ...named("property", property), ...writeTest(test) }),
};

function write(block: Block, path: string, places: Places): unknown {
  places.set(block.id, path);
  const inner = block.negated ? `${path}/not` : path;
  const rule = writeKind(block, inner, places);
  return block.negated ? { not: rule } : rule;
}

function writeKind<Kind extends BlockKind>(block: BlockOf<Kind>, path: string, places: Places): unknown {
  const writer: (one: BlockOf<Kind>, path: string, places: Places) => unknown = WRITERS[block.kind as Kind];
  return writer(block, path, places);
}

/** A group of one is that one. */
function writeGroup({ word, of }: GroupBlock, path: string, places: Places): unknown {
  const [only, another] = of;
  if (only !== undefined && another === undefined) return write(only, path, places);
  return { [word]: of.map((block, at) => write(block, `${path}/${word}/${at}`, places)) };
}

function writeDid({ event, where, measure, window, occurrence }: DidBlock, path: string, places: Places) {
  const filter = where.of.length === 0 ? {} : { where: write(where, `${path}/did/where`, places) };
  // The first or last of all is asked of them at once: nothing is measured beside it.
  const measured = occurrence === "" ? writeMeasure(measure) : { occurrence };
  return { did: { ...named("event", event), ...filter, ...measured, ...writeWindow(window) } };
}

function writeMeasure({ name, property, factor, operator, ...numbers }: MeasureInput) {
  if (name === "once") return {};
  const compared = writeComparison(operator, numbers);
  if (name === "count") return compared;
  const measured = factor === "" || name === "distinct" ? property : { product: [property, factor] };
  return { measure: { [name]: measured }, ...compared };
}

const WINDOWS: { readonly [Form in WindowInput["form"]]: (window: WindowInput) => object | undefined } = {
  ever: () => undefined,
  last: ({ count, unit }) => ({ last: numberToWrite(count), unit }),
  between: ({ from, to }) => ({ between: [from, to] }),
  before: ({ day }) => ({ before: day }),
  after: ({ day }) => ({ after: day }),
};

function writeWindow(window: WindowInput): object {
  const within = WINDOWS[window.form](window);
  return within === undefined ? {} : { within };
}

function named(key: string, name: string): object {
  return name === "" ? {} : { [key]: name };
}
