import type { AuditAction, Clock } from "@peregrine/core";
import type { Kysely, Selectable } from "kysely";
import { Counters } from "./counters.ts";
import { Keyset, type Page } from "./cursor.ts";
import type { Database } from "./database.ts";
import { fromJSONText, type JSONValue, toJSONText } from "./json.ts";

/** One thing that somebody did. */
export interface AuditEntry {
  readonly id: number;
  /** Milliseconds UTC. */
  readonly at: number;
  /** The name of the user or the token. */
  readonly by: string;
  readonly action: AuditAction;
  /** Of what it was done to: `activation`, `user`, `token`, … */
  readonly kind: string;
  readonly subject: string;
  /** What it was before and is now, without secrets; null where there was or is nothing. */
  readonly before: JSONValue;
  readonly after: JSONValue;
}

type NewEntry = Pick<AuditEntry, "by" | "action" | "kind" | "subject"> & {
  readonly before?: JSONValue;
  readonly after?: JSONValue;
};

/** Who did what when; only ever added to. */
export class AuditLog {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  with(transaction: Kysely<Database>): AuditLog {
    return new AuditLog(transaction, this.#clock);
  }

  /** Neither `before` nor `after` may hold a secret. */
  async add({ before, after, ...entry }: NewEntry): Promise<void> {
    const write = (transaction: Kysely<Database>) =>
      keepEntry(transaction, {
        ...entry,
        at: this.#clock.now(),
        version: null,
        before: toJSONText(before),
        after: toJSONText(after),
      });
    await (this.#db.isTransaction ? write(this.#db) : this.#db.transaction().execute(write));
  }

  /**
   * The latest first; of one subject where it is named.
   * @throws PeregrineError `cursorInvalid`
   */
  async page({
    kind,
    subject,
    cursor,
    limit,
  }: {
    readonly kind?: string | undefined;
    readonly subject?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  }): Promise<Page<AuditEntry>> {
    const keyset = new Keyset(`audit/${kind ?? ""}/${subject ?? ""}`, ["number"]);
    const after = keyset.after(cursor);
    const rows = await this.#db
      .selectFrom("audit_entry as entry")
      .leftJoin("definition_version as now", (join) =>
        join
          .onRef("now.kind", "=", "entry.kind")
          .onRef("now.id", "=", "entry.subject")
          .onRef("now.version", "=", "entry.version"),
      )
      .leftJoin("definition_version as earlier", (join) =>
        join
          .onRef("earlier.kind", "=", "entry.kind")
          .onRef("earlier.id", "=", "entry.subject")
          .on((eb) => eb("earlier.version", "=", eb("entry.version", "-", 1))),
      )
      .selectAll("entry")
      .select(["now.body as bodyNow", "earlier.body as bodyEarlier"])
      .$if(kind !== undefined, (query) => query.where("entry.kind", "=", kind ?? ""))
      .$if(subject !== undefined, (query) => query.where("entry.subject", "=", subject ?? ""))
      .$if(after !== undefined, (query) => query.where("entry.id", "<", after?.[0] ?? 0))
      .orderBy("entry.id", "desc")
      .limit(limit + 1)
      .execute();
    const entries = rows.map(
      ({ version: _, bodyNow, bodyEarlier, before, after: later, action, ...entry }): AuditEntry => ({
        ...entry,
        // It was written by `keepEntry`.
        action: action as AuditAction,
        before: fromJSONText(before ?? bodyEarlier),
        after: fromJSONText(later ?? bodyNow),
      }),
    );
    return keyset.page(entries, limit, ({ id }) => [id]);
  }
}

/** Adds an entry within a transaction, which numbers the entries in the order in which they become visible. */
export async function keepEntry(
  transaction: Kysely<Database>,
  entry: Omit<Selectable<Database["audit_entry"]>, "id" | "action"> & { readonly action: AuditAction },
): Promise<void> {
  const id = await new Counters(transaction).draw("audit");
  await transaction
    .insertInto("audit_entry")
    .values({ id, ...entry })
    .execute();
}
