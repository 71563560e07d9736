import { type ColumnProfile, PeregrineError, type SampleCell } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import { columnNames, readSample, type SampleRows } from "../ingest/index.ts";
import type { FileReading, StoredFailure } from "../store/index.ts";
import { columnProfiles } from "./sample-columns.ts";
import { type KeptSample, SAMPLE_KEPT_MS, type Sample } from "./sample-folder.ts";

/** A sample with what is seen of it. */
export interface SampleView extends Sample {
  readonly expiresAt: number;
  /** Null where it can't be read as it is: then `error` says why, and `source` may help. */
  readonly reading: FileReading | null;
  readonly error: StoredFailure | null;
  /** Rows that were looked at. */
  readonly read: number;
  readonly more: boolean;
  readonly columns: readonly ColumnProfile[];
  readonly rows: readonly { readonly line: number; readonly values: Readonly<Record<string, SampleCell>> }[];
  readonly refused: { readonly rows: number; readonly first: readonly RefusedSampleRow[] };
}

export interface RefusedSampleRow {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
  readonly raw: string;
}

/** What is told of columns is told by so many rows. */
export const SAMPLE_ROWS = 10_000;
/** So many of the rows that can't be read are shown. */
export const REFUSED_SHOWN = 100;

/** @throws PeregrineError what makes the file unreadable */
export async function readRows(engine: Engine, { path, part, source }: KeptSample): Promise<SampleRows> {
  return readSample(engine, { path, part, source }, SAMPLE_ROWS);
}

/**
 * Looks at a sample. What makes it unreadable is told in its view.
 * @param shown so many rows are shown
 */
export async function viewOf(
  { engine, timeZone }: { readonly engine: Engine; readonly timeZone: string },
  sample: KeptSample,
  shown: number,
): Promise<SampleView> {
  const { path: _, ...told } = sample;
  const base = { ...told, expiresAt: sample.createdAt + SAMPLE_KEPT_MS };
  try {
    const found = await readRows(engine, sample);
    const names = columnNames(found);
    return {
      ...base,
      reading: found.reading,
      error: null,
      read: found.rows.length,
      more: found.more,
      columns: await columnProfiles(found, timeZone),
      rows: found.rows.slice(0, shown).map(({ line, cells }) => ({ line, values: valuesOf(names, cells) })),
      refused: { rows: found.refused.length, first: found.refused.slice(0, REFUSED_SHOWN) },
    };
  } catch (error) {
    if (!(error instanceof PeregrineError) || error.actor !== "user") throw error;
    const { code, detail, faults } = error;
    const nothing = {
      reading: null,
      read: 0,
      more: false,
      columns: [],
      rows: [],
      refused: { rows: 0, first: [] },
    };
    return { ...base, ...nothing, error: { code, detail, faults } };
  }
}

/** An absent cell has no member: JSON tells the three apart as it always does. */
function valuesOf(
  names: readonly string[],
  cells: readonly SampleCell[],
): Readonly<Record<string, SampleCell>> {
  return Object.fromEntries(
    names.flatMap((name, index) => (cells[index] === undefined ? [] : [[name, cells[index]] as const])),
  );
}
