import type { Clock, ColumnType, Definition, DefinitionOf, Kind } from "@peregrine/core";
import type { Kysely, Selectable } from "kysely";
import { keepEntry } from "./audit-log.ts";
import { Counters } from "./counters.ts";
import { Keyset, type Page } from "./cursor.ts";
import type { Database } from "./database.ts";
import { fromJSONText } from "./json.ts";

export type Origin = "api" | "file";

const REVISION = "definition-revision";

/** A stored definition. `body` is the definition as its schema of `core` gave it out, without secrets. */
export interface DefinitionRecord<Body extends Definition = Definition> {
  readonly kind: Body["kind"];
  readonly id: string;
  /** Names it in the data plane: unique over all kinds, never used again, below 2^32. */
  readonly number: number;
  readonly body: Body;
  /** Counts its changes, from 1. */
  readonly version: number;
  readonly origin: Origin;
  readonly state: "live" | "deleted";
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** What a definition was after one change. */
export interface DefinitionVersion<Body extends Definition = Definition> {
  /** From 1, without gaps. */
  readonly version: number;
  /** `null` when this change deleted it. */
  readonly body: Body | null;
  /** Milliseconds UTC. */
  readonly at: number;
  readonly by: string;
  /** `null` where it was not kept yet. */
  readonly origin: Origin | null;
}

/** A column of a schema with the number that names it in the data plane. */
export interface CatalogColumn {
  readonly number: number;
  readonly schemaId: string;
  readonly name: string;
  readonly type: ColumnType;
}

/** Definitions of all kinds, their versions, and the numbers of the schemas' columns. */
export class Definitions {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  with(transaction: Kysely<Database>): Definitions {
    return new Definitions(transaction, this.#clock);
  }

  /** A live definition. */
  async get<K extends Kind>(kind: K, id: string): Promise<DefinitionRecord<DefinitionOf<K>> | undefined> {
    const row = await this.#db
      .selectFrom("definition")
      .selectAll()
      .where("kind", "=", kind)
      .where("id", "=", id)
      .where("state", "=", "live")
      .executeTakeFirst();
    return row && recordOf<DefinitionOf<K>>(row);
  }

  /** All live definitions of a kind, by id. */
  async list<K extends Kind>(kind: K): Promise<DefinitionRecord<DefinitionOf<K>>[]> {
    const rows = await this.#db
      .selectFrom("definition")
      .selectAll()
      .where("kind", "=", kind)
      .where("state", "=", "live")
      .orderBy("id")
      .execute();
    return rows.map((row) => recordOf<DefinitionOf<K>>(row));
  }

  /** Everything that is or ever was defined, by number. */
  async all(): Promise<DefinitionRecord[]> {
    const rows = await this.#db.selectFrom("definition").selectAll().orderBy("number").execute();
    return rows.map((row) => recordOf<Definition>(row));
  }

  /** Live definitions of a kind or of all kinds, by kind and id. */
  async page(options: {
    readonly kind?: Kind | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  }): Promise<Page<DefinitionRecord>> {
    const keyset = new Keyset(`definitions/${options.kind ?? ""}`, ["string", "string"]);
    const [kind, id] = keyset.after(options.cursor) ?? [];
    const rows = await this.#db
      .selectFrom("definition")
      .selectAll()
      .where("state", "=", "live")
      .$if(options.kind !== undefined, (query) => query.where("kind", "=", options.kind ?? ""))
      .$if(kind !== undefined, (query) =>
        query.where((eb) => eb(eb.refTuple("kind", "id"), ">", eb.tuple(kind ?? "", id ?? ""))),
      )
      .orderBy("kind")
      .orderBy("id")
      .limit(options.limit + 1)
      .execute();
    return keyset.page(
      rows.map((row) => recordOf<Definition>(row)),
      options.limit,
      (record) => [record.kind, record.id],
    );
  }

