import { type Path, PeregrineError, pathName } from "@peregrine/core";
import { LONGEST_RECORD, type ScannedBlock } from "../file/block.ts";
import type { Input } from "../file/input.ts";
import { JsonBlocks } from "./block.ts";

const LF = 10;
const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** A JSON array of objects, on one line or many. What stands between two commas and is no row is refused alone. */
export function readJsonArray(
  input: Input,
  paths: readonly Path[],
): { readonly columns: readonly string[]; blocks(): AsyncGenerator<ScannedBlock> } {
  return {
    columns: paths.map(pathName),
    async *blocks() {
      const blocks = new JsonBlocks(paths);
      const scanner = new ArrayScanner(blocks);
      for (;;) {
        const { bytes, ended } = input;
        const used = scanner.scan(bytes, ended);
        if (!ended && bytes.length - used > LONGEST_RECORD) {
          throw new PeregrineError("fileNotJson", {
            detail: `The row that begins in line ${scanner.line} is longer than ${LONGEST_RECORD} bytes; a quote or a bracket in it is probably never closed.`,
          });
        }
        const block = blocks.take();
        if (block.rows > 0 || block.refused.length > 0) yield block;
        if (ended) break;
        input.drop(used);
        await input.more();
      }
      if (blocks.records === 0) throw new PeregrineError("fileEmpty", { detail: "The file has no rows." });
    },
  };
}

/** Finds the elements of one array; what they hold is read by somebody else. */
class ArrayScanner {
  /** The line that the scanner is in. */
  line = 1;
  readonly #blocks: JsonBlocks;
  #place: "before" | "first" | "element" | "behind" = "before";

  constructor(blocks: JsonBlocks) {
    this.#blocks = blocks;
  }

  /** Takes the elements that are complete; gives how many bytes were used. */
  scan(bytes: Buffer, last: boolean): number {
    let at = this.#space(bytes, 0);
    if (this.#place === "before" && at < bytes.length) {
      if (bytes[at] !== OPEN) {
        throw new PeregrineError("fileNotJson", {
          detail: `Line ${this.line} does not begin with [, as an array does.`,
        });
      }
      this.#place = "first";
      at++;
    }
    while (this.#place === "first" || this.#place === "element") {
      at = this.#space(bytes, at);
      if (this.#place === "first" && bytes[at] === CLOSE) {
        this.#place = "behind";
        at++;
        break;
      }
      const { end, lines } = elementEnd(bytes, at);
      if (end === -1) {
        if (last) throw this.#cutOff(at === bytes.length);
        return at;
      }
      this.#blocks.add(trimmedEnd(bytes.subarray(at, end)), this.line);
      this.line += lines;
      this.#place = bytes[end] === COMMA ? "element" : "behind";
      at = end + 1;
    }
    at = this.#space(bytes, at);
    if (this.#place === "behind" && at < bytes.length) {
      throw new PeregrineError("fileNotJson", {
        detail: `Text follows the array's end in line ${this.line}.`,
      });
    }
    if (last && this.#place === "before")
      throw new PeregrineError("fileEmpty", { detail: "The file is empty." });
    return at;
  }

  #space(bytes: Buffer, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === LF) this.line++;
      else if (byte > 32 && !(this.#place === "before" && (byte === 0xef || byte === 0xbb || byte === 0xbf)))
        break;
    }
    return at;
  }

  #cutOff(between: boolean): PeregrineError {
    return new PeregrineError("fileCutOff", {
      detail: between
        ? "The file ends before its array does."
        : `The file ends in the middle of the row that begins in line ${this.line}.`,
    });
  }
}

/** The comma or bracket behind an element, or -1 when it is not there yet; and the line ends inside the element. */
function elementEnd(bytes: Buffer, from: number): { readonly end: number; readonly lines: number } {
  let depth = 0;
  let lines = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at = textEnd(bytes, at + 1);
      if (at === -1) return { end: -1, lines };
    } else if (byte === OPEN || byte === OPEN_OBJECT) {
      depth++;
    } else if (byte === COMMA && depth === 0) {
      return { end: at, lines };
    } else if (byte === CLOSE || byte === CLOSE_OBJECT) {
      if (depth === 0 && byte === CLOSE) return { end: at, lines };
      if (depth > 0) depth--;
    } else if (byte === LF) {
      lines++;
    }
  }
  return { end: -1, lines };
}

/** The quote that closes a text, or -1. */
function textEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at++;
  }
  return -1;
}

function trimmedEnd(bytes: Buffer): Buffer {
  let to = bytes.length;
  while (to > 0 && (bytes[to - 1] as number) <= 32) to--;
  return bytes.subarray(0, to);
}

/** The elements of an array that is there as a whole, each as it is written; what is not closed ends them. */
export function* arrayElements(bytes: Buffer): Generator<Buffer> {
  const white = (at: number) => (bytes[at] ?? 255) <= 32;
  let at = 0;
  while (white(at)) at++;
  if (bytes[at] !== OPEN) return;
  at++;
  while (white(at)) at++;
  if (bytes[at] === CLOSE) return;
  for (;;) {
    while (white(at)) at++;
    const { end } = elementEnd(bytes, at);
    const rest = end === -1 ? bytes.length : end;
    yield trimmedEnd(bytes.subarray(at, rest));
    if (end === -1 || bytes[end] !== COMMA) return;
    at = end + 1;
  }
}
