import { createHmac } from "node:crypto";
import type { Clock, IsForgotten } from "@peregrine/core";
import type { Kysely, Selectable } from "kysely";
import { Counters } from "./counters.ts";
import { Keyset, type Page } from "./cursor.ts";
import type { Database } from "./database.ts";
import { fromJSONText } from "./json.ts";

/** `takingOut`: excluded, and waited for until no segment has the person → `purging` → `done`. */
export type PersonDeletionState = "takingOut" | "purging" | "done";

/** An identifier's number and a normalised value. */
export type IdentifierValue = readonly [kind: number, value: string];

/** What was purged. */
export interface PurgeCounts {
  readonly rows: number;
  readonly events: number;
  readonly attributes: number;
  readonly identifiers: number;
}

/** A request to delete a person; instants in ms UTC. */
export interface PersonDeletion {
  readonly id: number;
  /** The profile's number, which is never issued again. */
  readonly profile: number;
  /** That one, and all that were merged into it. */
  readonly numbers: readonly number[];
  /** Null once the person is purged. */
  readonly identifiers: readonly IdentifierValue[] | null;
  readonly state: PersonDeletionState;
  /** Somebody decided not to wait for the destinations. */
  readonly forced: boolean;
  /** Until then rows that come late about the person are refused. */
  readonly refuseUntil: number;
  readonly requestedAt: number;
  readonly requestedBy: string;
  readonly finishedAt: number | null;
  readonly counts: PurgeCounts | null;
}

const PAGES = new Keyset("deletions", ["number"]);

/**
 * People who are to be deleted. Who they were is kept until they are purged; after that only a hash of each identifier,
 * salted with a key of this installation's, by which rows that come late are refused for a time.
 */
export class PersonDeletions {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;
  readonly #salt: Buffer;

  /** @param key the installation's secret key */
  constructor(db: Kysely<Database>, clock: Clock, key: Buffer) {
    this.#db = db;
    this.#clock = clock;
    this.#salt = createHmac("sha256", key).update("forgotten identifiers").digest();
  }

  /** Asks for one; gives the one that is under way for that profile, if there is one. */
  async request(of: {
    readonly profile: number;
    readonly numbers: readonly number[];
    readonly identifiers: readonly IdentifierValue[];
    readonly refuseUntil: number;
    readonly by: string;
  }): Promise<PersonDeletion> {
    return this.#db.transaction().execute(async (trx) => {
      const open = await this.#open(trx);
      const known = open.find(({ profile }) => profile === of.profile);
      if (known !== undefined) return known;
      for (const identifier of of.identifiers) await this.#refuse(trx, identifier, of.refuseUntil);
      const row = await trx
        .insertInto("person_deletion")
        .values({
          id: await new Counters(trx).draw("person deletion"),
          profile: of.profile,
          numbers: JSON.stringify(of.numbers),
          identifiers: JSON.stringify(of.identifiers),
          state: "takingOut",
          forced: 0,
          refuse_until: of.refuseUntil,
          requested_at: this.#clock.now(),
          requested_by: of.by,
          finished_at: null,
          counts: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return recordOf(row);
    });
  }

  async get(id: number): Promise<PersonDeletion | undefined> {
    const row = await this.#db
      .selectFrom("person_deletion")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row && recordOf(row);
  }

  /** Those that are not done, oldest first. */
  open(): Promise<PersonDeletion[]> {
    return this.#open(this.#db);
  }

  /** Newest first. @throws PeregrineError `cursorInvalid` */
  async page(cursor: string | undefined, limit: number): Promise<Page<PersonDeletion>> {
    const [after] = PAGES.after(cursor) ?? [];
    const rows = await this.#db
      .selectFrom("person_deletion")
      .selectAll()
      .$if(after !== undefined, (query) => query.where("id", "<", after ?? 0))
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    return PAGES.page(rows.map(recordOf), limit, ({ id }) => [id]);
  }

