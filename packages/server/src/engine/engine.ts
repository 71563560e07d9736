/**
 * Values for the placeholders of a statement, `{name:Type}`. Texts never become SQL. An instant is a text:
 * ISO 8601 in UTC (`2026-01-31T12:00:00.123Z`) for a `{x:DateTime64(3,'UTC')}`; a `Date` would lose its
 * milliseconds on the way. A decimal is its text.
 */
export type Parameters = Readonly<
  Record<string, string | number | boolean | bigint | null | readonly (string | number)[]>
>;

export interface QueryOptions {
  /** After this the engine stops the work and the call fails with `queryTimeout`. */
  readonly timeoutMs?: number;
  /** Settings of ClickHouse for this statement alone. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly queryId?: string;
  /** Stops the work and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Rows as objects by column name (default), or as arrays in the order of the columns, which is half the bytes. */
  readonly format?: "objects" | "arrays";
}

/** Formats in which data can be sent as bytes. */
export type InsertFormat = "CSV" | "TabSeparated" | "JSONCompactEachRow" | "JSONEachRow" | "RowBinary";

/**
 * The data plane: ClickHouse's SQL, in the embedded engine or a server, which behave alike here.
 *
 * In results, integers are numbers (cast what may pass 2^53 with `toString`), decimals are texts with their exact
 * digits, instants are ISO 8601 texts in UTC, and a missing value is null.
 *
 * Failures are `PeregrineError`s: `engineUnavailable`, `engineRestarted` (a write's outcome is unknown: its operation
 * has to be done again under a new id), `engineMemory`, `engineBusy`, `queryTimeout`, `diskFull`, and for all else
 * that the engine refuses `internal` with the cause, for then the statement is wrong.
 */
export interface Engine {
  /** All rows of a small result. Read again by itself after a restart. */
  query<Row>(sql: string, parameters?: Parameters, options?: QueryOptions): Promise<Row[]>;
  /**
   * A result of any size, block by block (hundreds of rows each), in bounded memory; the engine waits for a slow
   * reader. Read again by itself after a restart as long as no block was handed out.
   */
  stream<Row>(sql: string, parameters?: Parameters, options?: QueryOptions): AsyncIterable<Row[]>;
  /** Anything that answers no rows: DDL, `INSERT … SELECT`. */
  command(sql: string, parameters?: Parameters, options?: QueryOptions): Promise<void>;
  /**
   * One insert, on disk when it returns. `table` and `columns` are names of our own. Values: text, number, boolean,
   * bigint, null, arrays of them; instants and decimals as text. An insert with fsync takes some 8 ms for one row
   * as for ten thousand, so group.
   */
  insert(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[],
    options?: Pick<QueryOptions, "signal" | "timeoutMs">,
  ): Promise<void>;
  /** Sends bytes of any length in bounded memory; `rows` is what the engine wrote. */
  insertStream(
    table: string,
    columns: readonly string[],
    format: InsertFormat,
    source: AsyncIterable<Uint8Array>,
    options?: Pick<QueryOptions, "signal" | "timeoutMs" | "settings">,
  ): Promise<{ rows: number }>;
  close(): Promise<void>;
}
