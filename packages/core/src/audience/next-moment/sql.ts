import { boundsSql, millisecondsSql } from "../compile/bounds.ts";
import { type EventColumns, eventColumns, type PropertyNames } from "../compile/event-columns.ts";
import { filterSql } from "../compile/event-pass.ts";
import { latestSql } from "../compile/have.ts";
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

/** Behind every time that the engine can have, and before every one; ms UTC. A JSON number holds them. */
export const NEVER = 9_007_199_254_740_991;
const [NEVER_SQL, EVER_SQL] = [`toInt64(${NEVER})`, `toInt64(-${NEVER})`];

/** A time that a row or a group of rows has: 0 or 1, and in ms UTC; what it is otherwise does not matter. */
interface ReadTime {
  readonly present: string;
  readonly at: string;
}

/**
 * An aggregate: the earliest time that the bound has not reached, in ms UTC; for midnights whether there is any. All
 * rows go into it, those without a time as never: an aggregate without a branch costs a fraction of one of some rows, or
 * of one that can be NULL ([m] 210 of them over 30 M events: 14 s of processor time; so, and with the last event of a
 * person as one number for all windows, 8 s).
 */
function earliestSql(change: Change, { present, at }: ReadTime, moment: Moment): string {
  if (change === "midnight") return toldSql(change, `toInt64(${present})`);
  const beyond = millisecondsSql(at, { after: change.at(moment) }) ?? "1";
  return toldSql(change, `if(${present} AND ${beyond}, ${at}, ${NEVER_SQL})`);
}

/** What rows, or groups of them, tell together. Without any it is NULL. */
function toldSql(change: Change, told: string): string {
  return change === "midnight" ? `maxOrNull(${told})` : `minOrNull(${told})`;
}

/** The values that profiles show: a grouped pass, as for conditions on attributes. */
function attributePass(
  watches: readonly Named<AttributeWatch>[],
  moment: Moment,
  tied: (attribute: number) => boolean,
): WatchPass {
  const [first] = watches;
  const numbers = first?.watch.numbers ?? [];
  const value = `if(is_null = 0, toUnixTimestamp64Milli(moment), ${NEVER_SQL})`;
  const read = { present: `latest != ${NEVER}`, at: "latest" };
  const selected = watches.map(
    ({ name, watch: { change } }) => `${earliestSql(change, read, moment)} AS ${name}`,
  );
  const sql = `SELECT ${selected.join(",\n  ")}
FROM (SELECT profile, ${latestSql(value, numbers.some(tied))} AS latest
FROM attribute_view WHERE attribute IN (${numbers.join(", ")}) GROUP BY profile)`;
  return { sql, attributes: numbers, events: [] };
}

/** Watches of the same attributes share a pass. */
export function attributePasses(
  watches: readonly Named<AttributeWatch>[],
  moment: Moment,
  tied: (attribute: number) => boolean,
): readonly WatchPass[] {
  return grouped(watches, ({ numbers }) => numbers).map((own) => attributePass(own, moment, tied));
}

/**
 * The events of a type in the same schemas: the tables are sorted by type, so that a pass reads its own rows only. What
 * is asked of the first or the last of each person stands in a pass of its own: in a grouped one every question is a
 * number that is kept for everybody.
 */
export function eventPasses(
  watches: readonly Named<EventWatch>[],
  moment: Moment,
  bind: Bind,
): readonly WatchPass[] {
  const isOfPerson = ({ value }: EventWatch) => value === "first" || value === "last";
  return grouped(watches, (watch) => [watch.event, watch.schemas, isOfPerson(watch)]).map((own) =>
    own.some(({ watch }) => isOfPerson(watch)) ? personPass(own, moment, bind) : rowPass(own, moment, bind),
  );
}

function grouped<Of>(
  watches: readonly Named<Of>[],
  by: (watch: Of) => unknown,
): readonly (readonly Named<Of>[])[] {
  const groups = new Map<string, readonly Named<Of>[]>();
  for (const named of watches) {
    const key = keyOf(by(named.watch));
    groups.set(key, [...(groups.get(key) ?? []), named]);
  }
  return [...groups.values()];
}

/** Asked of every event: its time, or a property of it. */
function rowPass(watches: readonly Named<EventWatch>[], moment: Moment, bind: Bind): WatchPass {
  const columns = eventColumns(bind);
  const selected = watches.map(({ name, watch: { where, within, value, change } }) => {
    const matches = matchesSql(where, within, columns.names, moment, bind);
    const read =
      typeof value === "object"
        ? {
            present: `${matches} AND ${columns.names.present(value)}`,
            at: `toUnixTimestamp64Milli(${columns.names.value(value)})`,
          }
        : { present: matches, at: "at" };
    return `${earliestSql(change, read, moment)} AS ${name}`;
  });
  const rows = readRows(watches, columns, [], bind);
  return { sql: `SELECT ${selected.join(",\n  ")}\nFROM (${rows.sql})`, attributes: [], events: rows.events };
}

/**
 * Asked of the first or the last event of each person. Where a window begins does not matter to which is the last of
 * them: the same number serves all windows.
 */
function personPass(watches: readonly Named<EventWatch>[], moment: Moment, bind: Bind): WatchPass {
  const columns = eventColumns(bind);
  const extremes = new Map<string, string>();
  const selected = watches.map(({ name, watch: { where, within, value, change } }) => {
    const matches = matchesSql(where, { upTo: within.upTo }, columns.names, moment, bind);
    const none = value === "first" ? NEVER_SQL : EVER_SQL;
    const extreme = `${value === "first" ? "min" : "max"}(if(${matches}, at, ${none}))`;
    const at = extremes.get(extreme) ?? `g${extremes.size}`;
    extremes.set(extreme, at);
    return `${earliestSql(change, { present: `${at} != ${none}`, at }, moment)} AS ${name}`;
  });
  const rows = readRows(watches, columns, ["profile"], bind);
  const ofPerson = [...extremes].map(([extreme, at]) => `${extreme} AS ${at}`);
  const sql = `SELECT ${selected.join(",\n  ")}
FROM (SELECT ${["profile", ...ofPerson].join(",\n  ")}
FROM (${rows.sql}) GROUP BY profile)`;
  return { sql, attributes: [], events: rows.events };
}

function matchesSql(
  where: EventWatch["where"],
  within: EventWatch["within"],
  names: PropertyNames,
  moment: Moment,
  bind: Bind,
): string {
  const conditions = [
    ...(where === undefined ? [] : [filterSql(where, names, bind, moment)]),
    ...[millisecondsSql("at", within) ?? []].flat(),
  ];
  return conditions.length === 0 ? "1" : conditions.join(" AND ");
}

/** The rows of a pass; to be asked for when all columns are named. */
function readRows(
  watches: readonly Named<EventWatch>[],
  columns: EventColumns,
  read: readonly string[],
  bind: Bind,
): { readonly sql: string; readonly events: WatchPass["events"] } {
  const { event = "", schemas = [] } = watches[0]?.watch ?? {};
  const selected = [...read, "toUnixTimestamp64Milli(time) AS at"];
  return {
    sql: columns.select(schemas, () => selected, groupFilter(event, watches, bind)),
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
