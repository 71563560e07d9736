import { type Clock, isFinal, RUN_TRANSITIONS, type RunState } from "@peregrine/core";
import { type Kysely, type RawBuilder, type Selectable, sql, type Updateable } from "kysely";
import { Counters } from "./counters.ts";
import { Keyset, type Page } from "./cursor.ts";
import type { Database } from "./database.ts";
import { fromJSONText, toJSONText } from "./json.ts";
import type { RunProgress, StoredFailure } from "./progress.ts";

/** One execution of an activation. */
export interface RunRecord {
  readonly id: number;
  readonly activationId: string;
  readonly state: RunState;
  /** What began it: `schedule`, `import`, `manual`, … */
  readonly trigger: string;
  /** The epoch of the lease under which it is worked on; grows when it is taken over. */
  readonly epoch: number;
  /** The operation of its evaluation. */
  readonly sequence: number | null;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly progress: RunProgress | null;
  readonly error: StoredFailure | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

type RunPatch = Partial<Omit<RunRecord, "id" | "activationId" | "startedAt">>;

const UNFINISHED = (Object.keys(RUN_TRANSITIONS) as RunState[]).filter((state) => !isFinal(state));

/** Runs of activations. */
export class Runs {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  with(transaction: Kysely<Database>): Runs {
    return new Runs(transaction, this.#clock);
  }

  async create(run: Pick<RunRecord, "activationId" | "trigger" | "epoch" | "state">): Promise<RunRecord> {
    const create = async (trx: Kysely<Database>) =>
      trx
        .insertInto("run")
        .values({
          id: await new Counters(trx).draw("run"),
          activation_id: run.activationId,
          state: run.state,
          trigger: run.trigger,
          epoch: run.epoch,
          started_at: this.#clock.now(),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    const row = this.#db.isTransaction
      ? await create(this.#db)
      : await this.#db.transaction().execute(create);
    return recordOf(row);
  }

  async get(id: number): Promise<RunRecord | undefined> {
    const row = await this.#db.selectFrom("run").selectAll().where("id", "=", id).executeTakeFirst();
    return row && recordOf(row);
  }

  /**
   * Changes the fields that are named, unless the run has been taken over meanwhile.
   *
   * @param epoch the caller's; `false` is returned, and nothing changed, when the run carries a later one
   */
  async update(id: number, epoch: number, patch: RunPatch): Promise<boolean> {
    const columns = columnsOf(patch);
    if (Object.keys(columns).length === 0) return true;
    const { numUpdatedRows } = await this.#db
      .updateTable("run")
      .set(columns)
      .where("id", "=", id)
      .where("epoch", "<=", epoch)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** The activation's run that has not ended: under way, or dead and to be taken over. */
  async unfinished(activationId: string): Promise<RunRecord | undefined> {
    const row = await this.#db
      .selectFrom("run")
      .selectAll()
      .where("activation_id", "=", activationId)
      .where("state", "in", UNFINISHED)
      .orderBy("id", "desc")
      .executeTakeFirst();
    return row && recordOf(row);
  }

  /** The activation's last run, however it stands. */
  async latest(activationId: string): Promise<RunRecord | undefined> {
    return (await this.latestOfEach([activationId])).get(activationId);
  }

  /** The last runs of several activations, however they stand, by activation; those without have no entry. */
  latestOfEach(activationIds: readonly string[]): Promise<ReadonlyMap<string, RunRecord>> {
    return this.#lastOfEach(activationIds, sql`true`);
  }

  /**
   * The activations' last runs that did all that was due, by activation; those without have no entry. One with a test
   * person looks at nothing else.
   */
  lastDoneOfEach(activationIds: readonly string[]): Promise<ReadonlyMap<string, RunRecord>> {
    return this.#lastOfEach(activationIds, sql`one.state = 'done' and one."trigger" <> 'test'`);
  }

  /**
   * The activations' last runs that ended by themselves, well or not, by activation; those without have no entry. A
   * stopped one, or a test person, says nothing of how it would have ended.
   */
  lastOutcomeOfEach(activationIds: readonly string[]): Promise<ReadonlyMap<string, RunRecord>> {
    return this.#lastOfEach(activationIds, sql`one.state in ('done', 'failed') and one."trigger" <> 'test'`);
  }

  /** One step into the index for each activation, in one statement: an activation may have thousands of runs. */
  async #lastOfEach(
    activationIds: readonly string[],
    condition: RawBuilder<unknown>,
  ): Promise<ReadonlyMap<string, RunRecord>> {
    if (activationIds.length === 0) return new Map();
    const asked = sql.join(activationIds.map((id) => sql`(${id})`));
    const last = sql<number>`(
      select (
        select one.id from run as one where one.activation_id = asked.column1 and ${condition}
        order by one.id desc limit 1
      ) from (values ${asked}) as asked
    )`;
    const rows = await this.#db.selectFrom("run").selectAll().where("id", "in", last).execute();
    return new Map(rows.map((row) => [row.activation_id, recordOf(row)]));
  }

  /** The activation's first run after one, by number; after 0 its first one. */
  async firstAfter(activationId: string, id: number): Promise<RunRecord | undefined> {
    const row = await this.#db
      .selectFrom("run")
      .selectAll()
      .where("activation_id", "=", activationId)
      .where("id", ">", id)
      .orderBy("id")
      .limit(1)
      .executeTakeFirst();
    return row && recordOf(row);
  }

  /** Ids of the activation's runs since an instant (ms UTC), in their order. */
  async startedSince(activationId: string, since: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom("run")
      .select("id")
      .where("activation_id", "=", activationId)
      .where("started_at", ">=", since)
      .orderBy("id")
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Newest first. */
  async page(options: {
    readonly activationId: string;
    readonly cursor?: string | undefined;
    readonly limit: number;
  }): Promise<Page<RunRecord>> {
    const keyset = new Keyset(`runs/${options.activationId}`, ["number"]);
    const after = keyset.after(options.cursor);
    const rows = await this.#db
      .selectFrom("run")
      .selectAll()
      .where("activation_id", "=", options.activationId)
      .$if(after !== undefined, (query) => query.where("id", "<", after?.[0] ?? 0))
      .orderBy("id", "desc")
      .limit(options.limit + 1)
      .execute();
    return keyset.page(rows.map(recordOf), options.limit, ({ id }) => [id]);
  }
}

const JSON_FIELDS = ["counts", "progress", "error"] as const;
const PLAIN_FIELDS = {
  state: "state",
  trigger: "trigger",
  epoch: "epoch",
  sequence: "sequence",
  finishedAt: "finished_at",
} as const satisfies Partial<Record<keyof RunPatch, keyof Database["run"]>>;

function columnsOf(patch: RunPatch): Updateable<Database["run"]> {
  const plain = Object.entries(PLAIN_FIELDS).flatMap(([field, column]) => {
    const value = patch[field as keyof typeof PLAIN_FIELDS];
    return value === undefined ? [] : [[column, value] as const];
  });
  const json = JSON_FIELDS.flatMap((field) =>
    patch[field] === undefined ? [] : [[field, toJSONText(patch[field])] as const],
  );
  return Object.fromEntries([...plain, ...json]);
}

function recordOf(row: Selectable<Database["run"]>): RunRecord {
  return {
    id: row.id,
    activationId: row.activation_id,
    state: row.state as RunState,
    trigger: row.trigger,
    epoch: row.epoch,
    sequence: row.sequence,
    counts: fromJSONText<Record<string, number>>(row.counts),
    progress: fromJSONText<RunProgress>(row.progress),
    error: fromJSONText<StoredFailure>(row.error),
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
