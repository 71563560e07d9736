import { type FileEncoding, PeregrineError } from "@peregrine/core";

/** Bytes of an encoding as UTF-8. */
export function decoded(source: AsyncGenerator<Buffer>, encoding: FileEncoding): AsyncGenerator<Buffer> {
  const decoders = {
    "utf-8": () => source,
    "utf-16le": () => fromUtf16(source, false),
    "utf-16be": () => fromUtf16(source, true),
    "windows-1252": () => fromWindows1252(source),
  } satisfies Record<FileEncoding, () => AsyncGenerator<Buffer>>;
  return decoders[encoding]();
}

async function* fromWindows1252(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder("windows-1252");
  for await (const piece of source) yield Buffer.from(decoder.decode(piece));
}

async function* fromUtf16(source: AsyncIterable<Buffer>, swapped: boolean): AsyncGenerator<Buffer> {
  /** Half a unit, or the first half of a pair. */
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of source) {
    const bytes = Buffer.concat([rest, piece]);
    let end = bytes.length - (bytes.length % 2);
    const high = end === 0 ? 0 : (bytes[end - (swapped ? 2 : 1)] as number);
    if (high >= 0xd8 && high <= 0xdb) end -= 2;
    rest = Buffer.from(bytes.subarray(end));
    const units = bytes.subarray(0, end);
    yield utf8(swapped ? units.swap16() : units);
  }
  if (rest.length % 2 === 1) {
    throw new PeregrineError("fileCutOff", {
      detail: "The file ends in the middle of a character of UTF-16: it is cut off.",
    });
  }
  if (rest.length > 0) yield utf8(swapped ? rest.swap16() : rest);
}

/** Half a pair is no character: it becomes a byte that is none in UTF-8, so that its row is refused and no other. */
const HALF = /([\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF])/;
const NO_CHARACTER = Buffer.from([0xff]);

function utf8(units: Buffer): Buffer {
  const text = units.toString("utf16le");
  const parts = text.split(HALF);
  if (parts.length === 1) return Buffer.from(text);
  return Buffer.concat(parts.map((part, index) => (index % 2 === 1 ? NO_CHARACTER : Buffer.from(part))));
}
