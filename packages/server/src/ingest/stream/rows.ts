import { isUtf8 } from "node:buffer";
import { type Fault, PeregrineError } from "@peregrine/core";
import { arrayElements, parseRow } from "../json/index.ts";

/** A body whose rows may be taken. */
export interface CheckedRows {
  readonly rows: number;
  /** The body without line breaks: in JSON they are white space, and only there they are written as they are. */
  readonly json: Buffer;
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const [LF, CR, SPACE] = [10, 13, 32] as const;
const MOST_FAULTS = 100;

/**
 * Reads a body as rows: all of them, or none.
 *
 * @throws PeregrineError `rowsInvalid` with the numbers of the rows, from 1
 */
export function checkRows(body: Buffer): CheckedRows {
  const marked = body.subarray(0, 3).equals(BYTE_ORDER_MARK);
  const json = oneLine(marked ? body.subarray(3) : body);
  if (!isUtf8(json)) throw invalid("The body is not UTF-8.", faultsIn(json));
  const text = json.toString("utf8");
  const parsed = parse(text);
  if (parsed === undefined) throw broken(json, text);
  if (!Array.isArray(parsed)) throw invalid(`The body is ${kindOf(parsed)}, where an array is expected.`);
  const wrong = parsed.some((row) => !isObject(row));
  // A zero character can't be kept; where the text has one, row by row it is found out whose it is.
  const faults = wrong || text.includes("\\u0000") ? faultsIn(json) : [];
  if (faults.length > 0) throw invalid(`Row ${faults[0]?.row} ${faults[0]?.message}.`, faults);
  return { rows: parsed.length, json };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function isObject(row: unknown): boolean {
  return typeof row === "object" && row !== null && !Array.isArray(row);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function oneLine(bytes: Buffer): Buffer {
  if (!bytes.includes(LF) && !bytes.includes(CR)) return bytes;
  const line = Buffer.from(bytes);
  for (const sign of [LF, CR]) {
    for (let at = line.indexOf(sign); at !== -1; at = line.indexOf(sign, at)) line[at] = SPACE;
  }
  return line;
}

interface RowFault extends Fault {
  readonly row: number;
}

/** What is wrong with the rows, as far as they can be told apart. */
function faultsIn(json: Buffer): RowFault[] {
  const faults: RowFault[] = [];
  let row = 0;
  for (const element of arrayElements(json)) {
    row++;
    const parsed = isUtf8(element)
      ? parseRow(element.toString("utf8"))
      : { fault: "has text that is not UTF-8" };
    if ("fault" in parsed) faults.push({ row, path: `row ${row}`, message: parsed.fault });
    if (faults.length === MOST_FAULTS) break;
  }
  return faults;
}

/** Why a body is not JSON: the first row that is none, or how the array begins or ends. */
function broken(json: Buffer, text: string): PeregrineError {
  if (text.trim() === "") return invalid("The body is empty.");
  if (!text.trimStart().startsWith("[")) return invalid("The body does not begin with [, as an array does.");
  const [first] = faultsIn(json);
  if (first === undefined) return invalid("The array is not closed, or something follows its end.");
  return invalid(`Row ${first.row} ${first.message}.`, [first]);
}

function invalid(detail: string, faults: readonly RowFault[] = []): PeregrineError {
  return new PeregrineError("rowsInvalid", {
    detail,
    faults: faults.map(({ path, message }) => ({ path, message })),
  });
}
