import { setImmediate } from "node:timers/promises";
import { type ColumnProfile, profileColumn } from "@peregrine/core";
import type { SampleRows } from "../ingest/index.ts";

/** What the columns of a sample hold. Ten thousand values take some 50 ms of a processor; others are let in between the columns. */
export async function columnProfiles(
  { reading, columns, rows }: SampleRows,
  timeZone: string,
): Promise<ColumnProfile[]> {
  const options = { decimalComma: reading.delimiter === ";", timeZone, nested: reading.format !== "csv" };
  const found: ColumnProfile[] = [];
  for (const [index, path] of columns.entries()) {
    found.push(
      profileColumn(
        path,
        rows.map(({ cells }) => cells[index]),
        options,
      ),
    );
    await setImmediate();
  }
  return found;
}
