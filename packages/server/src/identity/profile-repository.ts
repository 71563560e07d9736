import type { ColumnType } from "@peregrine/core";
import type { Engine, Parameters } from "../engine/engine.ts";
import { current, published, type Snapshot, visible } from "../engine/snapshot.ts";
import { eventColumn, eventTable } from "../engine/views.ts";

/** A profile's number and all numbers that were merged into it. */
export interface ProfileNumbers {
  readonly number: number;
  readonly merged: readonly number[];
}

export interface OwnedIdentifier {
  readonly kind: number;
  readonly value: string;
  /** Arrival of the row that gave it to the profile. */
  readonly arrival: number;
}

/** The latest value of an attribute from one dataflow; instants are ISO 8601 texts. */
export interface StoredValue {
  readonly attribute: number;
  readonly dataflow: number;
  readonly import: number;
  readonly time: string;
  readonly tie: string;
  readonly arrival: number;
  readonly isNull: boolean;
  readonly values: Readonly<Record<ColumnType, unknown>>;
}

export interface StoredEvent {
  readonly schema: number;
  readonly type: string;
  readonly time: string;
  readonly arrival: number;
  readonly dataflow: number;
  readonly import: number;
  /** By catalog number. */
  readonly properties: Readonly<Record<number, unknown>>;
}

