import { cellName, checkMapping, type Fault, mappedPaths } from "@peregrine/core";
import type { Engine } from "../../engine/index.ts";
import type { FileReading, ImportDefinition } from "../../store/index.ts";
import { isNested, openFile, type RefusedRecord, type RowsFile } from "../file/index.ts";
import type { ImportPlan } from "../import-plan.ts";
import { catalogNumber, mappingSql, PRESENCE, presenceColumn, valueColumn } from "../mapping-sql.ts";
import { rawOf } from "../rows.ts";
import type { SampleFile } from "./read-sample.ts";
import { type ScratchRows, scratchRows } from "./scratch-rows.ts";

/** What a mapping makes of a sample's rows. */
export interface MappedSample {
  readonly reading: FileReading;
  /** Where the mapping does not fit the schema or the file; what they concern is left out of the rows. */
  readonly faults: readonly Fault[];
  readonly rows: readonly MappedSampleRow[];
  /** Rows that could not be read at all. */
  readonly unread: readonly RefusedRecord[];
}

export interface MappedSampleRow {
  readonly line: number;
  readonly outcome: "person" | "event" | "leftOut" | "refused";
  /** Of a refused row. */
  readonly refusal: { readonly column: string; readonly reason: string; readonly raw: string } | null;
  /** When it was true or happened, ISO 8601. */
  readonly time: string;
  readonly event: string | null;
  /** In the order of the mapping's identifier columns: the number of the kind and the value as it came. */
  readonly identifiers: readonly (readonly [kind: number, value: string])[];
  /** By the schema's columns that are mapped. */
  readonly values: Readonly<Record<string, MappedValue>>;
}

/** Absent leaves what is known, null clears it; of events both are null. */
export interface MappedValue {
  readonly is: "absent" | "null" | "value";
  readonly value: unknown;
}

/**
 * Maps the first rows of a sample: by the compiler and the engine of an import, so that the import comes to the same.
 *
 * @param most rows that are mapped
 * @param values whether the columns' values are wanted, or outcomes and identifiers alone
 * @throws PeregrineError what `openFile` throws
 */
export async function mapSample(
  engine: Engine,
  sample: SampleFile,
  definition: ImportDefinition,
  { most, now, values = true }: { readonly most: number; readonly now: number; readonly values?: boolean },
): Promise<MappedSample> {
  const { dataflow, schema } = definition;
  const opened = await openFile(sample.path, {
    source: dataflow.source,
    paths: mappedPaths(dataflow),
    engine,
    part: sample.part,
  });
  const unread: RefusedRecord[] = [];
  try {
    const { reading, columns } = opened;
    const check = checkMapping(dataflow, schema, { columns, nested: isNested(reading) });
    const plan: ImportPlan = {
      importId: 0,
      dataflowNumber: 0,
      definition,
      reading,
      columns,
      mapping: check.ok ? check.mapping : check.sound,
      time: now,
    };
    const scratch = await scratchRows(engine, noting(opened, unread, most), most, now);
    try {
      return {
        reading,
        faults: check.ok ? [] : check.faults,
        unread,
        rows: await mappedRows(engine, plan, scratch, values),
      };
    } finally {
      await scratch.drop();
    }
  } finally {
    await opened.close();
  }
}

/** The same file; what it refuses on the way is kept. */
function noting(file: RowsFile, refused: RefusedRecord[], most: number): RowsFile {
  return {
    ...file,
    async *blocks() {
      for await (const block of file.blocks()) {
        for (const record of block.refused) if (refused.length < most) refused.push(record);
        yield block;
      }
    },
  };
}

interface EngineRow {
  readonly line: number;
  readonly outcome: MappedSampleRow["outcome"];
  readonly fault: number;
  readonly reason: string;
  readonly raw: string;
  readonly at: string;
  readonly type: string;
  readonly identifiers: readonly (readonly [number, string])[];
  readonly [column: string]: unknown;
}

async function mappedRows(
  engine: Engine,
  plan: ImportPlan,
  { table }: ScratchRows,
  values: boolean,
): Promise<MappedSampleRow[]> {
  const sql = mappingSql(plan);
  const reasons = sql.sites.map(({ reason }, index) => `m.fault = ${index + 1}, ${reason}`).join(", ");
  const events = plan.definition.schema.parent === "Interaction";
  const targets = (values ? plan.mapping.targets : []).map(({ column }) => ({
    ...column,
    number: catalogNumber(plan, column),
  }));
  const columns = targets.flatMap(({ number }) =>
    events ? [valueColumn(number)] : [valueColumn(number), presenceColumn(number)],
  );
  const cells = isNested(plan.reading)
    ? "[k.raw]"
    : `[${plan.columns.map((_, index) => `k.${cellName(index)}`).join(", ")}]`;
  const rows = await engine.query<EngineRow>(
    `SELECT k.line AS line, toString(m.outcome) AS outcome, m.fault AS fault, m.time AS at, toString(m.type) AS type,
      m.identifiers AS identifiers, ifNull(${reasons === "" ? "''" : `multiIf(${reasons}, '')`}, '') AS reason,
      if(m.fault = 0, '', ${rawOf(plan, cells)}) AS raw
      ${columns.map((name) => `, m.${name} AS ${name}`).join("")}
    FROM ${table} AS k INNER JOIN (SELECT ${sql.select} FROM ${table}) AS m ON m.row = k.row
    ORDER BY m.row`,
  );
  return rows.map((row) => ({
    line: row.line,
    outcome: row.outcome,
    refusal:
      row.outcome === "refused"
        ? { column: sql.sites[row.fault - 1]?.column ?? "", reason: row.reason, raw: row.raw }
        : null,
    time: row.at,
    event: events && row.type !== "" ? row.type : null,
    identifiers: row.identifiers,
    values: Object.fromEntries(
      targets.map(({ name, number, type }) => [
        name,
        mappedValue(row, number, { events, truth: type === "boolean" }),
      ]),
    ),
  }));
}

function mappedValue(
  row: EngineRow,
  number: number,
  { events, truth }: { readonly events: boolean; readonly truth: boolean },
): MappedValue {
  const found = row[valueColumn(number)] ?? null;
  const value = truth && found !== null ? found === 1 : found;
  if (events) return { is: value === null ? "null" : "value", value };
  const presence = row[presenceColumn(number)];
  if (presence === PRESENCE.value) return { is: "value", value };
  return { is: presence === PRESENCE.absent ? "absent" : "null", value: null };
}
