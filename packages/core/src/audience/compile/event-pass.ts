import type { FilterKind, ResolvedFilter } from "../resolved.ts";
import { testSql } from "../value-test.ts";
import type { Moment, SpanBounds } from "../window.ts";
import { masksSql, numbered, type Pass } from "./bits.ts";
import { boundsSql, millisecondsSql } from "./bounds.ts";
import type { DidLeaf } from "./did.ts";
import { eventColumns, type PropertyNames } from "./event-columns.ts";
import { measureSql } from "./measure.ts";
import type { Bind } from "./parameters.ts";
import { type PassBits, passBits } from "./pass-bits.ts";

/**
 * One grouped pass over the events of a type, in one or several schemas, with a condition per leaf. Where several schemas are
 * read, each gives its own columns under common names, and NULL for what it does not have.
 *
 * Conditions on rows are cheap, an aggregate of its own for each is not ([m] 12 conditions on 2.7 M events: 0.03 s of
 * processor time for the conditions, 0.13 s for as many counts). So what events decide each by itself becomes a bit of
 * its row, and one aggregate puts together the bits of 64 conditions: that one is in a window, also that the first, the
 * last, the smallest or the largest of them is ([m] 33 conditions on 0.8 M events: 0.36 s of processor time, and 0.61 s
 * when these were aggregates). Only counts, sums and different values are.
 */
export function eventPass(type: string, leaves: readonly DidLeaf[], moment: Moment, bind: Bind): Pass {
  const schemas = [...new Set(leaves.flatMap(({ did }) => did.schemas))].sort((left, right) => left - right);
  const columns = eventColumns(bind);
  const bits = passBits(leaves[0]?.name ?? "");
  const derived = leaves.map((leaf) => {
    const { did } = leaf;
    const matches = [
      ...(did.schemas.length === schemas.length ? [] : [`source IN (${did.schemas.join(", ")})`]),
      ...(did.where === undefined ? [] : [filterSql(did.where, columns.names, bind, moment)]),
    ];
    return `${leafSql(leaf, matches, moment, columns.names, bits, bind)} AS ${leaf.name}`;
  });
  const events = columns.select(
    schemas,
    (schema) => ["profile", "toUnixTimestamp64Milli(time) AS at", `${schema} AS source`],
    passFilter(type, leaves, moment.asOf, bind),
  );
  const ofRow = masksSql([...bits.some.keys()]);
  const rows = [...numbered("of_row_", ofRow), ...bits.counted()];
  const masks = [...ofRow.map((_, at) => `groupBitOr(of_row_${at})`), ...masksSql([...bits.all.keys()])];
  const sql = [
    `SELECT ${["profile", ...numbered("m", masks)].join(",\n  ")}`,
    `FROM (SELECT ${["*", ...rows].join(",\n  ")}`,
    `FROM (${events}))`,
    "GROUP BY profile",
  ].join("\n");
  const conditions = [[...bits.some.values()], [...bits.all.values()]];
  return { conditions, derived, sql, attributes: [], events: columns.needs(schemas) };
}

/** The condition that a leaf holds, on the bits of its pass: 0 or 1. */
function leafSql(
  { did, bounds }: DidLeaf,
  matches: readonly string[],
  { asOf }: Moment,
  names: PropertyNames,
  bits: PassBits,
  bind: Bind,
): string {
  const { after } = bounds;
  // The pass reads nothing later than the moment.
  const upTo = bounds.upTo < asOf ? bounds.upTo : undefined;
  const that = (span: SpanBounds) => {
    const window = millisecondsSql("at", span);
    const conditions = window === undefined ? matches : [...matches, window];
    return conditions.length === 0 ? "1" : conditions.join(" AND ");
  };
  const within = that({ after, upTo });
  if (did.occurrence === undefined) return measureSql(did.measure, { matches: within, names, bits, bind });
  // The first lies in the window when one does and none lies before it, the last when none lies behind it.
  const outside =
    did.occurrence === "first"
      ? after === undefined
        ? undefined
        : { upTo: after }
      : upTo === undefined
        ? undefined
        : { after: upTo };
  const some = bits.ofSome(within);
  return outside === undefined ? some : `(${some} AND NOT ${bits.ofSome(that(outside))})`;
}

/** What no leaf needs is not read: other types, later events, and those before the earliest window. */
function passFilter(type: string, leaves: readonly DidLeaf[], asOf: number, bind: Bind): string {
  // The last of all events is known when one in the window is; the first is not.
  const afters = leaves.map(({ did, bounds }) => (did.occurrence === "first" ? undefined : bounds.after));
  const known = afters.filter((after) => after !== undefined);
  const bounds = known.length < leaves.length ? { upTo: asOf } : { after: Math.min(...known), upTo: asOf };
  return [`type = ${bind("String", type)}`, boundsSql("time", bounds, bind) ?? "1"].join(" AND ");
}

const FILTERS: {
  readonly [Kind in FilterKind]: (
    filter: ResolvedFilter<Kind>,
    names: PropertyNames,
    bind: Bind,
    moment: Moment,
  ) => string;
} = {
  all: ({ of }, names, bind, moment) =>
    `(${of.map((filter) => filterSql(filter, names, bind, moment)).join(" AND ")})`,
  any: ({ of }, names, bind, moment) =>
    `(${of.map((filter) => filterSql(filter, names, bind, moment)).join(" OR ")})`,
  not: ({ of }, names, bind, moment) => `NOT ${filterSql(of, names, bind, moment)}`,
  property: ({ property, test }, names, bind, moment) =>
    testSql(
      test,
      { present: names.present(property), value: names.value(property) },
      { bind, moment, isOneOf: names.isOneOf },
    ),
};

/** The condition that an event passes a filter: 0 or 1. */
export function filterSql<Kind extends FilterKind>(
  filter: ResolvedFilter<Kind>,
  names: PropertyNames,
  bind: Bind,
  moment: Moment,
): string {
  return FILTERS[filter.kind](filter, names, bind, moment);
}
