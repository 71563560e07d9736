import { type Clock, PeregrineError } from "@peregrine/core";
import type { Kysely, Transaction } from "kysely";
import { Counters } from "./counters.ts";
import type { Database } from "./database.ts";
import { fromJSONText, toJSONText } from "./json.ts";
import { assertHeld, type Lease } from "./leases.ts";

/** What is written under an operation id and published as a whole. */
export const OPERATION_KINDS = ["import", "rebuild", "evaluation", "plan", "deletion", "report"] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** Whether operations of a kind change the data that rules read. */
const CHANGES_DATA = {
  import: true,
  rebuild: true,
  deletion: true,
  evaluation: false,
  plan: false,
  report: false,
} as const satisfies Record<OperationKind, boolean>;

const DATA_KINDS = (Object.keys(CHANGES_DATA) as OperationKind[]).filter((kind) => CHANGES_DATA[kind]);

/**
 * What a publication touched of the data that rules read; an operation that doesn't say it touched everything, as
 * merges do. `any` is all attributes, or events of all types.
 */
export interface Touched {
  /** Catalog numbers. */
  readonly attributes: readonly number[] | "any";
  /** Types of events. */
  readonly events: readonly string[] | "any";
  /** There are people whom nobody knew: rules that hold for those without any data find them. */
  readonly newProfiles: boolean;
}

/** A publication of data; `touched` is null where everything may have changed. */
export interface DataPublication {
  readonly publication: number;
  readonly touched: Touched | null;
}

/**
 * What a reader may see. A row counts when `op <= upTo` and `op` is not in `except`; a derived row (profile,
 * identifier, merge, attribute, event) also needs `op >= generation`; a row of an overwriting dataflow also
 * needs `import >= ` its base.
 */
export interface Snapshot {
  readonly upTo: number;
  /** Sorted: operations up to `upTo` that are open, or abandoned with rows still lying about. */
  readonly except: readonly number[];
  /** The operation of the latest rebuild; 0 before the first. */
  readonly generation: number;
  /** Per overwriting dataflow (its number), the import before which nothing counts. */
  readonly bases: readonly { readonly dataflow: number; readonly import: number }[];
  /** Imports that were run again: their derived rows don't count. Absent where there are none. */
  readonly withdrawn?: readonly number[];
}

/** An operation that has not ended. */
export interface OpenOperation {
  readonly id: number;
  readonly kind: OperationKind;
  readonly subject: string;
  /** Milliseconds UTC. */
  readonly openedAt: number;
}

const GENERATION = "generation";
const PUBLICATION = "publication";

/** Publish last: the data plane's rows are written under an operation's id, the id is published after them. */
export class Operations {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /**
   * A new operation's id, larger than every id that any snapshot has seen: the counter's row stays locked
   * until the operation's row is committed, so a reader that sees a later id sees this one as open.
   *
   * @param subject what it is about, for people: an import's id, an audience's id
   * @param epoch the epoch of the lease under which the work is done
   */
  async open(kind: OperationKind, subject: string, epoch: number): Promise<number> {
    return this.#db.transaction().execute(async (trx) => {
      const id = await new Counters(trx).draw("operation");
      await trx
        .insertInto("operation")
        .values({ id, kind, subject, epoch, state: "open", opened_at: this.#clock.now(), ended_at: null })
        .execute();
      return id;
    });
  }

