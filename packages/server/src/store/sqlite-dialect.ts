import { PeregrineError } from "@peregrine/core";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import SqliteFile from "libsql";
import { storeFailure } from "./failure.ts";

export interface SqliteOptions {
  /** Path of the database file; made when absent, its folder must exist. */
  readonly file: string;
  /** How long to wait for another program's lock on the file. */
  readonly busyTimeoutMs: number;
  /** How long a query waits for the one connection: past this, a transaction hangs, or waits for itself. */
  readonly connectionTimeoutMs: number;
}

/**
 * Kysely on SQLite by libsql. Differs from Kysely's own dialect in four things: a transaction takes the write
 * lock when it begins (so that two never meet half-way), schema changes are transactional (a migration is
 * done whole or not at all), a roll-back after SQLite's own does not hide the error, and who waits for the
 * connection is served in order and not for ever.
 */
export function sqliteDialect(options: SqliteOptions): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => new SqliteFileDriver(options),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SqliteFileDriver implements Driver {
  readonly #options: SqliteOptions;
  readonly #waiting: (() => void)[] = [];
  #busy = false;
  #file: SqliteFile.Database | undefined;
  #connection: SqliteConnection | undefined;

  constructor(options: SqliteOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {
    const file = guarded(() => new SqliteFile(this.#options.file, { timeout: this.#options.busyTimeoutMs }));
    guarded(() => {
      // FULL: a commit is on disk when it returns. One fsync each, measured.
      file.pragma("journal_mode = WAL");
      file.pragma("synchronous = FULL");
      file.pragma("foreign_keys = ON");
    });
    this.#file = file;
    this.#connection = new SqliteConnection(file);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#connection === undefined) throw new Error("the store was closed");
    if (this.#busy) await this.#turn();
    this.#busy = true;
    return this.#connection;
  }

  /** Waits in line; the connection is handed over without becoming free in between. */
  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const serve = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        const place = this.#waiting.indexOf(serve);
        if (place >= 0) this.#waiting.splice(place, 1);
        const detail = `No connection within ${this.#options.connectionTimeoutMs} ms: a transaction hangs, or waits for itself.`;
        reject(new PeregrineError("storeBusy", { detail }));
      }, this.#options.connectionTimeoutMs);
      this.#waiting.push(serve);
    });
  }

  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy = false;
    else next();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // A full disk makes SQLite roll back by itself; "no transaction is active" would hide that error.
    if (this.#file?.inTransaction) await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async destroy(): Promise<void> {
    this.#connection = undefined;
    this.#file?.close();
    this.#file = undefined;
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #file: SqliteFile.Database;

  constructor(file: SqliteFile.Database) {
    this.#file = file;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const parameters = query.parameters.map(bindable);
    return guarded(() => {
      const statement = this.#file.prepare(query.sql);
      if (statement.reader) return { rows: statement.all(parameters) as Row[] };
      const { changes, lastInsertRowid } = statement.run(parameters);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    });
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }
}

/** libsql ends the whole process at a boolean or an object; refuse them here, where a stack says who did it. */
function bindable(value: unknown): string | number | bigint | null {
  if (value === null || typeof value === "string" || typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`SQLite cannot bind ${typeof value} ${String(value)}`);
}

function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storeFailure(error, "sqlite");
  }
}
