/** What is recognised is recognised from so many bytes. */
const FIRST_PART = 256 * 1024;

/** The first bytes of a source, and all of it. */
export interface FirstPart {
  readonly bytes: Buffer;
  /** Nothing follows. */
  readonly whole: boolean;
  readonly all: AsyncGenerator<Buffer>;
}

/** Reads as much of a source as tells what it is. */
export async function firstPart(source: AsyncGenerator<Buffer>): Promise<FirstPart> {
  // Copied: a piece is the source's own again when the next one is asked for.
  const pieces: Buffer[] = [];
  let size = 0;
  let whole = false;
  while (size < FIRST_PART && !whole) {
    const { done, value } = await source.next();
    if (done === true) whole = true;
    else {
      pieces.push(Buffer.from(value));
      size += value.length;
    }
  }
  const bytes = Buffer.concat(pieces);
  return { bytes: bytes.subarray(0, FIRST_PART), whole, all: joined(bytes, source) };
}

async function* joined(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
