import { Agent, type AgentOptions } from "node:http";
import { Readable } from "node:stream";
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  createClient,
} from "@clickhouse/client";
import { PeregrineError } from "@peregrine/core";
import { type Call, Deadline } from "./deadline.ts";
import type { Engine, InsertFormat, Parameters, QueryOptions } from "./engine.ts";
import { type ConnectionFailure, connectionFailure } from "./failure.ts";
import { SETTINGS } from "./settings.ts";
import { assertName, bound, encodeRows } from "./values.ts";

/** Where the engine is, and how to wait for it. */
export interface Endpoint {
  /** `http://…` or `https://…`, with a path if it has one. */
  readonly url: string;
  /** Whom a server lets in; the embedded engine asks nobody. */
  readonly credentials?: { readonly user: string; readonly password: string } | undefined;
  /** The embedded engine's Unix socket; `url` stands in the Host header only then. */
  readonly socketPath?: string;
  readonly database: string;
  /**
   * Resolves when the engine can be asked, with the number of the process that answers; rejects with
   * `engineUnavailable` when that takes too long.
   */
  ready(): Promise<number>;
  /** After a connection to that process broke: resolves when it is worth another try. */
  recovered(process: number): Promise<void>;
  close(): Promise<void>;
}

/** Small results come within seconds; what takes longer than this has gone wrong. */
const QUERY_TIMEOUT_MS = 5 * 60_000;
/** Rebuilding everything from some hundred million rows has to fit, and the slow reader of a stream. */
const WORK_TIMEOUT_MS = 6 * 3_600_000;
/** A read is asked twice more after restarts, not for ever: it might be what brings the engine down. */
const ATTEMPTS = 3;
/** A socket may be silent while the engine computes; the deadline is ours. Node's timers end at 2^31 ms. */
const SOCKET_SILENCE_MS = 24 * 3_600_000;
const CONNECTIONS = 32;

/** The one adapter over @clickhouse/client: for the embedded engine and for a server. */
export function connectEngine(endpoint: Endpoint): Engine {
  return new ClientEngine(endpoint);
}

