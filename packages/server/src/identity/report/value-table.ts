import {
  type IdentifierDefinition,
  type IdentityKind,
  normalise,
  type RowParts,
  rowReader,
} from "@peregrine/core";
import type { Engine } from "../../engine/index.ts";
import type { ImportRecord } from "../../store/index.ts";
import { insertRows } from "../insert-rows.ts";
import { RowBinary } from "../row-binary.ts";
import { pieces, type ReadKeptRows } from "./kept-rows.ts";

/** What a report works with; both tables end with it. */
export interface ReportTables {
  /** Distinct lists of raw values, with their rows. */
  readonly seen: string;
  /** Values as they name people, with the spellings that they came in. */
  readonly value: string;
}

export function reportTables(operation: number): ReportTables {
  return { seen: `report_seen_${operation}`, value: `report_value_${operation}` };
}

export async function createReportTables(engine: Engine, { seen, value }: ReportTables): Promise<void> {
  await engine.command(
    `CREATE TABLE ${seen} (dataflow UInt32, raws Array(String), named UInt64, latest UInt64, left_out UInt64,
      refused UInt64) ENGINE = MergeTree ORDER BY (dataflow, raws)`,
  );
  await engine.command(
    `CREATE TABLE ${value} (value String, dataflow UInt32, raw String, rows UInt64, latest UInt64)
    ENGINE = MergeTree ORDER BY (value, dataflow, raw)`,
  );
}

export async function dropReportTables(engine: Engine, tables: ReportTables): Promise<void> {
  for (const table of Object.values(tables)) await engine.command(`DROP TABLE IF EXISTS ${table}`);
}

export interface SeenOptions {
  readonly engine: Engine;
  readonly tables: ReportTables;
  /** The identifier's number. */
  readonly kind: number;
  readonly readKeptRows: ReadKeptRows;
  /** Sorted by arrival. */
  readonly imports: readonly ImportRecord[];
  readonly pieceRows?: number | undefined;
  readonly onProgress: (rows: number) => void;
  readonly signal: AbortSignal;
}

/** Reads all kept rows once, piece by piece: which raw values stand in how many rows of which dataflow. */
export async function writeSeen(options: SeenOptions): Promise<void> {
  const { engine, tables, kind, readKeptRows, imports, pieceRows, onProgress, signal } = options;
  const latest = new Map(imports.map(({ dataflowNumber, id }) => [dataflowNumber, id]));
  const isLatest = ({ dataflowNumber, id }: ImportRecord) => latest.get(dataflowNumber) === id;
  let done = 0;
  for (const { records, sql } of readKeptRows(imports)) {
    const dataflow = records[0]?.dataflowNumber ?? 0;
    // The latest import of each dataflow is told apart: only within one import is a repeated person doubled.
    for (const [part, marked] of [
      [records.filter((record) => !isLatest(record)), 0],
      [records.filter(isLatest), 1],
    ] as const) {
      for (const piece of pieces(part, pieceRows)) {
        signal.throwIfAborted();
        await engine.command(
          `INSERT INTO ${tables.seen}
          SELECT {kr_dataflow:UInt32}, raws, countIf(named), if({kr_latest:UInt8} = 1, countIf(named), 0),
            countIf(outcome = 'leftOut'), countIf(outcome = 'refused')
          FROM (
            SELECT outcome, outcome IN ('person', 'event') AS named,
              arrayMap(pair -> pair.2, arrayFilter(pair -> named AND pair.1 = {kr_kind:UInt32}, identifiers)) AS raws
            FROM (${sql})
          )
          GROUP BY raws`,
          {
            kr_from: piece.from,
            kr_to: piece.to,
            kr_imports: piece.imports,
            kr_operations: piece.operations,
            kr_dataflow: dataflow,
            kr_latest: marked,
            kr_kind: kind,
          },
          { signal },
        );
        done += piece.to - piece.from;
        onProgress(done);
      }
    }
  }
}

/** What the values of each dataflow come to. */
export interface ReadValues {
  /** By the dataflow's number; `rows` and `refused` only of rows that are kept. */
  readonly parts: ReadonlyMap<number, RowParts>;
  /** Rows that have blocked values only, by the first of these. */
  readonly blocked: ReadonlyMap<string, number>;
}

/** An insert of so many values at once. */
const VALUES_AT_ONCE = 200_000;
const VALUE_COLUMNS = ["value", "dataflow", "raw", "rows", "latest"];

/** Judges each distinct list of raw values as the resolver does, by the identifier's settings of today. */
export async function judgeSeen(
  engine: Engine,
  tables: ReportTables,
  identifier: { readonly number: number; readonly definition: IdentifierDefinition },
  signal: AbortSignal,
): Promise<ReadValues> {
  // An inactive one is judged as if it linked: the report says apart that it doesn't.
  const kind: IdentityKind = { ...kindOf(identifier), active: true };
  const read = rowReader({ kinds: [kind] });
  const blockedValues = new Set(kind.blocked.map((value) => normalise(value, kind.normalise)));
  const parts = new Map<number, { -readonly [Name in keyof RowParts]: number }>();
  const blocked = new Map<string, number>();
  let rows = new RowBinary();
  let waiting = 0;
  const flush = async () => {
    await insertRows(engine, tables.value, VALUE_COLUMNS, rows);
    rows = new RowBinary();
    waiting = 0;
  };
  const lists = engine.stream<[number, string[], number, number, number, number]>(
    `SELECT dataflow, raws, sum(named), sum(latest), sum(left_out), sum(refused)
    FROM ${tables.seen} GROUP BY dataflow, raws`,
    {},
    // Sorted by what it is grouped by: nothing but the current group is held.
    { format: "arrays", settings: { optimize_aggregation_in_order: 1 }, signal },
  );
  for await (const block of lists) {
    for (const [dataflow, raws, named, latest, leftOut, refused] of block) {
      const part = parts.get(dataflow) ?? {
        rows: 0,
        named: 0,
        blocked: 0,
        without: 0,
        contradictory: 0,
        leftOut: 0,
        refused: 0,
      };
      parts.set(dataflow, part);
      part.rows += named + leftOut + refused;
      part.leftOut += leftOut;
      part.refused += refused;
      if (named === 0) continue;
      const verdict = read({ kinds: raws.map(() => kind.number), raws }, 0, raws.length);
      if (verdict.outcome === "refused") part.contradictory += named;
      if (verdict.outcome === "none") {
        const name = raws
          .map((raw) => normalise(raw, kind.normalise))
          .find((value) => blockedValues.has(value) && value !== "");
        if (name === undefined) part.without += named;
        else {
          part.blocked += named;
          blocked.set(name, (blocked.get(name) ?? 0) + named);
        }
      }
      if (verdict.outcome !== "identified") continue;
      part.named += named;
      const spelt = new Map(raws.map((raw) => [normalise(raw, kind.normalise), raw]));
      for (const { value } of verdict.identifiers) {
        rows
          .text(value)
          .uint32(dataflow)
          .text(spelt.get(value) ?? value)
          .uint64(named)
          .uint64(latest);
        waiting += 1;
      }
      if (waiting >= VALUES_AT_ONCE) await flush();
    }
  }
  await flush();
  return { parts, blocked };
}

function kindOf({
  number,
  definition,
}: {
  readonly number: number;
  readonly definition: IdentifierDefinition;
}): IdentityKind {
  const { id, normalise: steps, blocked, priority, limit, active } = definition;
  return { number, id, normalise: steps, blocked, priority, limit, active };
}
