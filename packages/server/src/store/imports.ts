import type { Clock } from "@peregrine/core";
import type { Kysely, Selectable } from "kysely";
import { Counters } from "./counters.ts";
import { Keyset, type Page } from "./cursor.ts";
import type { Database } from "./database.ts";
import { ImportDefinitions } from "./import-definitions.ts";
import {
  columnsOf,
  type ImportPatch,
  type ImportRecord,
  type ImportSource,
  type ImportState,
  type NewImport,
  recordOf,
} from "./import-record.ts";

/** Files that came in, in the order in which they came. */
export class Imports {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  with(transaction: Kysely<Database>): Imports {
    return new Imports(transaction, this.#clock);
  }

  /** Queues a file. Ids grow in the order in which imports become visible, so the order of ids is that of arrival. */
  async create(file: NewImport): Promise<ImportRecord> {
    const create = async (trx: Kysely<Database>) =>
      trx
        .insertInto("import")
        .values({
          id: await new Counters(trx).draw("import"),
          dataflow_id: file.dataflowId,
          dataflow_number: file.dataflowNumber,
          file_name: file.fileName,
          sha256: file.sha256,
          size: file.size,
          source: file.source ?? "file",
          segment: file.segment ?? null,
          state: "queued",
          created_at: this.#clock.now(),
          again_of: file.againOf ?? null,
          came_at: file.cameAt ?? null,
          sent_by: file.sentBy ?? null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    const row = this.#db.isTransaction
      ? await create(this.#db)
      : await this.#db.transaction().execute(create);
    return recordOf(row, undefined);
  }

  async get(id: number): Promise<ImportRecord | undefined> {
    return this.#record(
      await this.#db.selectFrom("import").selectAll().where("id", "=", id).executeTakeFirst(),
    );
  }

  /** Imports of these segments. */
  async ofSegments(names: readonly string[]): Promise<ImportRecord[]> {
    const found: ImportRecord[] = [];
    for (let from = 0; from < names.length; from += SEGMENTS_AT_ONCE) {
      const rows = await this.#db
        .selectFrom("import")
        .selectAll()
        .where("segment", "in", names.slice(from, from + SEGMENTS_AT_ONCE))
        .execute();
      found.push(...(await this.#records(rows)));
    }
    return found;
  }

  /** The latest import of a dataflow that is called so; for what came as a stream. */
  async called(
    dataflowNumber: number,
    source: ImportSource,
    fileName: string,
  ): Promise<ImportRecord | undefined> {
    return this.#record(
      await this.#db
        .selectFrom("import")
        .selectAll()
        .where("dataflow_number", "=", dataflowNumber)
        .where("source", "=", source)
        .where("file_name", "=", fileName)
        .orderBy("id", "desc")
        .executeTakeFirst(),
    );
  }

  /** Changes the fields that are named. */
  async update(id: number, patch: ImportPatch): Promise<void> {
    const { definition } = patch;
    const kept =
      definition === undefined || definition === null
        ? {}
        : { definition_hash: await new ImportDefinitions(this.#db).keep(definition) };
    const columns = { ...columnsOf(patch), ...kept };
    if (Object.keys(columns).length === 0) return;
    await this.#db.updateTable("import").set(columns).where("id", "=", id).execute();
  }

  /** Lets one that has failed run again. */
  async queueAgain(id: number): Promise<void> {
    await this.#db
      .updateTable("import")
      .set({ state: "queued", error: null, counts: null, started_at: null, finished_at: null })
      .where("id", "=", id)
      .where("state", "=", "failed")
      .execute();
  }

  /** Imports that have not ended, oldest first: what is queued, and what a dead server was at. */
  async unfinished(): Promise<ImportRecord[]> {
    const rows = await this.#db
      .selectFrom("import")
      .selectAll()
      .where("state", "in", ["queued", "running"])
      .orderBy("id")
      .execute();
    return this.#records(rows);
  }

  /** All published imports in the order of arrival; what `rebuild` goes through. */
  async published(): Promise<ImportRecord[]> {
    const rows = await this.#db
      .selectFrom("import")
      .selectAll()
      .where("state", "=", "published")
      .orderBy("arrival_from")
      .orderBy("id")
      .execute();
    return this.#records(rows);
  }

  /** The latest published import of the same bytes into the same dataflow. */
  async publishedWith(dataflowNumber: number, sha256: string): Promise<ImportRecord | undefined> {
    const row = await this.#db
      .selectFrom("import")
      .selectAll()
      .where("dataflow_number", "=", dataflowNumber)
      .where("sha256", "=", sha256)
      .where("state", "=", "published")
      .orderBy("id", "desc")
      .executeTakeFirst();
    return this.#record(row);
  }

  /** The latest published import of a dataflow, whatever the file. */
  async latestPublished(dataflowNumber: number): Promise<ImportRecord | undefined> {
    const row = await this.#db
      .selectFrom("import")
      .selectAll()
      .where("dataflow_number", "=", dataflowNumber)
      .where("state", "=", "published")
      .orderBy("id", "desc")
      .executeTakeFirst();
    return this.#record(row);
  }

  /**
   * How a dataflow's latest imports ended. Drafts, and what is under way, don't count.
   * @returns `failed`: the last one, if it was refused or failed; `takenInAt`: when one was last taken in (ms UTC), also
   *   one whose file was known already
   */
  async lastEnded(
    dataflowNumber: number,
  ): Promise<{ readonly failed: ImportRecord | null; readonly takenInAt: number | null }> {
    const lastOf = (states: readonly ImportState[]) =>
      this.#db
        .selectFrom("import")
        .selectAll()
        .where("dataflow_number", "=", dataflowNumber)
        .where("state", "in", states)
        .orderBy("id", "desc")
        .executeTakeFirst();
    const [last, takenIn] = await Promise.all([
      lastOf(["published", "unchanged", "refused", "failed"]),
      lastOf(["published", "unchanged"]),
    ]);
    return {
      failed: last?.id === takenIn?.id ? null : ((await this.#record(last)) ?? null),
      takenInAt: takenIn?.finished_at ?? null,
    };
  }

  /** The published import by which an import was run again. */
  async replacedBy(id: number): Promise<ImportRecord | undefined> {
    const row = await this.#db
      .selectFrom("import")
      .selectAll()
      .where("again_of", "=", id)
      .where("state", "=", "published")
      .executeTakeFirst();
    return this.#record(row);
  }

  /** Imports of these states that ended since an instant, the latest first: whose files may still be wanted. */
  async endedSince(states: readonly ImportState[], since: number, limit: number): Promise<ImportRecord[]> {
    const rows = await this.#db
      .selectFrom("import")
      .selectAll()
      .where("state", "in", states)
      .where("finished_at", ">=", since)
      .orderBy("finished_at", "desc")
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
    return this.#records(rows);
  }

  /** The number of a dataflow's latest import, whatever became of it; 0 without one. */
  async latestNumber(dataflowNumber: number): Promise<number> {
    const row = await this.#db
      .selectFrom("import")
      .select((eb) => eb.fn.max("id").as("id"))
      .where("dataflow_number", "=", dataflowNumber)
      .executeTakeFirst();
    return row?.id ?? 0;
  }

  /** A dataflow's imports, the latest first: those before a place in that order. */
  async before(
    dataflowId: string,
    place: { readonly at: number; readonly id: number } | undefined,
    limit: number,
  ): Promise<ImportRecord[]> {
    const rows = await this.#db
      .selectFrom("import")
      .selectAll()
      .where("dataflow_id", "=", dataflowId)
      .$if(place !== undefined, (query) =>
        query.where((eb) =>
          eb.or([
            eb("created_at", "<", place?.at ?? 0),
            eb.and([eb("created_at", "=", place?.at ?? 0), eb("id", "<", place?.id ?? 0)]),
          ]),
        ),
      )
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
    return this.#records(rows);
  }

  /** How many imports of a dataflow have not ended. */
  async waiting(dataflowNumber: number): Promise<number> {
    const row = await this.#db
      .selectFrom("import")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("dataflow_number", "=", dataflowNumber)
      .where("state", "in", ["queued", "running"])
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  /** The numbers of the schemas that a dataflow's published imports have filled with events. */
  async filledSchemas(dataflowNumber: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom("import")
      .selectAll()
      .where("dataflow_number", "=", dataflowNumber)
      .where("state", "=", "published")
      .execute();
    const definitions = (await this.#records(rows)).flatMap(({ definition }) => definition ?? []);
    const events = definitions.filter(({ schema }) => schema.parent === "Interaction");
    return [...new Set(events.map(({ schemaNumber }) => schemaNumber))];
  }

  /** Newest first. */
  async page(options: {
    readonly dataflowId?: string | undefined;
    readonly source?: ImportSource | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  }): Promise<Page<ImportRecord>> {
    const keyset = new Keyset(`imports/${options.dataflowId ?? ""}/${options.source ?? ""}`, ["number"]);
    const after = keyset.after(options.cursor);
    const rows = await this.#db
      .selectFrom("import")
      .selectAll()
      .$if(options.dataflowId !== undefined, (query) =>
        query.where("dataflow_id", "=", options.dataflowId ?? ""),
      )
      .$if(options.source !== undefined, (query) => query.where("source", "=", options.source ?? ""))
      .$if(after !== undefined, (query) => query.where("id", "<", after?.[0] ?? 0))
      .orderBy("id", "desc")
      .limit(options.limit + 1)
      .execute();
    return keyset.page(await this.#records(rows), options.limit, ({ id }) => [id]);
  }

  async #record(row: Selectable<Database["import"]> | undefined): Promise<ImportRecord | undefined> {
    return row && (await this.#records([row]))[0];
  }

  async #records(rows: readonly Selectable<Database["import"]>[]): Promise<ImportRecord[]> {
    const definitions = await new ImportDefinitions(this.#db).of(rows.map((row) => row.definition_hash));
    return rows.map((row) => recordOf(row, definitions.get(row.definition_hash ?? "")));
  }
}

/** Names that go in one statement. */
const SEGMENTS_AT_ONCE = 1_000;
