import {
  type AttributeEntry,
  type ColumnType,
  type CompiledNeeds,
  type Person,
  type PersonEvent,
  readDecimal,
  type Value,
} from "@peregrine/core";
import { current, type Engine, eventColumn, eventTable, published } from "../engine/index.ts";
import type { Snapshot } from "../store/index.ts";

/** What the numbers of the data plane mean. */
export interface Meanings {
  /** Type of a column, by its catalog number. */
  readonly types: ReadonlyMap<number, ColumnType>;
  /** Id of a dataflow, by its number. */
  readonly dataflows: ReadonlyMap<number, string>;
}

interface AttributeRow {
  readonly attribute: number;
  readonly dataflow: number;
  readonly time: string;
  readonly tie: string;
  readonly arrival: number;
  readonly is_null: number;
  readonly text: string;
  readonly number: string;
  readonly flag: number;
  readonly moment: string;
  readonly list: readonly string[];
}

/** Reads one person as rules see them. */
export class PersonRepository {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * What the numbers of a profile brought, as far as a rule reads it; by the sort keys of the tables, so that one
   * person costs little.
   *
   * @param numbers the profile's and all that were merged into it
   */
  async person(
    snapshot: Snapshot,
    numbers: readonly number[],
    needs: Pick<CompiledNeeds, "attributes" | "events">,
    meanings: Meanings,
  ): Promise<Person> {
    const [attributes, events] = await Promise.all([
      this.#attributes(snapshot, numbers, needs.attributes, meanings),
      Promise.all(needs.events.map((schema) => this.#events(snapshot, numbers, schema, meanings))),
    ]);
    return { attributes, events: events.flat() };
  }

  /** Whether one of the numbers is a member by the last evaluation, and since when. */
  async membership(
    snapshot: Snapshot,
    audience: string,
    numbers: readonly number[],
  ): Promise<{ readonly member: boolean; readonly since: string | null }> {
    const seen = published(snapshot);
    const [row] = await this.#engine.query<{ readonly count: number; readonly since: string }>(
      `SELECT toUInt32(count()) AS count, min(entered) AS since FROM (
  SELECT argMax(at, sequence) AS entered FROM membership
  WHERE audience = {ex_audience:String} AND profile IN {ex_numbers:Array(UInt32)} AND ${seen.sql}
  GROUP BY profile HAVING argMax(member, sequence) = 1
)`,
      { ...seen.parameters, ex_audience: audience, ex_numbers: numbers },
    );
    const member = (row?.count ?? 0) > 0;
    return { member, since: member ? (row?.since ?? null) : null };
  }

  async #attributes(
    snapshot: Snapshot,
    numbers: readonly number[],
    attributes: readonly number[],
    { types, dataflows }: Meanings,
  ): Promise<Person["attributes"]> {
    if (attributes.length === 0) return new Map();
    const seen = current(snapshot);
    const rows = await this.#engine.query<AttributeRow>(
      `SELECT attribute, dataflow, time, tie, arrival, is_null, text, toString(number) AS number, flag, moment, list
FROM attribute
WHERE attribute IN {ex_attributes:Array(UInt32)} AND profile IN {ex_numbers:Array(UInt32)} AND ${seen.sql}`,
      { ...seen.parameters, ex_attributes: attributes, ex_numbers: numbers },
    );
    const found = new Map<number, AttributeEntry[]>();
    for (const { attribute, dataflow, time, tie, arrival, is_null: isNull, ...typed } of rows) {
      const { text, number, flag, moment, list } = typed;
      const values = { text, number, boolean: flag === 1, time: moment, list };
      const type = types.get(attribute);
      if (type === undefined) continue;
      const entry = {
        time: Date.parse(time),
        tie,
        arrival,
        value: isNull === 1 ? null : ruleValue(values[type], type),
        source: dataflows.get(dataflow) ?? String(dataflow),
      };
      found.set(attribute, [...(found.get(attribute) ?? []), entry]);
    }
    return found;
  }

  async #events(
    snapshot: Snapshot,
    numbers: readonly number[],
    { schema, columns }: CompiledNeeds["events"][number],
    { types, dataflows }: Meanings,
  ): Promise<PersonEvent[]> {
    const seen = current(snapshot);
    const names = columns.map(eventColumn);
    const rows = await this.#engine.query<
      Record<string, unknown> & { readonly type: string; readonly time: string; readonly dataflow: number }
    >(
      `SELECT ${["toString(type) AS type", "time", "dataflow", ...names].join(", ")} FROM ${eventTable(schema)}
WHERE profile IN {ex_numbers:Array(UInt32)} AND ${seen.sql}`,
      { ...seen.parameters, ex_numbers: numbers },
    );
    return rows.map(({ type, time, dataflow, ...values }) => ({
      schema,
      type,
      time: Date.parse(time),
      source: dataflows.get(dataflow) ?? String(dataflow),
      values: new Map(
        columns.flatMap((column) => {
          const value = values[eventColumn(column)];
          const of = types.get(column);
          // Of an event, an empty list and a missing one are the same.
          const missing =
            value === null || value === undefined || (Array.isArray(value) && value.length === 0);
          return missing || of === undefined ? [] : [[column, ruleValue(value, of)] as const];
        }),
      ),
    }));
  }
}

/** A value as the engine answers it, as rules see it. */
const VALUES: { readonly [Type in ColumnType]: (value: unknown) => Value } = {
  text: String,
  number: (value) => {
    const read = readDecimal(String(value));
    if ("ok" in read) return read.ok;
    throw new TypeError(`the engine answered ${String(value)} for a number`);
  },
  boolean: (value) => value === true || value === 1,
  time: (value) => Date.parse(String(value)),
  list: (value) => (Array.isArray(value) ? value.map(String) : []),
};

function ruleValue(value: unknown, type: ColumnType): Value {
  return VALUES[type](value);
}
