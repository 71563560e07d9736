import type { FilterKind, PropertyReference, ResolvedFilter } from "../resolved.ts";
import { testSql } from "../value-test.ts";
import type { Moment } from "../window.ts";
import { masksSql, type Pass } from "./bits.ts";
import { boundsSql } from "./bounds.ts";
import type { DidLeaf } from "./did.ts";
import { keyOf } from "./key.ts";
import { isAtLeastOnce, measureSql } from "./measure.ts";
import type { Bind } from "./parameters.ts";
import { NULLABLE_TYPES, presentSql, valueSql } from "./property.ts";

/** Gives a property the name of its column in the pass. */
type NameOf = (property: PropertyReference) => string;

export interface EventPass extends Pass {
  /** What is read: by number of the schema, the catalog numbers of its columns. */
  readonly events: readonly { readonly schema: number; readonly columns: readonly number[] }[];
}

/**
 * One grouped pass over the events of a type, in one or several schemas, with a condition per leaf. Where several schemas are
 * read, each gives its own columns under common names, and NULL for what it does not have.
 */
export function eventPass(type: string, leaves: readonly DidLeaf[], moment: Moment, bind: Bind): EventPass {
  const schemas = [...new Set(leaves.flatMap(({ did }) => did.schemas))].sort((left, right) => left - right);
  const properties = new Map<string, { readonly name: string; readonly property: PropertyReference }>();
  const nameOf: NameOf = (property) => {
    const key = keyOf(property.columns);
    const known = properties.get(key) ?? { name: `p${properties.size}`, property };
    properties.set(key, known);
    return known.name;
  };
  const conditions = leaves.map((leaf) => {
    const { did } = leaf;
    const matches = [
      ...(did.schemas.length === schemas.length ? [] : [`source IN (${did.schemas.join(", ")})`]),
      ...(did.where === undefined ? [] : [filterSql(did.where, nameOf, bind, moment)]),
    ].join(" AND ");
    return leafSql(leaf, matches === "" ? "1" : matches, moment, nameOf, bind);
  });
  const where = passFilter(type, leaves, moment.asOf, bind);
  const sources = schemas.map((schema) => {
    const columns = [...properties.values()].map(
      ({ name, property }) => `${columnIn(schema, property)} AS ${name}`,
    );
    const selected = ["profile", "time", `${schema} AS source`, ...columns].join(", ");
    return `SELECT ${selected} FROM event_view_${schema} WHERE ${where}`;
  });
  const sql = [
    `SELECT ${["profile", ...masksSql(conditions)].join(",\n  ")}`,
    `FROM (${sources.join("\nUNION ALL ")})`,
    "GROUP BY profile",
  ].join("\n");
  const read = [...properties.values()].flatMap(({ property }) => property.columns);
  const events = schemas.map((schema) => ({
    schema,
    columns: [...new Set(read.filter((column) => column.schema === schema).map(({ column }) => column))],
  }));
  return { conditions: leaves.map(({ name }) => name), sql, events };
}

/** The condition of one leaf over the events for which `matches` holds: 0 or 1. */
function leafSql(
  { did, bounds }: DidLeaf,
  matches: string,
  { asOf }: Moment,
  nameOf: NameOf,
  bind: Bind,
): string {
  const upTo = bounds.upTo < asOf ? bounds.upTo : undefined;
  const { after } = bounds;
  const window = boundsSql("time", { after, upTo }, bind);
  // The pass reads nothing later than the moment.
  // At least once since a bound is the latest time, whatever the bound: one aggregate for all windows. Of nobody's
  // events the latest is 1970, so that bounds before it are counted.
  const latestTells = after !== undefined && after >= 0 && upTo === undefined;
  if (did.occurrence !== undefined && !(did.occurrence === "last" && latestTells)) {
    const time = `${did.occurrence === "first" ? "minIf" : "maxIf"}(time, ${matches})`;
    return `(countIf(${matches}) > 0 AND ${boundsSql(time, bounds, bind) ?? "1"})`;
  }
  if (latestTells && isAtLeastOnce(did.measure)) {
    return boundsSql(`maxIf(time, ${matches})`, { after }, bind) ?? "1";
  }
  return measureSql(did.measure, window === undefined ? matches : `${matches} AND ${window}`, nameOf, bind);
}

/** What no leaf needs is not read: other types, later events, and those before the earliest window. */
function passFilter(type: string, leaves: readonly DidLeaf[], asOf: number, bind: Bind): string {
  // The last of all events is known when one in the window is; the first is not.
  const afters = leaves.map(({ did, bounds }) => (did.occurrence === "first" ? undefined : bounds.after));
  const known = afters.filter((after) => after !== undefined);
  const bounds = known.length < leaves.length ? { upTo: asOf } : { after: Math.min(...known), upTo: asOf };
  return [`type = ${bind("String", type)}`, boundsSql("time", bounds, bind) ?? "1"].join(" AND ");
}

/** A property of the events of one schema; NULL where the schema does not have it. */
export function columnIn(schema: number, { columns, type }: PropertyReference): string {
  const own = columns.find((column) => column.schema === schema);
  if (own !== undefined) return `c${own.column}`;
  return type === "list" ? "CAST([] AS Array(String))" : `CAST(NULL AS ${NULLABLE_TYPES[type]})`;
}

const FILTERS: {
  readonly [Kind in FilterKind]: (
    filter: ResolvedFilter<Kind>,
    nameOf: NameOf,
    bind: Bind,
    moment: Moment,
  ) => string;
} = {
  all: ({ of }, nameOf, bind, moment) =>
    `(${of.map((filter) => filterSql(filter, nameOf, bind, moment)).join(" AND ")})`,
  any: ({ of }, nameOf, bind, moment) =>
    `(${of.map((filter) => filterSql(filter, nameOf, bind, moment)).join(" OR ")})`,
  not: ({ of }, nameOf, bind, moment) => `NOT ${filterSql(of, nameOf, bind, moment)}`,
  property: ({ property, test }, nameOf, bind, moment) => {
    const name = nameOf(property);
    return testSql(
      test,
      { present: presentSql(property, name), value: valueSql(property, name) },
      bind,
      moment,
    );
  },
};

/** The condition that an event passes a filter: 0 or 1. */
export function filterSql<Kind extends FilterKind>(
  filter: ResolvedFilter<Kind>,
  nameOf: NameOf,
  bind: Bind,
  moment: Moment,
): string {
  return FILTERS[filter.kind](filter, nameOf, bind, moment);
}
