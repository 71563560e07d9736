import { Session } from "chdb";
import { RequestError } from "./exception.ts";
import { literal, placeholders, quoted } from "./statement.ts";

/** What a query needs beside its text. */
export interface QueryContext {
  readonly database: string | undefined;
  /** Settings and `param_…` values, as they came in the address. */
  readonly settings: ReadonlyMap<string, string>;
}

/** A session for one query, and the means to stop that query from outside. */
export interface Lane {
  readonly session: Session;
  /** Stops what runs on the session now; the query then fails with code 394. */
  cancel(): void;
}

/** A session and what earlier queries left on it. */
interface Seat {
  readonly session: Session;
  readonly settings: Set<string>;
  database: string;
}

const DEFAULT_DATABASE = "default";
const CODE_UNKNOWN_QUERY_PARAMETER = 456;

/**
 * Sessions for at most `slots` queries at once; the rest wait in order.
 *
 * What a query sets stays on its session, so each query starts by putting back what the last one changed. Bound
 * values (`SET param_x`) can be overwritten but not unset, so a placeholder without a value of this very request is
 * refused here. A session on which anything failed, or which a statement itself changed (`SET`, `USE`), is closed.
 * A session for each query would need none of this (opening takes 0.14 ms), but the library closes sessions only
 * when nothing runs on any other, and its bookkeeping for those that wait grows with the square of their number.
 *
 * Values go by `SET param_x` and not by the library's own binding: that is kept in one place of the process, so the
 * library runs all bound queries of all sessions one behind the other.
 */
export class Sessions {
  readonly #folder: string;
  readonly #slots: number;
  /** Keeps the engine open between queries and stops queries of others. */
  readonly #keeper: Session;
  readonly #idle: Seat[] = [];
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #queries = 0;
  #killing: Promise<unknown> = Promise.resolve();

  constructor(folder: string, slots: number, connectionArgs: readonly string[]) {
    this.#folder = folder;
    this.#slots = slots;
    this.#keeper = new Session(folder, { connectionArgs });
  }

  /** ClickHouse's version; proves that the engine answers. */
  async version(): Promise<string> {
    return (await this.#keeper.queryAsync("SELECT version()", { format: "TSV" })).text().trim();
  }

  /** Runs `work` for the statement `sql` when a slot is free. `signal` takes it out of the queue. */
  async run<Result>(
    context: QueryContext,
    sql: string,
    signal: AbortSignal,
    work: (lane: Lane) => Promise<Result>,
  ): Promise<Result> {
    for (const name of placeholders(sql)) {
      if (context.settings.has(`param_${name}`)) continue;
      throw new RequestError(
        CODE_UNKNOWN_QUERY_PARAMETER,
        `Substitution \`${name}\` is not set`,
        "UNKNOWN_QUERY_PARAMETER",
      );
    }
    await this.#enter(signal);
    try {
      const seat = this.#idle.pop() ?? this.#open();
      let reusable = false;
      try {
        const name = `query-${++this.#queries}`;
        await prepare(seat, context, name);
        signal.throwIfAborted();
        const result = await work({ session: seat.session, cancel: () => this.#kill(name) });
        reusable = !/^\s*(?:SET|USE)\b/i.test(sql);
        return result;
      } finally {
        if (reusable) this.#idle.push(seat);
        else seat.session.close();
      }
    } finally {
      this.#leave();
    }
  }

  close(): void {
    for (const seat of this.#idle.splice(0)) seat.session.close();
    this.#keeper.close();
  }

  #open(): Seat {
    return { session: new Session(this.#folder), settings: new Set(), database: DEFAULT_DATABASE };
  }

  #enter(signal: AbortSignal): Promise<void> {
    if (this.#running < this.#slots) {
      this.#running++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const take = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.push(take);
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }

  #kill(name: string): void {
    // One after the other: a session runs one query at a time.
    this.#killing = this.#killing
      .then(() =>
        this.#keeper.queryAsync(`KILL QUERY WHERE Settings['log_comment'] = ${literal(name)} ASYNC`),
      )
      .catch(() => {
        // The query has ended meanwhile, or ends by its max_execution_time.
      });
  }
}

/**
 * Gives the session this query's settings, values and database, and takes away those of the last. The name in
 * `log_comment` is new for each query, so that a late {@link Lane.cancel} cannot hit the next one.
 */
async function prepare(seat: Seat, context: QueryContext, name: string): Promise<void> {
  const assignments = [`log_comment = ${literal(name)}`];
  for (const stale of seat.settings) {
    if (!context.settings.has(stale)) assignments.push(`${quoted(stale)} = DEFAULT`);
  }
  seat.settings.clear();
  for (const [key, value] of context.settings) {
    assignments.push(`${quoted(key)} = ${literal(value)}`);
    if (!key.startsWith("param_")) seat.settings.add(key);
  }
  const database = context.database ?? DEFAULT_DATABASE;
  const use = database === seat.database ? "" : `; USE ${quoted(database)}`;
  await seat.session.queryAsync(`SET ${assignments.join(", ")}${use}`);
  seat.database = database;
}
