import type { Kysely } from "kysely";
import type { Database } from "./database.ts";

/**
 * Named numbers that only grow. A counter's row is locked until the transaction ends, so what was drawn in
 * a transaction becomes visible in the order of the numbers and is given back when it rolls back.
 */
export class Counters {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  with(transaction: Kysely<Database>): Counters {
    return new Counters(transaction);
  }

  /** The value so far; 0 for a counter that was never drawn from. */
  async get(name: string): Promise<number> {
    const row = await this.#db
      .selectFrom("counter")
      .select("value")
      .where("name", "=", name)
      .executeTakeFirst();
    return row?.value ?? 0;
  }

  /** The values of several; counters that were never drawn from have no entry. */
  async values(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (names.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("counter")
      .select(["name", "value"])
      .where("name", "in", names)
      .execute();
    return new Map(rows.map(({ name, value }) => [name, value]));
  }

  /** Draws `count` numbers and returns the last of them: `count` = 3 at value 10 returns 13 and means 11 to 13. */
  async draw(name: string, count = 1): Promise<number> {
    const row = await this.#db
      .insertInto("counter")
      .values({ name, value: count })
      .onConflict((conflict) =>
        conflict.column("name").doUpdateSet((eb) => ({ value: eb("counter.value", "+", count) })),
      )
      .returning("value")
      .executeTakeFirstOrThrow();
    return row.value;
  }

  /** Sets a counter to a value that was counted elsewhere; for publishing an import's arrivals and profiles. */
  async set(name: string, value: number): Promise<void> {
    await this.#db
      .insertInto("counter")
      .values({ name, value })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
      .execute();
  }
}
