import type { DistinctTuples, IdentityGroup, RowSequence } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";

/** The rows from `from` up to, not including, `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Rows that stand for a person or an event; the others (left out, refused) have no identity. */
const WITH_IDENTITY = "outcome IN ('person', 'event')";

/** Rows whose tuples come as one row of an answer; the client takes an answer apart row by row. */
const TUPLES_PER_ROW = 4096;

/** Groups of sorted rows stay sorted only in one thread. */
const IN_ORDER = { format: "arrays", settings: { max_threads: 1 } } as const;

/** Reads the identifiers of mapped rows, a range of rows at a time. */
export class MappedRows {
  private readonly engine: Engine;
  private readonly table: string;

  constructor(engine: Engine, table: string) {
    this.engine = engine;
    this.table = table;
  }

  /** All rows, cut into ranges of at most `size`. */
  async ranges(size: number): Promise<RowRange[]> {
    const [all] = await this.engine.query<{ end: number }>(
      `SELECT if(count() = 0, 0, max(row) + 1) AS end FROM ${this.table}`,
    );
    const end = all?.end ?? 0;
    return Array.from({ length: Math.ceil(end / size) }, (_, n) => ({
      from: n * size,
      to: Math.min(end, (n + 1) * size),
    }));
  }

  /** Each distinct list of identifiers with its first row, in the order of the first rows. */
  async distinctTuples(range: RowRange): Promise<DistinctTuples[]> {
    const parts: DistinctTuples[] = [];
    const blocks = this.engine.stream<[number[], number[], number[], string[]]>(
      `SELECT groupArray(row), groupArray(toUInt32(length(identifiers))),
        arrayFlatten(groupArray(identifiers.1)), arrayFlatten(groupArray(identifiers.2))
      FROM (
        SELECT row, identifiers FROM ${this.table}
        WHERE row >= {from:UInt32} AND row < {to:UInt32} AND ${WITH_IDENTITY}
        ORDER BY row
        LIMIT 1 BY tuple
      )
      GROUP BY intDiv(row, ${TUPLES_PER_ROW}) AS part
      ORDER BY part`,
      { from: range.from, to: range.to },
      IN_ORDER,
    );
    for await (const block of blocks) {
      for (const [rows, lengths, kinds, raws] of block) parts.push({ rows, lengths, kinds, raws });
    }
    return parts;
  }

  /** Every row of the range that has one of these tuples of the group, in order. */
  async rowsOf(range: RowRange, group: IdentityGroup, tuples: ReadonlySet<number>): Promise<RowSequence> {
    const byFirstRow = new Map(Array.from(tuples, (tuple) => [group.rows[tuple], tuple]));
    const found = { rows: [] as number[], tuples: [] as number[] };
    const blocks = this.engine.stream<[number[], number[]]>(
      `SELECT groupArray(row), groupArray(first)
      FROM (
        SELECT row, min(row) OVER (PARTITION BY tuple) AS first
        FROM ${this.table}
        WHERE row >= {from:UInt32} AND row < {to:UInt32} AND ${WITH_IDENTITY}
        ORDER BY row
      )
      GROUP BY intDiv(row, ${TUPLES_PER_ROW}) AS part
      ORDER BY part`,
      { from: range.from, to: range.to },
      IN_ORDER,
    );
    for await (const block of blocks) {
      for (const [rows, firsts] of block) {
        for (const [at, first] of firsts.entries()) {
          const tuple = byFirstRow.get(first);
          if (tuple === undefined) continue;
          found.rows.push(rows[at] ?? 0);
          found.tuples.push(tuple);
        }
      }
    }
    return found;
  }
}
