import { boundsSql } from "../compile/bounds.ts";
import { eventColumns } from "../compile/event-columns.ts";
import { filterSql } from "../compile/event-pass.ts";
import { keyOf } from "../compile/key.ts";
import type { Bind } from "../compile/parameters.ts";
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

/** Watches that one pass answers. */
interface WatchGroup {
  readonly event: string;
  readonly schemas: readonly number[];
  readonly watches: readonly Named<EventWatch>[];
}

/**
 * The events of a type in the same schemas: the tables are sorted by type, so that a pass reads its own rows only. Those
 * that have not happened yet are few, so they stand in a pass of their own that reads nothing else; the first and the
 * last of each person need a grouped one.
 */
export function eventPasses(
  watches: readonly Named<EventWatch>[],
  moment: Moment,
  bind: Bind,
): readonly WatchPass[] {
  const groups = new Map<string, WatchGroup>();
  for (const named of watches) {
    const { event, schemas, within, value } = named.watch;
    const coming = (within.after ?? 0) >= moment.asOf;
    const key = keyOf([event, schemas, coming, value === "first" || value === "last" ? value : undefined]);
    const watched = groups.get(key)?.watches ?? [];
    groups.set(key, { event, schemas, watches: [...watched, named] });
  }
  return [...groups.values()].map((group) => eventPass(group, moment, bind));
}

function eventPass({ event, schemas, watches }: WatchGroup, moment: Moment, bind: Bind): WatchPass {
  const columns = eventColumns();
  const grouped: string[] = [];
  const selected = watches.map(({ name, watch }) => {
    const { where, within, value } = watch;
    const matches = [
      boundsSql("time", within, bind) ?? "1",
      ...(where === undefined ? [] : [filterSql(where, columns.names, bind, moment)]),
    ].join(" AND ");
    const ofPerson = value === "first" || value === "last";
    if (ofPerson) grouped.push(`${value === "first" ? "min" : "max"}OrNullIf(time, ${matches}) AS g_${name}`);
    const read = ofPerson
      ? { present: `isNotNull(g_${name})`, value: `assumeNotNull(g_${name})` }
      : value === "time"
        ? { present: matches, value: "time" }
        : {
            present: `${matches} AND ${columns.names.present(value)}`,
            value: columns.names.value(value),
          };
    return `${earliestSql(watch.change, read, moment, bind)} AS ${name}`;
  });
  const where = groupFilter(event, watches, bind);
  const events = columns.select(schemas, () => ["profile", "time"], where);
  const from =
    grouped.length === 0
      ? events
      : `SELECT ${["profile", ...grouped].join(",\n  ")}\nFROM (${events}) GROUP BY profile`;
  return {
    sql: `SELECT ${selected.join(",\n  ")}\nFROM (${from})`,
    attributes: [],
    events: columns.needs(schemas),
  };
}

/** What no watch of the pass needs is not read. */
function groupFilter(event: string, watches: readonly Named<EventWatch>[], bind: Bind): string {
  const after = least(watches.map(({ watch }) => watch.within.after));
  return [
    `type = ${bind("String", event)}`,
    ...(after === undefined ? [] : [boundsSql("time", { after }, bind) ?? "1"]),
  ].join(" AND ");
}

function least(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length < instants.length ? undefined : Math.min(...known);
}
