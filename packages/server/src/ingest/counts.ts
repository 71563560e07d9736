import { FORGOTTEN } from "@peregrine/core";
import type { RowsOf } from "./rows.ts";

/** How the rows that could be read came out. */
export interface Outcomes {
  readonly rows: number;
  readonly personRows: number;
  readonly events: number;
  readonly leftOut: number;
  /** By the mapping. */
  readonly refused: number;
  /** Different lists of identifiers, estimated to within some per cent. */
  readonly tuples: number;
}

/** What the mapping alone decided. */
export async function countMapped({ engine, tables }: RowsOf): Promise<Outcomes> {
  const [counted] = await engine.query<Outcomes>(
    `SELECT count() AS rows, countIf(outcome = 'person') AS personRows, countIf(outcome = 'event') AS events,
      countIf(outcome = 'leftOut') AS leftOut, countIf(outcome = 'refused') AS refused,
      uniqCombined(tuple) AS tuples
    FROM ${tables.mapped}`,
  );
  if (counted === undefined) throw new Error("a count is one row");
  return counted;
}

/** What the resolver decided. */
export interface Resolved {
  readonly noIdentifier: number;
  readonly refused: number;
  /** Of those that are refused, rows about people who were deleted. */
  readonly forgotten: number;
}

/** What the resolver decided for rows that the mapping let through. */
export async function countResolved(
  { engine, tables }: RowsOf,
  resolved: { readonly assignmentTable: string; readonly refusedTable: string },
): Promise<Resolved> {
  const [counted] = await engine.query<Resolved>(
    `SELECT countIf(tuple IN (SELECT tuple FROM ${resolved.assignmentTable} WHERE profile = 0)) AS noIdentifier,
      countIf(tuple IN (SELECT tuple FROM ${resolved.refusedTable})) AS refused,
      countIf(tuple IN (SELECT tuple FROM ${resolved.refusedTable} WHERE reason = {forgotten:String})) AS forgotten
    FROM ${tables.mapped} WHERE outcome IN ('person', 'event')`,
    { forgotten: FORGOTTEN },
  );
  if (counted === undefined) throw new Error("a count is one row");
  return counted;
}
