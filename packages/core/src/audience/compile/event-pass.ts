import type { FilterKind, PropertyReference, ResolvedFilter } from "../resolved.ts";
import { testSql } from "../value-test.ts";
import type { DidLeaf } from "./did.ts";
import { keyOf } from "./key.ts";
import { isAtLeastOnce, measureSql } from "./measure.ts";
import { type Bind, instantText } from "./parameters.ts";
import { NULLABLE_TYPES, presentSql, valueSql } from "./property.ts";

/** Gives a property the name of its column in the pass. */
type NameOf = (property: PropertyReference) => string;

export interface EventPass {
  readonly sql: string;
  /** What is read: by number of the schema, the catalog numbers of its columns. */
  readonly events: readonly { readonly schema: number; readonly columns: readonly number[] }[];
}

/**
 * One grouped pass over the events of one or several schemas, with a column per leaf. Where several schemas are
 * read, each gives its own columns under common names, and NULL for what it does not have.
 */
export function eventPass(leaves: readonly DidLeaf[], asOf: number, bind: Bind): EventPass {
  const schemas = [...new Set(leaves.flatMap(({ did }) => did.schemas))].sort((left, right) => left - right);
  const properties = new Map<string, { readonly name: string; readonly property: PropertyReference }>();
  const nameOf: NameOf = (property) => {
    const key = keyOf(property.columns);
    const known = properties.get(key) ?? { name: `p${properties.size}`, property };
    properties.set(key, known);
    return known.name;
  };
  const conditions = leaves.map(({ name, did, after }) => {
    const matches = [
      `type = ${bind("String", did.event)}`,
      ...(did.schemas.length === schemas.length ? [] : [`source IN (${did.schemas.join(", ")})`]),
      ...(did.where === undefined ? [] : [filterSql(did.where, nameOf, bind)]),
    ].join(" AND ");
    if (after === undefined) return `${measureSql(did.measure, matches, nameOf, bind)} AS ${name}`;
    const bound = bindInstant(bind, after);
    // At least once since a bound is the latest time, whatever the bound: one aggregate for all windows. Of nobody's
    // events the latest is 1970, so that bounds before it are counted.
    if (after >= 0 && isAtLeastOnce(did.measure)) return `maxIf(time, ${matches}) > ${bound} AS ${name}`;
    return `${measureSql(did.measure, `${matches} AND time > ${bound}`, nameOf, bind)} AS ${name}`;
  });
  const where = passFilter(leaves, asOf, bind);
  const sources = schemas.map((schema) => {
    const columns = [...properties.values()].map(
      ({ name, property }) => `${columnIn(schema, property)} AS ${name}`,
    );
    const selected = ["profile", "type", "time", `${schema} AS source`, ...columns].join(", ");
    return `SELECT ${selected} FROM event_view_${schema} WHERE ${where}`;
  });
  const sql = [
    `SELECT ${["profile", ...conditions].join(",\n  ")}`,
    `FROM (${sources.join("\nUNION ALL ")})`,
    "GROUP BY profile",
  ].join("\n");
  const read = [...properties.values()].flatMap(({ property }) => property.columns);
  const events = schemas.map((schema) => ({
    schema,
    columns: [...new Set(read.filter((column) => column.schema === schema).map(({ column }) => column))],
  }));
  return { sql, events };
}

/** What no leaf needs is not read: other types, later events, and those before the earliest window. */
function passFilter(leaves: readonly DidLeaf[], asOf: number, bind: Bind): string {
  const types = [...new Set(leaves.map(({ did }) => did.event))].map((type) => bind("String", type));
  const afters = leaves.map(({ after }) => after).filter((after) => after !== undefined);
  return [
    `type IN (${types.join(", ")})`,
    `time <= ${bindInstant(bind, asOf)}`,
    ...(afters.length < leaves.length ? [] : [`time > ${bindInstant(bind, Math.min(...afters))}`]),
  ].join(" AND ");
}

function bindInstant(bind: Bind, instant: number): string {
  return bind("DateTime64(3, 'UTC')", instantText(instant));
}

function columnIn(schema: number, { columns, type }: PropertyReference): string {
  const own = columns.find((column) => column.schema === schema);
  if (own !== undefined) return `c${own.column}`;
  return type === "list" ? "CAST([] AS Array(String))" : `CAST(NULL AS ${NULLABLE_TYPES[type]})`;
}

const FILTERS: {
  readonly [Kind in FilterKind]: (filter: ResolvedFilter<Kind>, nameOf: NameOf, bind: Bind) => string;
} = {
  all: ({ of }, nameOf, bind) => `(${of.map((filter) => filterSql(filter, nameOf, bind)).join(" AND ")})`,
  any: ({ of }, nameOf, bind) => `(${of.map((filter) => filterSql(filter, nameOf, bind)).join(" OR ")})`,
  not: ({ of }, nameOf, bind) => `NOT ${filterSql(of, nameOf, bind)}`,
  property: ({ property, test }, nameOf, bind) => {
    const name = nameOf(property);
    return testSql(test, { present: presentSql(property, name), value: valueSql(property, name) }, bind);
  },
};

function filterSql<Kind extends FilterKind>(
  filter: ResolvedFilter<Kind>,
  nameOf: NameOf,
  bind: Bind,
): string {
  return FILTERS[filter.kind](filter, nameOf, bind);
}
