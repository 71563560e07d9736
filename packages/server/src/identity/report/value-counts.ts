import type { IdentifierFigures } from "@peregrine/core";
import type { Engine, Parameters } from "../../engine/index.ts";
import type { ReportTables } from "./value-table.ts";

/** So many examples of each thing are shown. */
export const EXAMPLES = 10;
const SPELLINGS_SHOWN = 5;

/** Sorted by what it is grouped by: the engine holds the current group and the examples. */
const IN_ORDER = { settings: { optimize_aggregation_in_order: 1 } } as const;

type Names = ReadonlyMap<number, string>;
interface InDataflow {
  readonly value: string;
  readonly dataflow: number;
  readonly rows: number;
}

/** Counts over the values of a report; every answer is small, whatever the number of values. */
export class ValueCounts {
  readonly #engine: Engine;
  readonly #table: string;
  readonly #names: Names;

  /** @param names ids of dataflows by their numbers */
  constructor(engine: Engine, { value }: ReportTables, names: Names) {
    this.#engine = engine;
    this.#table = value;
    this.#names = names;
  }

  /** Different values of each dataflow, by its number. */
  async values(): Promise<ReadonlyMap<number, number>> {
    const rows = await this.#ask<{ dataflow: number; values: number }>(
      `SELECT dataflow, count() AS values
      FROM (SELECT value, dataflow FROM ${this.#table} GROUP BY value, dataflow) GROUP BY dataflow`,
    );
    return new Map(rows.map(({ dataflow, values }) => [dataflow, values]));
  }

  async notNumeric(): Promise<NonNullable<IdentifierFigures["notNumeric"]>> {
    const where = "NOT match(value, '^[0-9]+$')";
    return this.#inDataflows(
      `SELECT value, dataflow, sum(rows) AS rows FROM ${this.#table} WHERE ${where} GROUP BY value, dataflow`,
      {},
    );
  }

  /** @param exports numbers of dataflows in which one row is one person */
  async doubled(exports: readonly number[]): Promise<IdentifierFigures["doubled"]> {
    return this.#inDataflows(
      `SELECT value, dataflow, sum(latest) AS rows FROM ${this.#table}
      WHERE dataflow IN {rp_exports:Array(UInt32)} GROUP BY value, dataflow HAVING rows > 1`,
      { rp_exports: exports },
    );
  }

  async spellings(exports: readonly number[]): Promise<IdentifierFigures["spellings"]> {
    const several = `SELECT value, dataflow, uniqExact(raw) AS spellings, groupUniqArray(${SPELLINGS_SHOWN})(raw) AS raws
      FROM ${this.#table} WHERE dataflow IN {rp_exports:Array(UInt32)} GROUP BY value, dataflow HAVING spellings > 1`;
    const parameters = { rp_exports: exports };
    const [count] = await this.#ask<{ values: number }>(
      `SELECT uniqExact(value) AS values FROM (${several})`,
      parameters,
    );
    const examples = await this.#ask<{ value: string; dataflow: number; raws: string[] }>(
      `SELECT value, dataflow, arraySort(raws) AS raws FROM (${several}) ORDER BY spellings DESC, value LIMIT ${EXAMPLES}`,
      parameters,
    );
    return {
      values: count?.values ?? 0,
      examples: examples.map(({ dataflow, ...found }) => ({ ...found, dataflow: this.#name(dataflow) })),
    };
  }

  /** Values of events against those of the export. */
  async seenIn(
    events: readonly number[],
    exports: readonly number[],
  ): Promise<NonNullable<IdentifierFigures["seenIn"]>> {
    const parameters = { rp_events: events, rp_exports: exports };
    const sides = `SELECT value, sumIf(rows, dataflow IN {rp_events:Array(UInt32)}) AS in_events,
        sumIf(rows, dataflow IN {rp_exports:Array(UInt32)}) AS in_export
      FROM ${this.#table} GROUP BY value`;
    const [counts] = await this.#ask<{ both: number; events: number; export: number }>(
      `SELECT countIf(in_events > 0 AND in_export > 0) AS both, countIf(in_events > 0 AND in_export = 0) AS events,
        countIf(in_events = 0 AND in_export > 0) AS export
      FROM (${sides})`,
      parameters,
    );
    const only = (one: string, other: string) =>
      this.#ask<{ value: string; rows: number }>(
        `SELECT value, ${one} AS rows FROM (${sides}) WHERE ${one} > 0 AND ${other} = 0
        ORDER BY rows DESC, value LIMIT ${EXAMPLES}`,
        parameters,
      );
    return {
      both: counts?.both ?? 0,
      onlyEvents: { values: counts?.events ?? 0, examples: await only("in_events", "in_export") },
      onlyExport: { values: counts?.export ?? 0, examples: await only("in_export", "in_events") },
    };
  }

  /** The values with the most event rows, and those of these values whose rows are asked for. */
  async heaviest(
    events: readonly number[],
    also: readonly string[],
  ): Promise<{
    readonly rows: number;
    readonly values: number;
    readonly heaviest: readonly { readonly value: string; readonly rows: number }[];
  }> {
    const parameters = { rp_events: events, rp_also: also };
    const byValue = `SELECT value, sum(rows) AS rows FROM ${this.#table}
      WHERE dataflow IN {rp_events:Array(UInt32)} GROUP BY value`;
    const [all] = await this.#ask<{ total: number; values: number }>(
      `SELECT sum(rows) AS total, count() AS values FROM (${byValue})`,
      parameters,
    );
    const heaviest = await this.#ask<{ value: string; rows: number }>(
      `SELECT value, rows FROM (${byValue}) ORDER BY rows DESC, value LIMIT ${EXAMPLES}
      UNION DISTINCT
      SELECT value, rows FROM (${byValue}) WHERE value IN {rp_also:Array(String)}`,
      parameters,
    );
    return { rows: all?.total ?? 0, values: all?.values ?? 0, heaviest };
  }

  async #inDataflows(sql: string, parameters: Parameters) {
    const [counts] = await this.#ask<{ values: number; total: number }>(
      `SELECT uniqExact(value) AS values, sum(rows) AS total FROM (${sql})`,
      parameters,
    );
    const examples = await this.#ask<InDataflow>(
      `SELECT value, dataflow, rows FROM (${sql}) ORDER BY rows DESC, value, dataflow LIMIT ${EXAMPLES}`,
      parameters,
    );
    return {
      values: counts?.values ?? 0,
      rows: counts?.total ?? 0,
      examples: examples.map(({ dataflow, ...found }) => ({ ...found, dataflow: this.#name(dataflow) })),
    };
  }

  #ask<Row>(sql: string, parameters: Parameters = {}): Promise<Row[]> {
    return this.#engine.query<Row>(sql, parameters, IN_ORDER);
  }

  #name(dataflow: number): string {
    return this.#names.get(dataflow) ?? String(dataflow);
  }
}
