import type { ColumnType } from "@peregrine/core";
import { current, type Engine, eventColumn, eventTable, type Parameters, views } from "../engine/index.ts";
import type { Snapshot } from "../store/index.ts";
import type { ValueColumn } from "./value-column.ts";

/** A value as text: decimals, instants in ISO 8601, `true` and `false`; of a list, one of its elements. */
export interface CountedValue {
  readonly value: string;
  readonly count: number;
}

export interface ValueCounts {
  /** How many people, or events, have a value. */
  readonly having: number;
  /** How many different values there are; of events at least so many, where `exact` is false. */
  readonly different: number;
  readonly exact: boolean;
  /** Of numbers and times. */
  readonly minimum: string | null;
  readonly maximum: string | null;
  /** The most frequent first. */
  readonly values: readonly CountedValue[];
}

/** So many of the most frequent values are told of a column. */
const MOST_FREQUENT = 50_000;
/** Longer texts are prose, which nobody picks from a list. */
const LONGEST = 200;
const MOST_DIFFERENT = 1_000_000;

/** Where `attribute` keeps a value of each type. */
const ATTRIBUTE_COLUMNS = {
  text: "text",
  number: "number",
  boolean: "flag",
  time: "moment",
  list: "list",
} as const satisfies Record<ColumnType, string>;

const HAS_RANGE = {
  text: false,
  number: true,
  boolean: false,
  time: true,
  list: false,
} as const satisfies Record<ColumnType, boolean>;

/** A value in the engine as text. */
const AS_TEXT = {
  text: (value) => value,
  number: (value) => `toString(${value})`,
  boolean: (value) => `if(${value} = 1, 'true', 'false')`,
  time: (value) => `concat(substring(formatDateTime(${value}, '%Y-%m-%dT%H:%i:%S.%f'), 1, 23), 'Z')`,
  list: (value) => value,
} as const satisfies Record<ColumnType, (value: string) => string>;

/** Counts and searches the values of attributes and properties. */
export class ValueRepository {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** All values of a column with how often each is there; what profiles show of attributes. */
  async counts(snapshot: Snapshot, column: ValueColumn): Promise<ValueCounts> {
    const { head, sql, parameters } =
      column.of === "attribute" ? shown(snapshot, column) : brought(snapshot, column);
    const { type } = column;
    const range = HAS_RANGE[type]
      ? `${AS_TEXT[type]("min(value)")} AS low, ${AS_TEXT[type]("max(value)")} AS high`
      : "'' AS low, '' AS high";
    // A list counts once as having a value, under a marker of its own, and once per element.
    const counted =
      type === "list"
        ? `SELECT pair.1 AS marker, pair.2 AS value, count() AS number FROM (
  SELECT arrayJoin(arrayPushFront(arrayMap(one -> (0, one), arrayDistinct(value)), (1, ''))) AS pair FROM (${sql})
) GROUP BY marker, value`
        : `SELECT 0 AS marker, value, count() AS number FROM (${sql}) GROUP BY value`;
    const text = AS_TEXT[type]("value");
    const [row] = await this.#engine.query<{
      readonly elements: number;
      readonly lists: number;
      readonly different: number;
      readonly low: string;
      readonly high: string;
      readonly top: readonly (readonly [number, string])[];
    }>(
      `${head}SELECT toUInt64(sumIf(number, marker = 0)) AS elements, toUInt64(sumIf(number, marker = 1)) AS lists,
  toUInt64(countIf(marker = 0)) AS different, ${range},
  groupArraySortedIf(${MOST_FREQUENT})((-toInt64(number), ${text}), marker = 0 AND length(${text}) <= ${LONGEST}) AS top
FROM (${counted})`,
      parameters,
      {
        settings: {
          // In the background: whoever looks at a preview meanwhile has the other processors.
          max_threads: 1,
          ...(column.of === "attribute" ? {} : CAPPED),
        },
      },
    );
    const different = row?.different ?? 0;
    const having = (type === "list" ? row?.lists : row?.elements) ?? 0;
    const ranged = HAS_RANGE[type] && having > 0;
    return {
      having,
      different,
      exact: column.of === "attribute" || different < MOST_DIFFERENT,
      minimum: ranged ? (row?.low ?? null) : null,
      maximum: ranged ? (row?.high ?? null) : null,
      values: (row?.top ?? []).map(([number, value]) => ({ value, count: -number })),
    };
  }

  /**
   * Values that hold a text, in any case, looked for in the first rows; those that begin with it come first. An
   * attribute's may be superseded by now.
   *
   * @param most so many rows are looked at
   */
  async search(
    snapshot: Snapshot,
    column: ValueColumn,
    contains: string,
    limit: number,
    most: number,
  ): Promise<string[]> {
    const { sql, parameters } =
      column.of === "attribute" ? written(snapshot, column) : brought(snapshot, column);
    const rows = column.type === "list" ? `SELECT arrayJoin(value) AS value FROM (${sql})` : sql;
    const text = AS_TEXT[column.type]("value");
    const found = await this.#engine.query<{ readonly shown: string }>(
      `SELECT ${text} AS shown, count() AS number FROM (${rows})
${contains === "" ? "" : `WHERE positionCaseInsensitiveUTF8(${text}, {sv_contains:String}) > 0`}
GROUP BY shown HAVING length(shown) <= ${LONGEST}
ORDER BY startsWith(lowerUTF8(shown), lowerUTF8({sv_contains:String})) DESC, number DESC, shown LIMIT {sv_limit:UInt32}`,
      { ...parameters, sv_contains: contains, sv_limit: limit },
      // A limit on the time (timeout_overflow_mode) gives nothing at all when it is reached, not what was found so far.
      { settings: { max_rows_to_read: most, read_overflow_mode: "break", ...CAPPED } },
    );
    return found.map(({ shown }) => shown);
  }

  /**
   * Which of these texts a column of texts or lists has, looked for in the first rows.
   *
   * @param ignoreCase they are in lower case, and so are those that are found
   * @param most so many rows are looked at
   */
  async among(
    snapshot: Snapshot,
    column: ValueColumn,
    texts: readonly string[],
    ignoreCase: boolean,
    most: number,
  ): Promise<string[]> {
    const { sql, parameters } =
      column.of === "attribute" ? written(snapshot, column) : brought(snapshot, column);
    const rows = column.type === "list" ? `SELECT arrayJoin(value) AS value FROM (${sql})` : sql;
    const text = ignoreCase ? "lowerUTF8(value)" : "value";
    const found = await this.#engine.query<{ readonly shown: string }>(
      `SELECT DISTINCT ${text} AS shown FROM (${rows}) WHERE ${text} IN {sv_texts:Array(String)}`,
      { ...parameters, sv_texts: texts },
      { settings: { max_rows_to_read: most, read_overflow_mode: "break" } },
    );
    return found.map(({ shown }) => shown);
  }
}