  /**
   * Makes an operation's rows visible, together with what `apply` writes, in one transaction. Publications are
   * numbered in the order in which they become visible, which is not that of the operations' ids.
   *
   * @param apply is told the number of the publication
   * @param touched what changed of the data; everything unless told otherwise
   * @param lease when given, it is checked inside the transaction: nobody can take it over in between
   * @throws PeregrineError `operationClosed` when it is not open any more, `leaseLost` when the lease has
   *   gone to another; then nothing happened
   */
  async publish(
    id: number,
    apply?: (transaction: Transaction<Database>, publication: number) => Promise<void>,
    lease?: Lease,
    touched?: Touched,
  ): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      if (lease !== undefined) await assertHeld(trx, lease);
      // The counter's row stays locked until the end, so that nobody sees a later number without this one.
      const publication = await new Counters(trx).draw(PUBLICATION);
      const ended = await trx
        .updateTable("operation")
        .set({
          state: "published",
          ended_at: this.#clock.now(),
          publication,
          touched: toJSONText(touched),
        })
        .where("id", "=", id)
        .where("state", "=", "open")
        .executeTakeFirst();
      if (ended.numUpdatedRows !== 1n) {
        throw new PeregrineError("operationClosed", { detail: `Operation ${id} is not open.` });
      }
      await apply?.(trx, publication);
    });
  }

  /**
   * Inside a transaction: publishes what has no rows of its own, such as a deletion.
   *
   * @param touched what it changed of the data
   */
  async publishWithin(
    transaction: Kysely<Database>,
    kind: OperationKind,
    subject: string,
    touched: Touched,
  ): Promise<void> {
    const counters = new Counters(transaction);
    const now = this.#clock.now();
    await transaction
      .insertInto("operation")
      .values({
        id: await counters.draw("operation"),
        kind,
        subject,
        epoch: 0,
        state: "published",
        opened_at: now,
        ended_at: now,
        publication: await counters.draw(PUBLICATION),
        touched: toJSONText(touched),
      })
      .execute();
  }

  /** What is being written and not published yet, oldest first; what a dead server left is among it until the next start. */
  async underWay(): Promise<OpenOperation[]> {
    const rows = await this.#db
      .selectFrom("operation")
      .select(["id", "kind", "subject", "opened_at"])
      .where("state", "=", "open")
      .orderBy("id")
      .execute();
    return rows.map(({ id, kind, subject, opened_at: openedAt }) => ({
      id,
      kind: kind as OperationKind,
      subject,
      openedAt,
    }));
  }

  /** Its rows stay invisible for ever. Does nothing to an operation that has ended. */
  async abandon(id: number): Promise<void> {
    await this.#db
      .updateTable("operation")
      .set({ state: "abandoned", ended_at: this.#clock.now() })
      .where("id", "=", id)
      .where("state", "=", "open")
      .execute();
  }

  /** Abandons what a dead server left open; returns the ids. Only for whoever knows that nobody works on them. */
  async abandonOpen(kind?: OperationKind): Promise<number[]> {
    const rows = await this.#db
      .updateTable("operation")
      .set({ state: "abandoned", ended_at: this.#clock.now() })
      .where("state", "=", "open")
      .$if(kind !== undefined, (query) => query.where("kind", "=", kind ?? ""))
      .returning("id")
      .execute();
    return rows.map(({ id }) => id).sort((one, other) => one - other);
  }

  /** Abandoned operations whose rows still lie in the data plane, oldest first. */
  async abandoned(): Promise<{ id: number; kind: OperationKind; subject: string }[]> {
    const rows = await this.#db
      .selectFrom("operation")
      .select(["id", "kind", "subject"])
      .where("state", "=", "abandoned")
      .orderBy("id")
      .execute();
    return rows.map((row) => ({ ...row, kind: row.kind as OperationKind }));
  }

  /** Says that the rows of abandoned operations are deleted, so that snapshots need not name them any more. */
  async cleared(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#db
      .updateTable("operation")
      .set({ state: "cleared" })
      .where("id", "in", ids)
      .where("state", "=", "abandoned")
      .execute();
  }

  /** The number of the latest publication; a snapshot taken afterwards holds all up to it. */
  async publication(): Promise<number> {
    return new Counters(this.#db).get(PUBLICATION);
  }

  /** The publications after one that changed data, in their order. */
  async dataSince(publication: number): Promise<DataPublication[]> {
    const rows = await this.#db
      .selectFrom("operation")
      .select(["publication", "touched"])
      .where("publication", ">", publication)
      .where("kind", "in", DATA_KINDS)
      .orderBy("publication")
      .execute();
    return rows.map((row) => ({
      publication: row.publication ?? 0,
      touched: fromJSONText<Touched>(row.touched),
    }));
  }

  /** When the first publication of data after one was made, ms UTC; undefined: there is none. */
  async firstDataAfter(publication: number): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom("operation")
      .select("ended_at")
      .where("publication", ">", publication)
      .where("kind", "in", DATA_KINDS)
      .orderBy("publication")
      .limit(1)
      .executeTakeFirst();
    return row?.ended_at ?? undefined;
  }

  /** When operations were published, ms UTC, by id; those that are not have no entry. */
  async publishedAt(ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("operation")
      .select(["id", "ended_at"])
      .where("id", "in", ids)
      .where("state", "=", "published")
      .execute();
    return new Map(rows.flatMap(({ id, ended_at: at }) => (at === null ? [] : [[id, at] as const])));
  }

  /**
   * Grows with every publication that changed rows, profiles or what is derived from them; evaluations and plans
   * leave it as it is. Read it before the snapshot: then the snapshot is at least as new.
   *
   * @returns also when the latest of these was published (ms UTC); null before the first
   */
  async dataRevision(): Promise<{ readonly revision: number; readonly publishedAt: number | null }> {
    // Not the largest id: an operation can be published after one that was opened later. Those of the first version
    // have no number of their publication.
    const found = await this.#db
      .selectFrom("operation")
      .select((eb) => [eb.fn.countAll().as("count"), eb.fn.max("ended_at").as("at")])
      .where("state", "=", "published")
      .where("kind", "in", DATA_KINDS)
      .executeTakeFirst();
    return { revision: Number(found?.count ?? 0), publishedAt: found?.at ?? null };
  }

  /** What readers may see now; consistent: read in one transaction. */
  async snapshot(): Promise<Snapshot> {
    return this.#db
      .transaction()
      .setIsolationLevel("repeatable read")
      .execute(async (trx) => {
        const latest = await trx
          .selectFrom("operation")
          .select((eb) => eb.fn.max("id").as("id"))
          .where("state", "=", "published")
          .executeTakeFirst();
        const upTo = latest?.id ?? 0;
        const hidden = await trx
          .selectFrom("operation")
          .select("id")
          .where("state", "in", ["open", "abandoned"])
          .where("id", "<", upTo)
          .orderBy("id")
          .execute();
        const bases = await trx.selectFrom("dataflow_base").selectAll().orderBy("dataflow").execute();
        const again = await trx
          .selectFrom("import")
          .select("again_of")
          .where("again_of", "is not", null)
          .where("state", "=", "published")
          .orderBy("again_of")
          .execute();
        const generation = await new Counters(trx).get(GENERATION);
        const seen = { upTo, except: hidden.map(({ id }) => id), generation, bases };
        if (again.length === 0) return seen;
        return { ...seen, withdrawn: again.map(({ again_of }) => again_of ?? 0) };
      });
  }
}

/** The import before which nothing of a dataflow counts; 0 where everything does. */
export async function baseOf(db: Kysely<Database>, dataflowNumber: number): Promise<number> {
  const row = await db
    .selectFrom("dataflow_base")
    .select("import")
    .where("dataflow", "=", dataflowNumber)
    .executeTakeFirst();
  return row?.import ?? 0;
}

/**
 * Inside a transaction: all that a dataflow has brought stops to count, and what comes later counts.
 *
 * @param latest the number of its latest import
 */
export async function withdrawAll(
  transaction: Kysely<Database>,
  dataflowNumber: number,
  latest: number,
): Promise<void> {
  await setBase(transaction, dataflowNumber, latest + 1);
  await transaction
    .insertInto("dataflow_withdrawal")
    .values({ dataflow: dataflowNumber, import: latest + 1 })
    .onConflict((conflict) => conflict.columns(["dataflow", "import"]).doNothing())
    .execute();
}

/** Every base that {@link withdrawAll} has set; a rebuild goes by them as they were when each import came. */
export async function withdrawals(
  db: Kysely<Database>,
): Promise<readonly { readonly dataflow: number; readonly import: number }[]> {
  return db.selectFrom("dataflow_withdrawal").selectAll().orderBy("dataflow").orderBy("import").execute();
}

/** Inside `apply`: rows of this dataflow's imports before `importId` stop to count with this publication. */
export async function setBase(
  transaction: Kysely<Database>,
  dataflowNumber: number,
  importId: number,
): Promise<void> {
  await transaction
    .insertInto("dataflow_base")
    .values({ dataflow: dataflowNumber, import: importId })
    .onConflict((conflict) => conflict.column("dataflow").doUpdateSet({ import: importId }))
    .execute();
}

/** Inside `apply` of a rebuild: derived rows of operations before `operation` stop to count. */
export async function setGeneration(transaction: Kysely<Database>, operation: number): Promise<void> {
  await new Counters(transaction).set(GENERATION, operation);
}
