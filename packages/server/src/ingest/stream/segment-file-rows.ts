import { setImmediate } from "node:timers/promises";
import { type Path, PeregrineError, pathName } from "@peregrine/core";
import type { RowsFile } from "../file/index.ts";
import { arrayElements, JsonBlocks } from "../json/index.ts";
import { linesOf, readDelivery, readHeader } from "./segment.ts";

/** So many bytes are read in one go, some milliseconds: senders who wait for their answer come in between. */
const PIECE = 256 * 1024;

/**
 * Opens a sealed segment as a file of rows. A row's line is its number in the segment, from 1.
 *
 * @throws PeregrineError, from `blocks`: `segmentDamaged`, `fileDoesNotFit`
 */
export function openSegment(path: string, size: number, paths: readonly Path[]): RowsFile {
  const lines = linesOf(path);
  return {
    reading: { format: "stream", compression: "none", encoding: "utf-8", delimiter: null, header: null },
    columns: paths.map(pathName),
    async *blocks() {
      const blocks = new JsonBlocks(paths);
      let row = 0;
      let bytes = 0;
      let read = 0;
      for await (const { content, end } of lines) {
        if (read === 0 && readHeader(content) === undefined) break;
        if (read > 0) {
          for (const element of arrayElements(readDelivery(content).json)) {
            blocks.add(element, ++row);
            bytes += element.length;
            if (bytes < PIECE) continue;
            bytes = 0;
            yield blocks.take();
            await setImmediate();
          }
        }
        read = end;
      }
      if (read !== size) {
        throw new PeregrineError("segmentDamaged", {
          detail: `The segment can be read up to byte ${read} of ${size}.`,
        });
      }
      yield blocks.take();
    },
    close: async () => void (await lines.return(undefined)),
  };
}
