import { isUtf8 } from "node:buffer";
import { PeregrineError } from "@peregrine/core";

export interface CsvHeader {
  readonly columns: readonly string[];
  /** Bytes up to the first record. */
  readonly used: number;
  /** The line on which the first record begins. */
  readonly line: number;
}

/** A header is one line of names; what is longer is none. */
const LONGEST_HEADER = 1024 * 1024;
const MOST_COLUMNS = 2000;

/** First bytes that say what a file is instead of CSV. */
const OTHER_FORMATS: readonly { readonly begins: RegExp; readonly is: string }[] = [
  { begins: /^PK[^\s!-~]{2}/, is: "a ZIP archive or an Excel workbook: save the sheet as CSV (UTF-8)" },
  { begins: /^(\x89PNG|\xFF\xD8\xFF|GIF8|RIFF....WEBP)/s, is: "a picture" },
  { begins: /^%PDF/, is: "a PDF document" },
  { begins: /^SQLite format 3/, is: "an SQLite database" },
  { begins: /^PAR1/, is: "a Parquet file, and the dataflow says otherwise" },
  { begins: /^BZh/, is: "compressed with bzip2: unpack it, or use gzip or zstd" },
  { begins: /^\xFD7zXZ/, is: "compressed with xz: unpack it, or use gzip or zstd" },
  { begins: /^(\xFF\xFE|\xFE\xFF)/, is: "written in UTF-16, and the dataflow says otherwise" },
  { begins: /^\s*<(!doctype|html|\?xml)/i, is: "a web page or XML" },
  { begins: /^\s*(\{\s*["}]|\[\s*[[{"\]])/, is: "JSON" },
];

/**
 * Reads the first line of a file.
 *
 * @param last nothing follows
 * @param named whether it names the columns; otherwise they are called `column1`, `column2` and so on
 * @returns undefined when more bytes are needed
 * @throws PeregrineError `fileEmpty`, `fileNotCsv`, `fileHeaderInvalid`
 */
export function readHeader(
  bytes: Buffer,
  delimiter: number,
  last: boolean,
  named: boolean,
): CsvHeader | undefined {
  // A decision needs some bytes; what is shorter than this is waited for.
  if (!last && bytes.length < 512 && !bytes.includes(10)) return undefined;
  const start = bytes.subarray(0, 512).toString("latin1");
  const other = OTHER_FORMATS.find(({ begins }) => begins.test(start));
  if (other !== undefined) throw new PeregrineError("fileNotCsv", { detail: `The file is ${other.is}.` });
  let at = start.startsWith("\xEF\xBB\xBF") ? 3 : 0;
  let line = 1;
  while (bytes[at] === 10 || (bytes[at] === 13 && bytes[at + 1] === 10)) {
    at += bytes[at] === 10 ? 1 : 2;
    line++;
  }
  if (at >= bytes.length) {
    if (!last) return undefined;
    throw new PeregrineError("fileEmpty", { detail: "The file is empty." });
  }
  const read = readCells(bytes, at, delimiter, last);
  if (read === undefined) {
    if (bytes.length - at <= LONGEST_HEADER && !last) return undefined;
    throw new PeregrineError("fileNotCsv", {
      detail: last
        ? "A quote in the header is never closed: the file is cut off, or it is not CSV."
        : `The first line is longer than ${LONGEST_HEADER} bytes, so it is no header.`,
    });
  }
  if (bytes.subarray(at, read.end).includes(0)) {
    throw new PeregrineError("fileNotCsv", {
      detail: "The first line holds zero bytes: the file is not text.",
    });
  }
  if (!isUtf8(bytes.subarray(at, read.end))) {
    throw new PeregrineError("fileNotCsv", {
      detail: "The first line is not UTF-8: the file is in another encoding, or it is not text.",
    });
  }
  if (!named) {
    // The first record is a row like the others.
    const columns = read.cells.map((_, index) => `column${index + 1}`);
    check(columns);
    return { columns, used: at, line };
  }
  check(read.cells);
  return { columns: read.cells, used: read.end, line: line + read.lines };
}

function check(columns: readonly string[]): void {
  if (columns.length > MOST_COLUMNS) {
    throw new PeregrineError("fileHeaderInvalid", {
      detail: `The header names ${columns.length} columns; ${MOST_COLUMNS} are the most.`,
    });
  }
  if (columns.some((name) => name.includes("\r"))) {
    throw new PeregrineError("fileNotCsv", {
      detail: "Lines end with CR alone; save the file with LF or CRLF.",
    });
  }
  // Columns without a name are let through: they cannot be mapped, and exports often have one.
  const names = columns.filter((name) => name !== "");
  if (names.length === 0) {
    throw new PeregrineError("fileHeaderInvalid", { detail: "The first line names no column." });
  }
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (twice.length > 0) {
    throw new PeregrineError("fileHeaderInvalid", {
      detail: `The header names ${twice.map((name) => `\`${name}\``).join(", ")} more than once.`,
    });
  }
}

/** One record as texts; undefined when it does not end within the bytes. */
export function readCells(
  bytes: Buffer,
  from: number,
  delimiter: number,
  last: boolean,
): { cells: string[]; end: number; lines: number } | undefined {
  const cells: string[] = [];
  let at = from;
  let lines = 1;
  for (;;) {
    let cell = "";
    if (bytes[at] === 34) {
      let begin = at + 1;
      for (;;) {
        const quote = bytes.indexOf(34, begin);
        if (quote === -1 || (quote + 1 === bytes.length && !last)) return undefined;
        const part = bytes.subarray(begin, quote).toString("utf8");
        cell += part;
        lines += part.split("\n").length - 1;
        at = quote + 1;
        if (bytes[at] !== 34) break;
        cell += '"';
        begin = at + 1;
      }
    }
    const begin = at;
    while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== 10) at++;
    if (at === bytes.length && !last) return undefined;
    cell += bytes.subarray(begin, at).toString("utf8");
    if (bytes[at] === delimiter) {
      cells.push(cell);
      at++;
      continue;
    }
    cells.push(cell.endsWith("\r") ? cell.slice(0, -1) : cell);
    return { cells, end: Math.min(at + 1, bytes.length), lines };
  }
}
