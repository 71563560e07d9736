import { createHash } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { StreamRepeat } from "../../store/index.ts";
import { syncFolder } from "../sync-folder.ts";
import type { OpenSegment, SealedSegment } from "./lane.ts";
import { type LaneKey, linesOf, readDelivery, readHeader, SegmentFile } from "./segment.ts";

/** What an earlier process has left. */
export interface Leftovers {
  /** Complete, in the order in which they were begun; some have an import already. */
  readonly sealed: readonly SealedSegment[];
  /** Snapshots that go on. */
  readonly snapshots: readonly {
    readonly lane: LaneKey;
    readonly open: OpenSegment;
    /** Ms UTC. */
    readonly touchedAt: number;
  }[];
}

/**
 * Brings the folder in order: what was being written when the process died is cut off behind its last whole delivery,
 * which is the last that anybody was told of; then it is sealed. Open snapshots stay open.
 */
export async function recoverSegments(folder: string): Promise<Leftovers> {
  const names = (await readdir(folder)).sort();
  const sealed: SealedSegment[] = [];
  const snapshots: Leftovers["snapshots"][number][] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (name.endsWith(".sealed")) {
      const found = await scan(path);
      if (found.lane !== undefined) sealed.push(sealedOf(name, found.lane, found));
    }
    if (!name.endsWith(".open")) continue;
    const found = await scan(path);
    // Without its first line on the disk nobody was told of any row in it.
    if (found.lane === undefined || (found.rows === 0 && found.lane.source !== "snapshot")) {
      await rm(path);
      continue;
    }
    const touchedAt = (await stat(path)).mtimeMs;
    const file = await SegmentFile.reopen(path, name, found.size);
    if (found.lane.source === "snapshot") {
      snapshots.push({ lane: found.lane, open: { ...found, file }, touchedAt });
      continue;
    }
    await file.close();
    const final = name.replace(/\.open$/, ".sealed");
    await rename(path, join(folder, final));
    sealed.push(sealedOf(final, found.lane, found));
  }
  await syncFolder(folder);
  return { sealed, snapshots };
}

interface Scanned extends Omit<OpenSegment, "file"> {
  readonly lane: LaneKey | undefined;
  readonly size: number;
}

function sealedOf(name: string, lane: LaneKey, { size, hash, repeats }: Scanned): SealedSegment {
  return { name, lane, size, sha256: hash.digest("hex"), repeats };
}

async function scan(path: string): Promise<Scanned> {
  const hash = createHash("sha256");
  const repeats: StreamRepeat[] = [];
  let lane: LaneKey | undefined;
  let rows = 0;
  let size = 0;
  for await (const { whole, content, end } of linesOf(path)) {
    if (size === 0) {
      lane = readHeader(content);
      if (lane === undefined) break;
    } else {
      const delivery = readDelivery(content);
      rows += delivery.rows;
      if (delivery.repeat !== null) repeats.push(delivery.repeat);
    }
    hash.update(whole).update("\n");
    size = end;
  }
  return { lane, rows, size, hash, repeats };
}
