import { readCells } from "./header.ts";

/** What stands between cells, most usual first. */
const DELIMITERS = [",", ";", "\t", "|"] as const;
const MOST_RECORDS = 200;

/** What can be told of cells at a glance: where data is of one sort, a name above it is not. */
const SORTS: readonly RegExp[] = [
  /^[+-]?[0-9]+(?:[.,][0-9]+)*$/,
  /^[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}(?:[T ].*)?$/,
  /^[^@\s]+@[^@\s]+$/,
];
/** So large a share of a column's cells makes its sort. */
const NEARLY_ALL = 0.9;

/** The sign that cuts most records into as many cells as the first, and into more than one; else a comma. */
export function delimiterOf(bytes: Buffer, last: boolean): string {
  let best = { delimiter: ",", share: 0, cells: 1 };
  for (const delimiter of DELIMITERS) {
    const [first, ...others] = records(bytes, delimiter, last);
    const cells = first?.length ?? 0;
    if (cells < 2) continue;
    const alike = others.filter((record) => record.length === cells).length;
    const share = others.length === 0 ? 1 : alike / others.length;
    if (share > best.share || (share === best.share && cells > best.cells))
      best = { delimiter, share, cells };
  }
  return best.delimiter;
}

/**
 * Whether the first record names the columns. It does unless every column whose cells are all numbers, dates or
 * addresses begins with one, and there is such a column.
 */
export function hasHeader(bytes: Buffer, delimiter: string, last: boolean): boolean {
  const [first, ...others] = records(bytes, delimiter, last);
  if (first === undefined || others.length === 0) return true;
  let sorted = 0;
  for (const [column, name] of first.entries()) {
    const cells = others.map((record) => record[column] ?? "").filter((cell) => cell !== "");
    const sort = SORTS.find(
      (pattern) =>
        cells.length > 0 && cells.filter((cell) => pattern.test(cell)).length >= NEARLY_ALL * cells.length,
    );
    if (sort === undefined) continue;
    if (!sort.test(name)) return true;
    sorted++;
  }
  return sorted === 0;
}

/** The first records as texts; one that is cut off at the end is left out. */
function records(bytes: Buffer, delimiter: string, last: boolean): string[][] {
  const found: string[][] = [];
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && found.length < MOST_RECORDS) {
    const record = readCells(bytes, at, delimiter.charCodeAt(0), last);
    if (record === undefined) break;
    if (record.cells.length > 1 || record.cells[0] !== "") found.push(record.cells);
    at = record.end;
  }
  return found;
}