  /** Values of an identifier by which people are known who are not to be sent any more. */
  async excluded(kind: number): Promise<string[]> {
    const open = await this.open();
    return open.flatMap(({ identifiers }) =>
      (identifiers ?? []).flatMap(([of, value]) => (of === kind ? [value] : [])),
    );
  }

  /** Notes what else the person turned out to have been called, and that the purge begins. */
  async purging(
    id: number,
    { numbers, identifiers }: Pick<PersonDeletion, "numbers"> & { identifiers: readonly IdentifierValue[] },
  ): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      const { refuse_until: until } = await trx
        .updateTable("person_deletion")
        .set({
          state: "purging",
          numbers: JSON.stringify(numbers),
          identifiers: JSON.stringify(identifiers),
        })
        .where("id", "=", id)
        .returning("refuse_until")
        .executeTakeFirstOrThrow();
      for (const identifier of identifiers) await this.#refuse(trx, identifier, until);
    });
  }

  /** Within a transaction: nothing that names the person is kept from now on. */
  async done(transaction: Kysely<Database>, id: number, counts: PurgeCounts): Promise<void> {
    await transaction
      .updateTable("person_deletion")
      .set({
        state: "done",
        identifiers: null,
        counts: JSON.stringify(counts),
        finished_at: this.#clock.now(),
      })
      .where("id", "=", id)
      .execute();
  }

  /** Decides not to wait for the destinations any longer. */
  async force(id: number): Promise<void> {
    await this.#db.updateTable("person_deletion").set({ forced: 1 }).where("id", "=", id).execute();
  }

  /** All numbers of people who were purged. */
  async purged(): Promise<ReadonlySet<number>> {
    const rows = await this.#db
      .selectFrom("person_deletion")
      .select("numbers")
      .where("state", "=", "done")
      .execute();
    return new Set(rows.flatMap(({ numbers }) => fromJSONText<number[]>(numbers) ?? []));
  }

  /** Forgets hashes whose time is over. @param now ms UTC */
  async tidy(now: number): Promise<void> {
    await this.#db.deleteFrom("forgotten_identifier").where("refuse_until", "<=", now).execute();
  }

  /** Tells whom rows may not name now; undefined when there is nobody. */
  async forgotten(): Promise<IsForgotten | undefined> {
    const now = this.#clock.now();
    const rows = await this.#db
      .selectFrom("forgotten_identifier")
      .select("hash")
      .where("refuse_until", ">", now)
      .execute();
    if (rows.length === 0) return undefined;
    const hashes = new Set(rows.map(({ hash }) => hash));
    return (kind, value) => hashes.has(this.#hash([kind, value]));
  }

  async #open(db: Kysely<Database>): Promise<PersonDeletion[]> {
    const rows = await db
      .selectFrom("person_deletion")
      .selectAll()
      .where("state", "!=", "done")
      .orderBy("id")
      .execute();
    return rows.map(recordOf);
  }

  async #refuse(db: Kysely<Database>, identifier: IdentifierValue, until: number): Promise<void> {
    await db
      .insertInto("forgotten_identifier")
      .values({ hash: this.#hash(identifier), refuse_until: until })
      .onConflict((conflict) => conflict.column("hash").doUpdateSet({ refuse_until: until }))
      .execute();
  }

  #hash([kind, value]: IdentifierValue): string {
    return createHmac("sha256", this.#salt).update(`${kind} ${value}`).digest("base64url");
  }
}

function recordOf(row: Selectable<Database["person_deletion"]>): PersonDeletion {
  return {
    id: row.id,
    profile: row.profile,
    numbers: fromJSONText<number[]>(row.numbers) ?? [],
    identifiers: fromJSONText<IdentifierValue[]>(row.identifiers),
    state: row.state as PersonDeletionState,
    forced: row.forced === 1,
    refuseUntil: row.refuse_until,
    requestedAt: row.requested_at,
    requestedBy: row.requested_by,
    finishedAt: row.finished_at,
    counts: fromJSONText<PurgeCounts>(row.counts),
  };
}