/** So many different values are told apart of events: with more, memory would grow with the data. */
const CAPPED = { max_rows_to_group_by: MOST_DIFFERENT, group_by_overflow_mode: "any" } as const;

interface Rows {
  /** Stands before the statement. */
  readonly head: string;
  /** `SELECT value`, never NULL. */
  readonly sql: string;
  readonly parameters: Parameters;
}

/** What the profiles show of an attribute. */
function shown(snapshot: Snapshot, { numbers, type }: ValueColumn & { of: "attribute" }): Rows {
  const { sql: head, parameters } = views(snapshot, { attributes: numbers });
  const sql = `SELECT latest.2 AS value FROM (
  SELECT argMax((is_null, ${ATTRIBUTE_COLUMNS[type]}), (time, tie, arrival)) AS latest
  FROM attribute_view GROUP BY profile
) WHERE latest.1 = 0`;
  return { head, sql, parameters };
}

/** Everything that an attribute was ever given. */
function written(snapshot: Snapshot, { numbers, type }: ValueColumn & { of: "attribute" }): Rows {
  const seen = current(snapshot);
  const sql = `SELECT ${ATTRIBUTE_COLUMNS[type]} AS value FROM attribute
WHERE attribute IN {sv_attributes:Array(UInt32)} AND is_null = 0 AND ${seen.sql}`;
  return { head: "", sql, parameters: { ...seen.parameters, sv_attributes: numbers } };
}

/** The values that events brought; whose they are does not matter. */
function brought(snapshot: Snapshot, { event, type, sources }: ValueColumn & { of: "property" }): Rows {
  const seen = current(snapshot);
  const parts = sources.map(({ schema, column }) => {
    const name = eventColumn(column);
    const [value, present] =
      type === "list" ? [name, `notEmpty(${name})`] : [`assumeNotNull(${name})`, `isNotNull(${name})`];
    return `SELECT ${value} AS value FROM ${eventTable(schema)}
WHERE type = {sv_event:String} AND ${present} AND ${seen.sql}`;
  });
  return { head: "", sql: parts.join("\nUNION ALL "), parameters: { ...seen.parameters, sv_event: event } };
}
