import type { Clock } from "@peregrine/core";
import type { Store } from "../store/index.ts";

/** What came to nothing can be run again with a mapping that was mended; so long, and so much of it, is kept. */
const FILE_KEPT_OF = ["refused", "failed", "validated"] as const;
const FILE_KEPT_MS = 7 * 24 * 3_600_000;
const MOST_FILES_KEPT = 100;
const MOST_BYTES_KEPT = 2 * 1024 ** 3;

/**
 * Imports whose files are still wanted, by their numbers: those that have not ended, and the latest that came to
 * nothing.
 */
export async function keptFiles({ imports }: Store, clock: Clock): Promise<number[]> {
  const unfinished = await imports.unfinished();
  const ended = await imports.endedSince(FILE_KEPT_OF, clock.now() - FILE_KEPT_MS, MOST_FILES_KEPT);
  const room = { left: MOST_BYTES_KEPT };
  const kept = ended.filter(({ size, error }) => {
    // A full disk gets its room back; the file is sent again when there is some.
    if (error?.code === "diskFull") return false;
    room.left -= size;
    return room.left >= 0;
  });
  return [...unfinished, ...kept].map(({ id }) => id);
}
