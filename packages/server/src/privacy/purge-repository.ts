import { FORGOTTEN } from "@peregrine/core";
import { type Engine, published, visible } from "../engine/index.ts";
import type { IdentifierValue, PurgeCounts, Snapshot } from "../store/index.ts";
import type { Ownership } from "./person-rows.ts";

/** So many rows are named in one statement. */
const ROWS_AT_ONCE = 20_000;
/** A part is rewritten without the rows before the statement returns. */
const NOW = { settings: { mutations_sync: 2 } } as const;
/** What stands between two cells of a row, however it is written; what values are made of stays whole. */
const BETWEEN_CELLS = "[^\\\\p{L}\\\\p{N}@._+-]+";

/** Removes a person from the data plane. Each step may be repeated: a purge that was cut off is begun anew. */
export class PurgeRepository {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * All changes of ownership of the values that any of the numbers ever owned, in their order.
   *
   * @param known values that were the person's before a purge was cut off
   */
  async ownerships(
    snapshot: Snapshot,
    numbers: readonly number[],
    known: readonly IdentifierValue[] = [],
  ): Promise<Ownership[]> {
    const seen = visible(snapshot);
    return this.#engine.query<Ownership>(
      `SELECT kind, value, profile, toUInt64(arrival) AS arrival FROM identifier
      WHERE ((kind, value) IN (
        SELECT kind, value FROM identifier_of_profile
        WHERE profile IN {pu_numbers:Array(UInt32)} AND ${seen.sql}
      ) OR has(arrayZip({pu_kinds:Array(UInt32)}, {pu_values:Array(String)}), (kind, value))) AND ${seen.sql}
      ORDER BY arrival, step`,
      {
        ...seen.parameters,
        pu_numbers: numbers,
        pu_kinds: known.map(([kind]) => kind),
        pu_values: known.map(([, value]) => value),
      },
    );
  }

  /** Rows as they came. */
  async deleteRows(arrivals: readonly number[]): Promise<void> {
    for (let at = 0; at < arrivals.length; at += ROWS_AT_ONCE) {
      await this.#engine.command(
        "ALTER TABLE import_row DELETE WHERE arrival IN {pu_arrivals:Array(UInt64)}",
        { pu_arrivals: arrivals.slice(at, at + ROWS_AT_ONCE) },
        NOW,
      );
    }
  }

  /** What refused rows looked like that name the person: line and column stay. */
  async blankRefused(values: readonly string[]): Promise<void> {
    const cells = (text: string) =>
      `hasAny(splitByRegexp('${BETWEEN_CELLS}', lowerUTF8(${text})), {pu_values:Array(String)})`;
    await this.#engine.command(
      `ALTER TABLE refused_row UPDATE raw = '', reason = if(${cells("reason")}, {pu_reason:String}, reason)
      WHERE ${cells("raw")} OR ${cells("reason")}`,
      { pu_values: values.map((value) => value.toLowerCase()), pu_reason: FORGOTTEN },
      NOW,
    );
  }

  /** How much is derived from the person's rows. */
  async count(
    snapshot: Snapshot,
    numbers: readonly number[],
  ): Promise<Pick<PurgeCounts, "events" | "attributes">> {
    const seen = published(snapshot);
    const parameters = { ...seen.parameters, pu_numbers: numbers };
    const where = `profile IN {pu_numbers:Array(UInt32)} AND ${seen.sql}`;
    let events = 0;
    for (const table of await this.#eventTables()) events += await this.#rows(table, where, parameters);
    return { events, attributes: await this.#rows("attribute", where, parameters) };
  }

  /**
   * Everything that was derived from the person's rows: events and their keys, attributes, memberships, identifiers,
   * conflicts, merges, the profile.
   *
   * @param own values that nobody else has ever owned
   */
  async deleteDerived(numbers: readonly number[], own: readonly IdentifierValue[]): Promise<void> {
    const parameters = {
      pu_numbers: numbers,
      pu_kinds: own.map(([kind]) => kind),
      pu_values: own.map(([, value]) => value),
    };
    const theirs = "profile IN {pu_numbers:Array(UInt32)}";
    const displaced =
      "(profile = 0 AND has(arrayZip({pu_kinds:Array(UInt32)}, {pu_values:Array(String)}), (kind, value)))";
    const wheres: (readonly [table: string, where: string])[] = [];
    for (const events of await this.#eventTables()) {
      wheres.push(["event_key", `(dataflow, key) IN (SELECT dataflow, key FROM ${events} WHERE ${theirs})`]);
      wheres.push([events, theirs]);
    }
    wheres.push(
      ["attribute", theirs],
      ["membership", theirs],
      [
        "identity_conflict",
        "from_profile IN {pu_numbers:Array(UInt32)} OR to_profile IN {pu_numbers:Array(UInt32)}",
      ],
      ["profile_merge", "old IN {pu_numbers:Array(UInt32)} OR new IN {pu_numbers:Array(UInt32)}"],
      ["profile", theirs],
      // Of another CDP, kept for a month.
      ["member_list", "person_id IN {pu_values:Array(String)}"],
      // Last: by them a purge that was cut off finds what is left.
      ["identifier_of_profile", `${theirs} OR ${displaced}`],
      ["identifier", `${theirs} OR ${displaced}`],
    );
    for (const [table, where] of wheres) {
      await this.#engine.command(`ALTER TABLE ${table} DELETE WHERE ${where}`, parameters, NOW);
    }
  }

  async #rows(table: string, where: string, parameters: Parameters<Engine["query"]>[1]): Promise<number> {
    const [row] = await this.#engine.query<{ rows: number }>(
      `SELECT toUInt32(count()) AS rows FROM ${table} WHERE ${where}`,
      parameters,
    );
    return row?.rows ?? 0;
  }

  async #eventTables(): Promise<string[]> {
    const rows = await this.#engine.query<{ table: string }>(
      `SELECT name AS table FROM system.tables
      WHERE database = currentDatabase() AND match(name, '^event_[0-9]+$') ORDER BY table`,
    );
    return rows.map(({ table }) => table);
  }
}
