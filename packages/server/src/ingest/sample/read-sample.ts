import { type DataflowSource, type Path, pathName, type SampleCell } from "@peregrine/core";
import type { Engine } from "../../engine/index.ts";
import type { FileReading } from "../../store/index.ts";
import { isNested, openFile, type RefusedRecord } from "../file/index.ts";
import { cellAt } from "../json/index.ts";
import { linesOf, nestedRow, PathFinder, untagged } from "./cells.ts";

/** A file of which rows are looked at without importing it. */
export interface SampleFile {
  /** Where it lies. */
  readonly path: string;
  /** It is only the first part of what was sent. */
  readonly part: boolean;
  readonly source: DataflowSource;
}

export interface SampleRow {
  readonly line: number;
  /** In the order of the columns. */
  readonly cells: readonly SampleCell[];
}

/** What is seen of a file by its first rows. */
export interface SampleRows {
  readonly reading: FileReading;
  /** Of a file without nesting one step each. */
  readonly columns: readonly Path[];
  readonly rows: readonly SampleRow[];
  /** Rows that cannot be read, among the first. */
  readonly refused: readonly RefusedRecord[];
  /** There are more rows than these. */
  readonly more: boolean;
}

/** Of wide files fewer rows are looked at: everything that is, is in memory. */
const MOST_CELLS = 500_000;
const FEWEST_ROWS = 200;

function rowsOfWidth(columns: number, most: number): number {
  return Math.min(most, Math.max(FEWEST_ROWS, Math.floor(MOST_CELLS / Math.max(1, columns))));
}

/**
 * Reads the first rows of a file.
 *
 * @param asked rows, or fewer where there are many columns
 * @throws PeregrineError what `openFile` throws
 */
export async function readSample(engine: Engine, file: SampleFile, asked: number): Promise<SampleRows> {
  const opened = await openFile(file.path, { source: file.source, paths: [], engine, part: file.part });
  const most = rowsOfWidth(opened.columns.length, asked);
  const lines: string[][] = [];
  const refused: RefusedRecord[] = [];
  let more = file.part;
  try {
    for await (const block of opened.blocks()) {
      for (const record of block.refused) refused.push(record);
      for (const line of linesOf(block.bytes)) {
        if (lines.length < most) lines.push(line);
        else more = true;
      }
      if (lines.length >= most && more) break;
    }
  } finally {
    await opened.close();
  }
  const { reading } = opened;
  const read = isNested(reading) ? nestedRows(lines) : flatRows(opened.columns, lines, file.source);
  // Of nested rows the columns are known at the end.
  const rows = read.rows.slice(0, rowsOfWidth(read.columns.length, most));
  return {
    reading,
    columns: read.columns,
    rows,
    refused: refused.slice(0, most),
    more: more || rows.length < read.rows.length,
  };
}

type Read = Pick<SampleRows, "columns" | "rows">;

function flatRows(
  columns: readonly string[],
  lines: readonly string[][],
  { emptyCells }: DataflowSource,
): Read {
  const empty = { absent: undefined, null: null, empty: "" }[emptyCells];
  const rows = lines.map(([, line, ...cells]) => ({
    line: Number(line),
    cells: cells.map((cell) => (cell === "" ? empty : cell)),
  }));
  return { columns: columns.map((name) => [name]), rows };
}

function nestedRows(lines: readonly string[][]): Read {
  const finder = new PathFinder();
  const parsed = lines.flatMap(([, line, raw = ""]) => {
    const row = nestedRow(raw);
    return row === undefined ? [] : [{ line: Number(line), row }];
  });
  for (const { row } of parsed) finder.add(row);
  // Where other rows have members below it, a path is a column only if some row has a value there.
  const hasMembers = (path: Path) =>
    finder.paths.some((other) => other.length > path.length && path.every((step, at) => step === other[at]));
  const columns = finder.paths.filter(
    (path) => !hasMembers(path) || parsed.some(({ row }) => isValue(untagged(cellAt(row, path)))),
  );
  return {
    columns,
    rows: parsed.map(({ line, row }) => ({
      line,
      cells: columns.map((path) => untagged(cellAt(row, path))),
    })),
  };
}

/** An empty list may be one of objects. */
function isValue(cell: SampleCell): boolean {
  return cell !== undefined && cell !== null && (typeof cell === "string" || cell.length > 0);
}

/** The columns' names as mappings and answers give them. */
export function columnNames({ reading, columns }: Pick<SampleRows, "reading" | "columns">): string[] {
  return columns.map((path) => (isNested(reading) ? pathName(path) : path.join(".")));
}
