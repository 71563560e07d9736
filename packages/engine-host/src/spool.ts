import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * Writes data to a file that only this process names, gives its path to `use`, and removes it.
 *
 * Measured with 542 k CSV lines (57 MB): 0.24 s to 0.77 s by `FROM INFILE`, where the engine parses in parallel and
 * reads in blocks, against 1.07 s by handing the bytes to the session, which must hold all of them in memory and must
 * be cut at record ends. A single row takes 2 ms longer (9 ms against 7 ms), which grouping pays for.
 */
export async function spooled<Result>(
  folder: string,
  name: string,
  data: AsyncIterable<Uint8Array>,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const path = join(folder, name);
  try {
    await pipeline(Readable.from(data, { objectMode: false }), createWriteStream(path, { mode: 0o600 }));
    return await use(path);
  } finally {
    await rm(path, { force: true });
  }
}
