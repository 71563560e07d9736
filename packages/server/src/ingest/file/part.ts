import { PeregrineError } from "@peregrine/core";
import type { ScannedBlock } from "./block.ts";

/** Says that a part of a file is used up: a reader that asks for more than there is knows nothing of its end. */
class PartEnded extends Error {}

/** The bytes of the first part of a file: behind them nothing is known, so that they never end as a file ends. */
export async function* partOf(bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (error) {
    // What is packed breaks off where the part ends.
    if (!(error instanceof PeregrineError) || error.code !== "fileCutOff") throw error;
  }
  throw new PartEnded("the part of the file is used up");
}

/** The blocks of a part, up to the last record that is whole. */
export async function* untilCut(blocks: AsyncGenerator<ScannedBlock>): AsyncGenerator<ScannedBlock> {
  try {
    yield* blocks;
  } catch (error) {
    if (!(error instanceof PartEnded)) throw error;
  }
}
