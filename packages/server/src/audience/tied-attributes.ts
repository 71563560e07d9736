import { type ResolvedRule, readsOf } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";

/**
 * Which of the attributes that rules read have rows with a tie-break, by catalog number. Rows that nobody sees yet count
 * too: one too many makes a statement slower, never wrong.
 */
export async function tiedAttributes(
  engine: Engine,
  rules: readonly ResolvedRule[],
): Promise<ReadonlySet<number>> {
  const read = [...new Set(rules.flatMap((rule) => readsOf(rule).attributes))];
  if (read.length === 0) return new Set();
  const rows = await engine.query<{ readonly attribute: number }>(
    "SELECT DISTINCT attribute FROM attribute WHERE attribute IN {ti_attributes:Array(UInt32)} AND tie != ''",
    { ti_attributes: read },
  );
  return new Set(rows.map(({ attribute }) => attribute));
}
