import type { FileReading } from "../../store/index.ts";

/** A record that cannot be read; it stops no other. */
export interface RefusedRecord {
  /** Of the record's first character, counted from 1 as an editor does. */
  readonly line: number;
  /** The column concerned, where it is one. */
  readonly column: string;
  readonly reason: string;
  /** As it came; what is not UTF-8 is replaced, what is longer than some thousand characters is cut. */
  readonly raw: string;
}

/** What a piece of the file became. */
export interface ScannedBlock {
  /** ClickHouse's TabSeparated: row (from 0), line, then the cells, all escaped; ends at a record's end. */
  readonly bytes: Buffer;
  readonly rows: number;
  readonly refused: readonly RefusedRecord[];
}

/** A file of rows, opened. */
export interface RowsFile {
  readonly reading: FileReading;
  /** One for each cell of a row; after them a nested row has one more, which is the row as it came. */
  readonly columns: readonly string[];
  /** The records, piece by piece; to be read once. */
  blocks(): AsyncGenerator<ScannedBlock>;
  /** To be called in every case, also when nothing or not all was read. */
  close(): Promise<void>;
}

/**
 * Longer records are refused with the whole file: so long is only what follows a quote that nobody closed, and it
 * has to be held in memory.
 */
export const LONGEST_RECORD = 8 * 1024 * 1024;

/** So much of a refused record is kept, in bytes. */
export const RAW_KEPT = 4000;

/** Whether rows are nested, so that their cells are tagged and the row itself is kept with them. */
export function isNested({ format }: FileReading): boolean {
  return format !== "csv";
}
