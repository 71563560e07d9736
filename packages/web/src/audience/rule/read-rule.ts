import {
  COMPARISON_NAMES,
  type ColumnType,
  type Did,
  type Filter,
  MEASURE_NAMES,
  type NodeKind,
  type PropertyTest,
  type Rule,
} from "@peregrine/core";
import {
  type Block,
  type DidBlock,
  EVER,
  type GroupBlock,
  type MeasureInput,
  type NewId,
  ONCE,
  type PropertyBlock,
  type WindowInput,
} from "./block.ts";
import { readTest } from "./operand.ts";

/** The types of what rules name; undefined for what the catalog doesn't have. */
export interface KnownTypes {
  attribute(name: string): ColumnType | undefined;
  property(event: string, name: string): ColumnType | undefined;
}

interface Reading {
  readonly newId: NewId;
  readonly types: KnownTypes;
}

/** A rule as blocks, below a group that is always there. Two `not` in a row are none. */
export function readRule(rule: Rule, types: KnownTypes, newId: NewId): GroupBlock {
  const block = read(rule, { newId, types });
  return block.kind === "group" ? block : groupOf(newId, "all", [block]);
}

/** A group of blocks that is not negated. */
export function groupOf(newId: NewId, word: "all" | "any", of: readonly Block[]): GroupBlock {
  return { kind: "group", id: newId(), negated: false, word, of };
}

const READERS: {
  readonly [Kind in NodeKind]: (
    node: Extract<Rule, Readonly<Record<Kind, unknown>>>,
    reading: Reading,
  ) => Block;
} = {
  all: ({ all }, reading) =>
    groupOf(
      reading.newId,
      "all",
      all.map((one) => read(one, reading)),
    ),
  any: ({ any }, reading) =>
    groupOf(
      reading.newId,
      "any",
      any.map((one) => read(one, reading)),
    ),
  not: ({ not }, reading) => opposite(read(not, reading)),
  have: ({ have: { attribute, ...test } }, { newId, types }) => ({
    kind: "have",
    id: newId(),
    negated: false,
    attribute,
    test: readTest(test, types.attribute(attribute)),
  }),
  did: ({ did }, reading) => readDid(did, reading),
  inAudience: ({ inAudience }, { newId }) => ({
    kind: "inAudience",
    id: newId(),
    negated: false,
    audience: inAudience,
  }),
  everyone: (_, { newId }) => ({ kind: "everyone", id: newId(), negated: false }),
};

function read(rule: Rule, reading: Reading): Block {
  if ("all" in rule) return READERS.all(rule, reading);
  if ("any" in rule) return READERS.any(rule, reading);
  if ("not" in rule) return READERS.not(rule, reading);
  if ("have" in rule) return READERS.have(rule, reading);
  if ("did" in rule) return READERS.did(rule, reading);
  if ("inAudience" in rule) return READERS.inAudience(rule, reading);
  return READERS.everyone(rule, reading);
}

function opposite<One extends Block>(block: One): One {
  return { ...block, negated: !block.negated };
}

function readDid(did: Did, reading: Reading): DidBlock {
  const { event, where, within, occurrence = "" } = did;
  const { newId } = reading;
  const id = newId();
  const filter = where === undefined ? undefined : readFilter(where, event, reading);
  return {
    kind: "did",
    id,
    negated: false,
    event,
    where:
      filter === undefined
        ? groupOf(newId, "all", [])
        : filter.kind === "group"
          ? filter
          : groupOf(newId, "all", [filter]),
    measure: readMeasure(did),
    window: within === undefined ? EVER : readWindow(within),
    occurrence,
  };
}

function readFilter(filter: Filter, event: string, reading: Reading): GroupBlock | PropertyBlock {
  const { newId, types } = reading;
  if ("all" in filter)
    return groupOf(
      newId,
      "all",
      filter.all.map((one) => readFilter(one, event, reading)),
    );
  if ("any" in filter)
    return groupOf(
      newId,
      "any",
      filter.any.map((one) => readFilter(one, event, reading)),
    );
  if ("not" in filter) return opposite(readFilter(filter.not, event, reading));
  const { property, ...test }: PropertyTest = filter;
  const type = types.property(event, property);
  return { kind: "property", id: newId(), negated: false, property, test: readTest(test, type) };
}

function readMeasure(did: Did): MeasureInput {
  const operator = COMPARISON_NAMES.find((name) => did[name] !== undefined);
  if (operator === undefined) return ONCE;
  const name = MEASURE_NAMES.find((one) => did.measure?.[one] !== undefined) ?? "count";
  const measured = did.measure?.[name];
  const numbers: unknown = did[operator];
  const [from, to] = Array.isArray(numbers) ? numbers.map(String) : [];
  const [property = "", factor = ""] =
    typeof measured === "string" ? [measured] : typeof measured === "object" ? measured.product : [];
  return {
    name,
    property,
    factor,
    operator,
    text: Array.isArray(numbers) ? "" : String(numbers),
    from: from ?? "",
    to: to ?? "",
  };
}

function readWindow(within: NonNullable<Did["within"]>): WindowInput {
  if ("last" in within) return { ...EVER, form: "last", count: String(within.last), unit: within.unit };
  if ("between" in within) {
    const [from, to] = within.between;
    return { ...EVER, form: "between", from, to };
  }
  if ("before" in within) return { ...EVER, form: "before", day: within.before };
  return { ...EVER, form: "after", day: within.after };
}