export interface StoredConflict {
  readonly arrival: number;
  readonly kind: number;
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

/** Where a page of events goes on: after the event with this time and arrival, backwards. */
export interface EventPosition {
  readonly time: string;
  readonly arrival: number;
}

type LatestValue = readonly [
  is_null: number,
  text: string,
  number: string,
  flag: number,
  moment: string,
  list: readonly string[],
  imported: number,
];

/** Reads single profiles; every look-up goes by the sort key of its table. */
export class ProfileRepository {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The canonical profile behind a number that was issued. */
  async byNumber(snapshot: Snapshot, number: number): Promise<ProfileNumbers | undefined> {
    const seen = visible(snapshot);
    const parameters = { ...seen.parameters, number };
    const [found] = await this.#engine.query<{ issued: number; canonical: number }>(
      `SELECT (SELECT count() FROM profile WHERE profile = {number:UInt32} AND ${seen.sql}) AS issued,
        (SELECT argMax(new, (arrival, step)) FROM profile_merge WHERE old = {number:UInt32} AND ${seen.sql}) AS canonical`,
      parameters,
    );
    if (found === undefined || found.issued === 0) return undefined;
    const canonical = found.canonical || number;
    const merged = await this.#engine.query<{ old: number }>(
      `SELECT old FROM profile_merge
      WHERE old IN (SELECT old FROM profile_merge WHERE new = {number:UInt32}) AND ${seen.sql}
      GROUP BY old HAVING argMax(new, (arrival, step)) = {number:UInt32} ORDER BY old`,
      { ...parameters, number: canonical },
    );
    return { number: canonical, merged: merged.map(({ old }) => old) };
  }

  /** The number under which a value's owner is written down; it may have been merged since. */
  async ownerOf(snapshot: Snapshot, kind: number, value: string): Promise<number | undefined> {
    const seen = visible(snapshot);
    const [found] = await this.#engine.query<{ owner: number }>(
      `SELECT argMax(profile, (arrival, step)) AS owner FROM identifier
      WHERE kind = {kind:UInt32} AND value = {value:String} AND ${seen.sql}`,
      { ...seen.parameters, kind, value },
    );
    return found?.owner || undefined;
  }

  async identifiers(snapshot: Snapshot, numbers: readonly number[]): Promise<OwnedIdentifier[]> {
    const seen = visible(snapshot);
    return this.#engine.query<OwnedIdentifier>(
      `SELECT kind, value, max(arrival) AS arrival
      FROM (
        SELECT kind, value, profile, arrival, step FROM identifier
        WHERE (kind, value) IN (
          SELECT kind, value FROM identifier_of_profile WHERE profile IN {numbers:Array(UInt32)} AND ${seen.sql}
        ) AND ${seen.sql}
      ) AS log
      GROUP BY kind, value
      HAVING has({numbers:Array(UInt32)}, argMax(log.profile, (log.arrival, log.step)))
      ORDER BY kind, value`,
      { ...seen.parameters, numbers },
    );
  }

  /** The latest value of each of these attributes from each dataflow. */
  async attributes(
    snapshot: Snapshot,
    numbers: readonly number[],
    attributes: readonly number[],
  ): Promise<StoredValue[]> {
    if (attributes.length === 0) return [];
    const seen = current(snapshot);
    const rows = await this.#engine.query<{
      attribute: number;
      dataflow: number;
      at: readonly [time: string, tie: string, arrival: number];
      latest: LatestValue;
    }>(
      `SELECT attribute, dataflow, max((time, tie, arrival)) AS at,
        argMax((is_null, text, toString(number), flag, moment, list, import), (time, tie, arrival)) AS latest
      FROM attribute
      WHERE attribute IN {attributes:Array(UInt32)} AND profile IN {numbers:Array(UInt32)} AND ${seen.sql}
      GROUP BY attribute, dataflow ORDER BY attribute, dataflow`,
      { ...seen.parameters, numbers, attributes },
    );
    return rows.map(({ attribute, dataflow, at: [time, tie, arrival], latest }) => {
      const [isNull, text, number, flag, moment, list, imported] = latest;
      return {
        attribute,
        dataflow,
        import: imported,
        time,
        tie,
        arrival,
        isNull: isNull === 1,
        values: { text, number, boolean: flag === 1, time: moment, list },
      };
    });
  }

  /** The tables of events that exist, by schema, with the catalog numbers of their columns. */
  async eventSchemas(): Promise<ReadonlyMap<number, readonly number[]>> {
    const rows = await this.#engine.query<{ schema: number; columns: number[] }>(
      `SELECT toUInt32(substring(table, 7)) AS schema,
        arraySort(groupArrayIf(toUInt32OrZero(substring(name, 2)), match(name, '^c[0-9]+$'))) AS columns
      FROM system.columns
      WHERE database = currentDatabase() AND match(table, '^event_[0-9]+$')
      GROUP BY schema ORDER BY schema`,
    );
    return new Map(rows.map(({ schema, columns }) => [schema, columns]));
  }

  /** How many events of each type, and when the first and the last of them were. */
  async eventTypes(
    snapshot: Snapshot,
    numbers: readonly number[],
    schema: number,
  ): Promise<{ type: string; count: number; first: string; last: string }[]> {
    const seen = current(snapshot);
    return this.#engine.query(
      `SELECT toString(type) AS type, toUInt32(count()) AS count, min(time) AS first, max(time) AS last
      FROM ${eventTable(schema)} WHERE profile IN {numbers:Array(UInt32)} AND ${seen.sql}
      GROUP BY type ORDER BY type`,
      { ...seen.parameters, numbers },
    );
  }

  /** The latest events of one schema before a position, newest first. */
  async events(
    snapshot: Snapshot,
    numbers: readonly number[],
    [schema, columns]: readonly [schema: number, columns: readonly number[]],
    before: EventPosition | undefined,
    limit: number,
  ): Promise<StoredEvent[]> {
    const seen = current(snapshot);
    const position =
      before === undefined
        ? { sql: "", parameters: {} }
        : {
            sql: "AND (time, arrival) < ({time:DateTime64(3, 'UTC')}, {arrival:UInt64})",
            parameters: { time: before.time, arrival: before.arrival },
          };
    const parameters: Parameters = { ...seen.parameters, ...position.parameters, numbers, limit };
    const rows = await this.#engine.query<
      Record<string, unknown> & Omit<StoredEvent, "properties" | "schema">
    >(
      `SELECT ${["toString(type) AS type", "time", "arrival", "dataflow", "import", ...columns.map(eventColumn)].join(", ")}
      FROM ${eventTable(schema)}
      WHERE profile IN {numbers:Array(UInt32)} ${position.sql} AND ${seen.sql}
      ORDER BY time DESC, arrival DESC LIMIT {limit:UInt32}`,
      parameters,
    );
    return rows.map((row) => ({
      schema,
      type: row.type,
      time: row.time,
      arrival: row.arrival,
      dataflow: row.dataflow,
      import: row.import,
      properties: Object.fromEntries(columns.map((number) => [number, row[eventColumn(number)]])),
    }));
  }

  /** The audiences that the profile is a member of, and since when. */
  async audiences(
    snapshot: Snapshot,
    numbers: readonly number[],
    audiences: readonly string[],
  ): Promise<{ audience: string; at: string }[]> {
    const seen = published(snapshot);
    return this.#engine.query(
      `SELECT toString(audience) AS audience, min(entered) AS at
      FROM (
        SELECT audience, profile, argMax(at, sequence) AS entered FROM membership
        WHERE audience IN {audiences:Array(String)} AND profile IN {numbers:Array(UInt32)} AND ${seen.sql}
        GROUP BY audience, profile HAVING argMax(member, sequence) = 1
      )
      GROUP BY audience ORDER BY audience`,
      { ...seen.parameters, numbers, audiences },
    );
  }

  /** Identifiers that changed hands, the latest first; before a position (arrival, kind, value) in that order. */
  async conflicts(
    snapshot: Snapshot,
    before: readonly [arrival: number, kind: number, value: string] | undefined,
    limit: number,
  ): Promise<StoredConflict[]> {
    const seen = visible(snapshot);
    const [arrival, kind, value] = before ?? [0, 0, ""];
    return this.#engine.query(
      `SELECT arrival, kind, value, from_profile AS from, to_profile AS to FROM identity_conflict
      WHERE ${seen.sql} ${before === undefined ? "" : "AND (arrival, kind, value) < ({arrival:UInt64}, {kind:UInt32}, {value:String})"}
      ORDER BY arrival DESC, kind DESC, value DESC LIMIT {limit:UInt32}`,
      { ...seen.parameters, limit, ...(before === undefined ? {} : { arrival, kind, value }) },
    );
  }
}
