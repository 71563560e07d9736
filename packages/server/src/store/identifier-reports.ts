import type { IdentifierFigures } from "@peregrine/core";
import type { Kysely } from "kysely";
import type { Database } from "./database.ts";

/** A report with what it is true for. */
export interface KeptReport {
  readonly figures: IdentifierFigures;
  /** Milliseconds UTC: when the data was as the report says. */
  readonly takenAt: number;
  /** Of {@link Operations.dataRevision}. */
  readonly dataRevision: number;
  readonly definitionsRevision: number;
}

/** The latest report on each identifier, by the identifier's number. */
export class IdentifierReports {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  with(transaction: Kysely<Database>): IdentifierReports {
    return new IdentifierReports(transaction);
  }

  async get(identifier: number): Promise<KeptReport | undefined> {
    const row = await this.#db
      .selectFrom("identifier_report")
      .selectAll()
      .where("identifier", "=", identifier)
      .executeTakeFirst();
    return (
      row && {
        figures: JSON.parse(row.figures) as IdentifierFigures,
        takenAt: row.taken_at,
        dataRevision: row.data_revision,
        definitionsRevision: row.definitions_revision,
      }
    );
  }

  /** Keeps a report instead of the one before it. */
  async put(identifier: number, report: KeptReport): Promise<void> {
    const columns = {
      figures: JSON.stringify(report.figures),
      taken_at: report.takenAt,
      data_revision: report.dataRevision,
      definitions_revision: report.definitionsRevision,
    };
    await this.#db
      .insertInto("identifier_report")
      .values({ identifier, ...columns })
      .onConflict((conflict) => conflict.column("identifier").doUpdateSet(columns))
      .execute();
  }

  /** Forgets all of them: they have examples. */
  async clear(): Promise<void> {
    await this.#db.deleteFrom("identifier_report").execute();
  }
}
