import {
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  type PostgresPoolClient,
  PostgresQueryCompiler,
  type PostgresQueryResult,
} from "kysely";
import pg from "pg";
import { storeFailure } from "./failure.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, or libpq's socket form `postgres:///database?host=/run/…`. */
  readonly url: string;
  readonly maxConnections: number;
  /** How long to wait for a connection before `storeUnavailable`. */
  readonly connectionTimeoutMs: number;
  /** What happens to a connection while nobody uses it: for the log only, the pool replaces it. */
  readonly onIdleError?: (error: unknown) => void;
}

/** Kysely on PostgreSQL by pg. `int8` comes as a number: every number of ours stays below 2^53. */
export function postgresDialect(options: PostgresOptions): Dialect {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectionTimeoutMs,
    application_name: "peregrine",
    types: { getTypeParser },
  });
  // Without a listener, a server's restart would end this process.
  pool.on("error", (error) => options.onIdleError?.(error));
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const driver = () =>
    new PatientDriver({
      pool: {
        connect: async () => {
          const client = await guarded(() => pool.connect());
          const known = clients.get(client);
          if (known !== undefined) return known;
          const wrapped = new TranslatingClient(client);
          clients.set(client, wrapped);
          return wrapped;
        },
        end: () => pool.end(),
      },
    });
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: driver,
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format);

class PatientDriver extends PostgresDriver {
  /** A lost connection cannot roll back (the server did); its error must not hide the one that counts. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined);
  }
}

class TranslatingClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  query(): never;
  async query<Row>(sql = "", parameters: readonly unknown[] = []): Promise<PostgresQueryResult<Row>> {
    const { command, rowCount, rows } = await guarded(() => this.#client.query(sql, [...parameters]));
    const found: unknown[] = rows;
    // Kysely asks for the affected rows of these commands only, and knows which rows its query yields.
    return {
      command: command as PostgresQueryResult<Row>["command"],
      rowCount: rowCount ?? 0,
      rows: found as Row[],
    };
  }

  release(): void {
    this.#client.release();
  }
}

async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storeFailure(error, "postgres");
  }
}
