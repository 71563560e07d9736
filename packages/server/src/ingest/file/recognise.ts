import { isUtf8 } from "node:buffer";
import type { FileEncoding, FileFormat } from "@peregrine/core";

/** How Parquet and JSON begin; what is neither is taken for CSV, whose reader says what else it could be. */
const BEGINNINGS: readonly { readonly begins: RegExp; readonly format: FileFormat }[] = [
  { begins: /^PAR1/, format: "parquet" },
  { begins: /^(\xEF\xBB\xBF)?\s*\{\s*["}]/, format: "jsonLines" },
  { begins: /^(\xEF\xBB\xBF)?\s*\[\s*[[{"\]]/, format: "jsonArray" },
];

/** The format of a file, by its first bytes as UTF-8. */
export function formatOf(bytes: Buffer): FileFormat {
  const start = bytes.subarray(0, 512).toString("latin1");
  return BEGINNINGS.find(({ begins }) => begins.test(start))?.format ?? "csv";
}

/** What a file may begin with to say how it is written. */
const BYTE_ORDER_MARKS: readonly { readonly begins: readonly number[]; readonly encoding: FileEncoding }[] = [
  { begins: [0xef, 0xbb, 0xbf], encoding: "utf-8" },
  { begins: [0xff, 0xfe], encoding: "utf-16le" },
  { begins: [0xfe, 0xff], encoding: "utf-16be" },
];

/** Bytes that no text in Windows-1252 has: no characters, and ÿ, which is what broken bytes mostly are. */
const UNUSED = /[\0\x81\x8D\x8F\x90\x9D\xFF]/;

/**
 * The encoding of a file, by its first part. What is valid UTF-8 is UTF-8. What is not is Windows-1252 only where no
 * character beyond ASCII is valid UTF-8: otherwise a few broken rows of a UTF-8 file would spoil all of it.
 *
 * @param whole nothing follows
 */
export function encodingOf(bytes: Buffer, whole: boolean): FileEncoding {
  const mark = BYTE_ORDER_MARKS.find(({ begins }) => begins.every((byte, index) => bytes[index] === byte));
  if (mark !== undefined) return mark.encoding;
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return wide;
  // A character may be cut in two at the end of the part.
  const complete = whole ? bytes : bytes.subarray(0, bytes.lastIndexOf(10) + 1);
  if (isUtf8(complete)) return "utf-8";
  const text = complete.toString("latin1");
  return /[\xC3-\xF4][\x80-\xBF]/.test(text) || UNUSED.test(text) ? "utf-8" : "windows-1252";
}

/** UTF-16 without a mark: a good part of what people write are pairs of a zero and a character of ASCII. */
function wideEncoding(bytes: Buffer): FileEncoding | undefined {
  if (!bytes.includes(0)) return undefined;
  let little = 0;
  let big = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
    if (second === 0 && isPlain(first)) little++;
    if (first === 0 && isPlain(second)) big++;
  }
  const most = 0.3 * (bytes.length / 2);
  if (little > most && big === 0) return "utf-16le";
  if (big > most && little === 0) return "utf-16be";
  return undefined;
}

/** Letters, digits, signs, white space. */
function isPlain(byte: number): boolean {
  return (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13;
}