  /** Grows with every change that was published; for noticing that what was read is not the latest. */
  async revision(): Promise<number> {
    return new Counters(this.#db).get(REVISION);
  }

  /** Inside a transaction: announces a change, and makes others who announce one wait until it has ended. */
  async nextRevision(): Promise<number> {
    return new Counters(this.#db).draw(REVISION);
  }

  /** A number for a definition that is going to be written, so that the data plane can be made ready for it. */
  async reserveNumber(): Promise<number> {
    return new Counters(this.#db).draw("definition");
  }

  /**
   * Writes a definition as its next version; a deleted one comes back with its old number. Two writers of one
   * definition wait for one another.
   *
   * @param by.number one that was reserved, for a definition that is new
   */
  async put(
    body: Definition,
    by: { readonly origin: Origin; readonly by: string; readonly number?: number | undefined },
  ): Promise<DefinitionRecord> {
    return this.#inTransaction(async (trx) => {
      const known = await trx
        .selectFrom("definition")
        .select("number")
        .where("kind", "=", body.kind)
        .where("id", "=", body.id)
        .executeTakeFirst();
      const number = known?.number ?? by.number ?? (await new Counters(trx).draw("definition"));
      const written = {
        body: JSON.stringify(body),
        origin: by.origin,
        state: "live" as const,
        updated_at: this.#clock.now(),
        updated_by: by.by,
      };
      const row = await trx
        .insertInto("definition")
        .values({ kind: body.kind, id: body.id, number, version: 1, ...written })
        .onConflict((conflict) =>
          conflict
            .columns(["kind", "id"])
            .doUpdateSet((eb) => ({ ...written, version: eb("definition.version", "+", 1) })),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
      await keepVersion(trx, row, row.body);
      return recordOf<Definition>(row);
    });
  }

  /**
   * What a definition was at each change, the latest first; also of one that is deleted now.
   *
   * @param before only versions below this one
   * @param until only those of this instant or earlier; of the instant itself, those below the version
   */
  async versions<K extends Kind>(
    kind: K,
    id: string,
    {
      before,
      until,
      limit,
    }: {
      readonly before?: number | undefined;
      readonly until?: { readonly at: number; readonly version: number };
      readonly limit: number;
    },
  ): Promise<DefinitionVersion<DefinitionOf<K>>[]> {
    const rows = await this.#db
      .selectFrom("definition_version")
      .selectAll()
      .where("kind", "=", kind)
      .where("id", "=", id)
      .$if(before !== undefined, (query) => query.where("version", "<", before ?? 0))
      .$if(until !== undefined, (query) =>
        query.where((eb) =>
          eb.or([
            eb("at", "<", until?.at ?? 0),
            eb.and([eb("at", "=", until?.at ?? 0), eb("version", "<", until?.version ?? 0)]),
          ]),
        ),
      )
      .orderBy("version", "desc")
      .limit(limit)
      .execute();
    return rows.map(({ version, body, at, by, origin }) => ({
      version,
      // It had passed its schema when it was stored.
      body: fromJSONText<DefinitionOf<K>>(body),
      at,
      by,
      origin,
    }));
  }

  /** When a definition was changed for the first time after an instant; both ms UTC. Undefined: it was not. */
  async firstChangeAfter(kind: Kind, id: string, after: number): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom("definition_version")
      .select((eb) => eb.fn.min("at").as("at"))
      .where("kind", "=", kind)
      .where("id", "=", id)
      .where("at", ">", after)
      .executeTakeFirst();
    return row?.at ?? undefined;
  }

  /** Marks a definition as deleted; its number, versions and columns stay. `false` when there is none. */
  async delete(kind: Kind, id: string, by: string): Promise<boolean> {
    return this.#inTransaction(async (trx) => {
      const row = await trx
        .updateTable("definition")
        .set((eb) => ({
          state: "deleted",
          version: eb("version", "+", 1),
          updated_at: this.#clock.now(),
          updated_by: by,
        }))
        .where("kind", "=", kind)
        .where("id", "=", id)
        .where("state", "=", "live")
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) return false;
      await keepVersion(trx, row, null);
      return true;
    });
  }

  /** The columns that a schema, or every schema, has or ever had, by number. */
  async columns(schemaId?: string): Promise<CatalogColumn[]> {
    const rows = await this.#db
      .selectFrom("catalog_column")
      .selectAll()
      .$if(schemaId !== undefined, (query) => query.where("schema_id", "=", schemaId ?? ""))
      .orderBy("number")
      .execute();
    return rows.map((row) => ({
      number: row.number,
      schemaId: row.schema_id,
      name: row.name,
      // It came in by numberColumns().
      type: row.type as ColumnType,
    }));
  }

  /**
   * Gives numbers to the columns that have none yet, and returns all of the schema's. A column of another type
   * under the same name can only be left over from a schema that was never published; it gets a new number.
   */
  async numberColumns(
    schemaId: string,
    columns: readonly { readonly name: string; readonly type: ColumnType }[],
  ): Promise<CatalogColumn[]> {
    return this.#inTransaction(async (trx) => {
      const known = new Set(
        (await this.with(trx).columns(schemaId)).map(({ name, type }) => `${type} ${name}`),
      );
      const fresh = columns.filter(({ name, type }) => !known.has(`${type} ${name}`));
      if (fresh.length > 0) {
        const last = await new Counters(trx).draw("column", fresh.length);
        const first = last - fresh.length + 1;
        await trx
          .insertInto("catalog_column")
          .values(
            fresh.map(({ name, type }, at) => ({ number: first + at, schema_id: schemaId, name, type })),
          )
          .onConflict((conflict) =>
            conflict
              .columns(["schema_id", "name"])
              .doUpdateSet((eb) => ({ number: eb.ref("excluded.number"), type: eb.ref("excluded.type") })),
          )
          .execute();
      }
      return this.with(trx).columns(schemaId);
    });
  }

  #inTransaction<Result>(work: (transaction: Kysely<Database>) => Promise<Result>): Promise<Result> {
    return this.#db.isTransaction ? work(this.#db) : this.#db.transaction().execute(work);
  }
}

async function keepVersion(
  transaction: Kysely<Database>,
  row: Selectable<Database["definition"]>,
  body: string | null,
): Promise<void> {
  const { kind, id, version, origin, updated_at: at, updated_by: by } = row;
  await transaction
    .insertInto("definition_version")
    .values({ kind, id, version, body, at, by, origin })
    .execute();
  const action = body === null ? "deleted" : version === 1 ? "created" : "changed";
  await keepEntry(transaction, { at, by, action, kind, subject: id, version, before: null, after: null });
}

function recordOf<Body extends Definition>(row: Selectable<Database["definition"]>): DefinitionRecord<Body> {
  // What was stored had passed its schema, and migrations keep old bodies in step with it.
  const body = JSON.parse(row.body) as Body;
  return {
    kind: body.kind,
    id: row.id,
    number: row.number,
    body,
    version: row.version,
    origin: row.origin,
    state: row.state,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}
