import { boundsSql } from "../compile/bounds.ts";
import { columnIn, filterSql } from "../compile/event-pass.ts";
import { keyOf } from "../compile/key.ts";
import type { Bind } from "../compile/parameters.ts";
import { presentSql, valueSql } from "../compile/property.ts";
import type { PropertyReference } from "../resolved.ts";
import type { Moment } from "../window.ts";
import type { AttributeWatch, Change, EventWatch } from "./watch.ts";

/** A watch with the column that tells its earliest time, or whether there is any. */
export interface Named<Of> {
  readonly name: string;
  readonly watch: Of;
}

/** One row with a column per watch. */
export interface WatchPass {
  readonly sql: string;
  readonly attributes: readonly number[];
  readonly events: readonly { readonly schema: number; readonly columns: readonly number[] }[];
}

/** The earliest time that a bound has not reached, in ms UTC, or NULL; for midnights how many times there are. */
function earliestSql(
  change: Change,
  { present, value }: { readonly present: string; readonly value: string },
  moment: Moment,
  bind: Bind,
): string {
  if (change === "midnight") return `toInt64(countIf(${present}))`;
  const beyond = boundsSql(value, { after: change.at(moment) }, bind) ?? "1";
  return `toUnixTimestamp64Milli(minOrNullIf(${value}, ${present} AND ${beyond}))`;
}

/** The values that profiles show: one grouped pass, as for conditions on attributes. */
export function attributePass(
  watches: readonly Named<AttributeWatch>[],
  moment: Moment,
  bind: Bind,
): WatchPass {
  const latest = new Map<string, string>();
  const selected = watches.map(({ name, watch }) => {
    const sql = `argMaxIf((is_null = 0, moment), (time, tie, arrival), attribute IN (${watch.numbers.join(", ")}))`;
    const column = latest.get(sql) ?? `a${latest.size}`;
    latest.set(sql, column);
    const value = { present: `${column}.1`, value: `${column}.2` };
    return `${earliestSql(watch.change, value, moment, bind)} AS ${name}`;
  });
  const attributes = [...new Set(watches.flatMap(({ watch }) => watch.numbers))].sort(
    (left, right) => left - right,
  );
  const inner = [...latest].map(([sql, column]) => `${sql} AS ${column}`).join(",\n  ");
  const sql = `SELECT ${selected.join(",\n  ")}
FROM (SELECT profile, ${inner}
FROM attribute_view WHERE attribute IN (${attributes.join(", ")}) GROUP BY profile)`;
  return { sql, attributes, events: [] };
}

/**
 * The events of the same schemas. Those that have not happened yet are few, so they stand in a pass of their own
 * that reads nothing else; the first and the last of each person need a grouped one.
 */
export function eventPasses(
  watches: readonly Named<EventWatch>[],
  moment: Moment,
  bind: Bind,
): readonly WatchPass[] {
  const groups = new Map<string, Named<EventWatch>[]>();
  for (const named of watches) {
    const { schemas, within, value } = named.watch;
    const coming = (within.after ?? 0) >= moment.asOf;
    const key = `${schemas.join(",")} ${coming} ${value === "first" ? "first" : value === "last"}`;
    groups.set(key, [...(groups.get(key) ?? []), named]);
  }
  return [...groups.values()].map((group) => eventPass(group, moment, bind));
}

function eventPass(group: readonly Named<EventWatch>[], moment: Moment, bind: Bind): WatchPass {
  const schemas = group[0]?.watch.schemas ?? [];
  const properties = new Map<string, { readonly name: string; readonly property: PropertyReference }>();
  const nameOf = (property: PropertyReference) => {
    const key = keyOf(property.columns);
    const known = properties.get(key) ?? { name: `p${properties.size}`, property };
    properties.set(key, known);
    return known.name;
  };
  const grouped: string[] = [];
  const selected = group.map(({ name, watch }) => {
    const { event, where, within, value } = watch;
    const matches = [
      `type = ${bind("String", event)}`,
      boundsSql("time", within, bind) ?? "1",
      ...(where === undefined ? [] : [filterSql(where, nameOf, bind, moment)]),
    ].join(" AND ");
    const ofPerson = value === "first" || value === "last";
    if (ofPerson) grouped.push(`${value === "first" ? "min" : "max"}OrNullIf(time, ${matches}) AS g_${name}`);
    const read = ofPerson
      ? { present: `isNotNull(g_${name})`, value: `assumeNotNull(g_${name})` }
      : value === "time"
        ? { present: matches, value: "time" }
        : {
            present: `${matches} AND ${presentSql(value, nameOf(value))}`,
            value: valueSql(value, nameOf(value)),
          };
    return `${earliestSql(watch.change, read, moment, bind)} AS ${name}`;
  });
  const where = groupFilter(group, bind);
  const sources = schemas.map((schema) => {
    const columns = [...properties.values()].map(
      ({ name, property }) => `${columnIn(schema, property)} AS ${name}`,
    );
    return `SELECT ${["profile", "type", "time", ...columns].join(", ")} FROM event_view_${schema} WHERE ${where}`;
  });
  const events = sources.join("\nUNION ALL ");
  const from =
    grouped.length === 0
      ? events
      : `SELECT ${["profile", ...grouped].join(",\n  ")}\nFROM (${events}) GROUP BY profile`;
  const columns = [...properties.values()].flatMap(({ property }) => property.columns);
  return {
    sql: `SELECT ${selected.join(",\n  ")}\nFROM (${from})`,
    attributes: [],
    events: schemas.map((schema) => ({
      schema,
      columns: [...new Set(columns.filter((one) => one.schema === schema).map(({ column }) => column))],
    })),
  };
}

/** What no watch of the pass needs is not read. */
function groupFilter(group: readonly Named<EventWatch>[], bind: Bind): string {
  const types = [...new Set(group.map(({ watch }) => watch.event))].map((type) => bind("String", type));
  const bounds = group.map(({ watch }) => watch.within);
  const after = least(bounds.map((bound) => bound.after));
  return [
    `type IN (${types.join(", ")})`,
    ...(after === undefined ? [] : [boundsSql("time", { after }, bind) ?? "1"]),
  ].join(" AND ");
}

function least(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length < instants.length ? undefined : Math.min(...known);
}
