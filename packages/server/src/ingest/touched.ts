import type { ImportCounts, Touched } from "../store/index.ts";
import { catalogNumber } from "./mapping-sql.ts";
import type { RowsOf } from "./rows.ts";

/** What an import of refused rows alone changed. */
export const NOTHING_TOUCHED: Touched = { attributes: [], events: [], newProfiles: false };

/** More types than people would write rules for: then all are taken to be touched. */
const MOST_TYPES = 1_000;

/**
 * What an import's publication changes for rules; undefined: everything. An identifier that moves without a merge
 * takes nothing with it: what was known of its former owner stays there.
 */
export async function touchedBy(rowsOf: RowsOf, counts: ImportCounts): Promise<Touched | undefined> {
  // Two people have become one: any rule can find the one where it found neither.
  if (counts.merges > 0) return undefined;
  const { plan } = rowsOf;
  const { dataflow, schema } = plan.definition;
  const newProfiles = counts.newProfiles > 0;
  const events = schema.parent === "Interaction";
  if (dataflow.write === "overwrite") {
    // What it withdraws may have come by another mapping, so that more can be gone than has come; and where the
    // dataflow filled another schema before, of the other sort.
    return { attributes: "any", events: "any", newProfiles };
  }
  if (schema.parent === "Catalog") return NOTHING_TOUCHED;
  return {
    attributes: events ? [] : plan.mapping.targets.map(({ column }) => catalogNumber(plan, column)),
    events: events ? await typesOf(rowsOf) : [],
    newProfiles,
  };
}

async function typesOf({ engine, tables }: RowsOf): Promise<readonly string[] | "any"> {
  const [row] = await engine.query<{ readonly types: readonly string[] }>(
    `SELECT arraySort(groupUniqArray(${MOST_TYPES + 1})(toString(type))) AS types FROM ${tables.mapped}
    WHERE outcome = 'event'`,
  );
  const types = row?.types ?? [];
  return types.length > MOST_TYPES ? "any" : types;
}
