import type { Store } from "../store/index.ts";

/** Which row something came with. */
export interface Source {
  readonly arrival: number;
  /** null when the import is not known any more. */
  readonly import: number | null;
  readonly dataflow: string | null;
  readonly fileName: string | null;
  /** Milliseconds since 1970, UTC: when the file came. */
  readonly at: number | null;
}

/** The imports that brought rows, found by the arrival of the rows. */
export class Sources {
  readonly #found: ReadonlyMap<number, Source>;

  private constructor(found: ReadonlyMap<number, Source>) {
    this.#found = found;
  }

  static async of(store: Store, arrivals: readonly number[]): Promise<Sources> {
    const found = new Map<number, Source>();
    for (const arrival of new Set(arrivals)) {
      const row = await store.db
        .selectFrom("import")
        .select(["id", "dataflow_id", "file_name", "created_at"])
        .where("state", "=", "published")
        .where("arrival_from", "<=", arrival)
        .where("arrival_to", ">", arrival)
        .executeTakeFirst();
      found.set(arrival, {
        arrival,
        import: row?.id ?? null,
        dataflow: row?.dataflow_id ?? null,
        fileName: row?.file_name ?? null,
        at: row?.created_at ?? null,
      });
    }
    return new Sources(found);
  }

  at(arrival: number): Source {
    return this.#found.get(arrival) ?? { arrival, import: null, dataflow: null, fileName: null, at: null };
  }
}
