import { type Path, PeregrineError, pathName } from "@peregrine/core";
import { LONGEST_RECORD, type ScannedBlock } from "../file/block.ts";
import type { Input } from "../file/input.ts";
import { JsonBlocks } from "./block.ts";
import { parseRow } from "./parse-row.ts";

const LF = 10;

/** JSON lines: an object on each line. A line that is none is refused alone; blank lines are no rows. */
export function readJsonLines(
  input: Input,
  paths: readonly Path[],
): { readonly columns: readonly string[]; blocks(): AsyncGenerator<ScannedBlock> } {
  return {
    columns: paths.map(pathName),
    async *blocks() {
      const blocks = new JsonBlocks(paths);
      let line = 1;
      await input.atLeast(3);
      if (input.bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) input.drop(3);
      for (;;) {
        const { bytes, ended } = input;
        let at = 0;
        for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, at)) {
          addLine(blocks, bytes.subarray(at, end), line++);
          at = end + 1;
        }
        const rest = bytes.subarray(at);
        if (ended) addLast(blocks, rest, line);
        else if (rest.length > LONGEST_RECORD) {
          throw new PeregrineError("fileNotJson", {
            detail: `Line ${line} is longer than ${LONGEST_RECORD} bytes.`,
          });
        }
        const block = blocks.take();
        if (block.rows > 0 || block.refused.length > 0) yield block;
        if (ended) break;
        input.drop(at);
        await input.more();
      }
      if (blocks.records === 0) throw new PeregrineError("fileEmpty", { detail: "The file has no rows." });
    },
  };
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function addLine(blocks: JsonBlocks, bytes: Buffer, line: number): void {
  const trimmed = trim(bytes);
  if (trimmed.length > 0) blocks.add(trimmed, line);
}

/** A last line that has no end and is no row was cut there. */
function addLast(blocks: JsonBlocks, bytes: Buffer, line: number): void {
  const trimmed = trim(bytes);
  if (trimmed.length === 0) return;
  if ("fault" in parseRow(trimmed.toString("utf8")) && trimmed.at(-1) !== 125) {
    throw new PeregrineError("fileCutOff", {
      detail: `The file ends in the middle of the row in line ${line}.`,
    });
  }
  blocks.add(trimmed, line);
}

/** Without white space at both ends: space, tab and CR. */
function trim(bytes: Buffer): Buffer {
  const white = (byte: number | undefined) => byte === 32 || byte === 9 || byte === 13;
  let from = 0;
  let to = bytes.length;
  while (from < to && white(bytes[from])) from++;
  while (to > from && white(bytes[to - 1])) to--;
  return bytes.subarray(from, to);
}