class ClientEngine implements Engine {
  readonly #endpoint: Endpoint;
  readonly #client: ClickHouseClient;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#client = createClient({
      url: endpoint.url,
      ...(endpoint.socketPath === undefined ? {} : overSocket(endpoint.socketPath)),
      ...(endpoint.credentials === undefined
        ? {}
        : { username: endpoint.credentials.user, password: endpoint.credentials.password }),
      database: endpoint.database,
      application: "peregrine",
      request_timeout: SOCKET_SILENCE_MS,
      max_open_connections: CONNECTIONS,
      clickhouse_settings: SETTINGS,
      use_multipart_params_auto: true,
      // Failures are thrown; who catches them logs them.
      log: { level: ClickHouseLogLevel.OFF },
    });
  }

  async query<Row>(sql: string, parameters: Parameters = {}, options: QueryOptions = {}): Promise<Row[]> {
    return this.#reading(async () => {
      const rows: Row[] = [];
      for await (const block of this.#blocks<Row>(sql, parameters, {
        timeoutMs: QUERY_TIMEOUT_MS,
        ...options,
      })) {
        for (const row of block) rows.push(row);
      }
      return rows;
    });
  }

  async *stream<Row>(
    sql: string,
    parameters: Parameters = {},
    options: QueryOptions = {},
  ): AsyncGenerator<Row[]> {
    const { first, blocks, process } = await this.#reading(async (current) => {
      const iterator = this.#blocks<Row>(sql, parameters, options)[Symbol.asyncIterator]();
      return { first: await iterator.next(), blocks: iterator, process: current };
    });
    try {
      for (let next = first; next.done !== true; next = await blocks.next()) yield next.value;
    } catch (error) {
      if (connectionFailure(error) === undefined) throw error;
      await this.#endpoint.recovered(process);
      throw restarted(error);
    } finally {
      await blocks.return(undefined);
    }
  }

  async command(sql: string, parameters: Parameters = {}, options: QueryOptions = {}): Promise<void> {
    await this.#writing(() =>
      this.#within(options, (call) =>
        this.#client.command({ query: sql, query_params: { ...bound(sql, parameters) }, ...call }),
      ),
    );
  }

  async insert(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[],
    options: QueryOptions = {},
  ): Promise<void> {
    if (rows.length === 0) return;
    const statement = insertStatement(table, columns, "JSONCompactEachRow");
    await this.#writing(() => this.#send(statement, encodeRows(rows), options));
  }

  async insertStream(
    table: string,
    columns: readonly string[],
    format: InsertFormat,
    source: AsyncIterable<Uint8Array>,
    options: QueryOptions = {},
  ): Promise<{ rows: number }> {
    const statement = insertStatement(table, columns, format);
    // Never again: even if nothing was reached, what was read of the source is gone.
    return this.#again(
      () => this.#send(statement, source, options),
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#endpoint.close();
  }

  /** One answer's rows as they arrive. Connection failures come out as they are. */
  async *#blocks<Row>(sql: string, parameters: Parameters, options: QueryOptions): AsyncGenerator<Row[]> {
    const deadline = new Deadline(options, WORK_TIMEOUT_MS);
    try {
      const result = await this.#client.query({
        query: sql,
        query_params: { ...bound(sql, parameters) },
        format: options.format === "arrays" ? "JSONCompactEachRow" : "JSONEachRow",
        ...deadline.call,
      });
      // The client stops listening to the signal once the head of the answer is there.
      const stop = () => result.close();
      deadline.signal.addEventListener("abort", stop, { once: true });
      try {
        for await (const block of result.stream<Row>()) yield block.map((row) => row.json());
      } finally {
        deadline.signal.removeEventListener("abort", stop);
        result.close();
      }
    } catch (error) {
      throw deadline.explain(error);
    } finally {
      deadline.clear();
    }
  }

  #send(
    statement: string,
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: QueryOptions,
  ): Promise<{ rows: number }> {
    return this.#within(options, async (call) => {
      const values = Readable.from(source, { objectMode: false });
      const result = await this.#client.exec({ query: statement, values, ...call });
      result.stream.resume();
      return { rows: Number(result.summary?.written_rows ?? 0) };
    });
  }

  async #within<Result>(options: QueryOptions, work: (call: Call) => Promise<Result>): Promise<Result> {
    const deadline = new Deadline(options, WORK_TIMEOUT_MS);
    try {
      return await work(deadline.call);
    } catch (error) {
      throw deadline.explain(error);
    } finally {
      deadline.clear();
    }
  }

  /** A read can be asked again, whatever became of the first time. */
  #reading<Result>(read: (process: number) => Promise<Result>): Promise<Result> {
    return this.#again(read, () => true);
  }

  /** A write only if it cannot have reached the engine. */
  #writing<Result>(write: () => Promise<Result>): Promise<Result> {
    return this.#again(write, (failure) => failure === "notReached");
  }

  async #again<Result>(
    work: (process: number) => Promise<Result>,
    repeatable: (failure: ConnectionFailure) => boolean,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      const process = await this.#endpoint.ready();
      try {
        return await work(process);
      } catch (error) {
        const failure = connectionFailure(error);
        if (failure === undefined) throw error;
        // Also before giving up: what the caller does next then finds an engine, or waits for it.
        await this.#endpoint.recovered(process);
        if (!repeatable(failure)) throw restarted(error);
        if (attempt === ATTEMPTS) throw unavailable(error);
      }
    }
  }
}

/**
 * The agent is the client's own: two clients on one agent end each other's sockets in the middle of a request, for
 * each starts a timer when a socket becomes idle and only stops its own.
 */
function overSocket(socketPath: string): ClickHouseClientConfigOptions {
  const options: AgentOptions & { readonly socketPath: string } = {
    socketPath,
    keepAlive: true,
    maxSockets: CONNECTIONS,
  };
  // The other end keeps idle sockets open; one that it closes just when a write is sent would look like a crash.
  return { http_agent: new Agent(options), keep_alive: { enabled: true, idle_socket_ttl: 0 } };
}

function insertStatement(table: string, columns: readonly string[], format: InsertFormat): string {
  return `INSERT INTO ${assertName(table)} (${columns.map(assertName).join(", ")}) FORMAT ${format}`;
}

function restarted(cause: unknown): PeregrineError {
  return new PeregrineError("engineRestarted", {
    detail: "The connection to the engine broke before it had answered.",
    cause,
  });
}

function unavailable(cause: unknown): PeregrineError {
  return new PeregrineError("engineUnavailable", {
    detail: `The engine cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause,
  });
}
