import type { KindHooks } from "../definition/index.ts";
import { current, type Engine, eventTable, type Snapshot, views } from "../engine/index.ts";
import { type Store, withdrawAll } from "../store/index.ts";

/** What the deletion of a dataflow takes out of profiles. */
export interface Withdrawal {
  readonly people: number;
  /** Values of attributes, each of one person. */
  readonly attributes: number;
  readonly events: number;
  /** Catalog numbers of the attributes, and types of the events. */
  readonly names: { readonly attributes: readonly number[]; readonly events: readonly string[] };
}

/** Counts what of a dataflow's data counts now. @param schemas numbers of the Interaction schemas that it has filled */
export async function countWithdrawal(
  engine: Engine,
  snapshot: Snapshot,
  dataflow: number,
  schemas: readonly number[],
): Promise<Withdrawal> {
  const view = views(snapshot, {});
  const seen = current(snapshot);
  const parameters = { ...view.parameters, ...seen.parameters, dataflow };
  const own = `dataflow = {dataflow:UInt32} AND ${seen.sql}`;
  const canonical = (table: string, columns: string) =>
    `(SELECT if(m.new = 0, t.profile, m.new) AS profile, ${columns} FROM (SELECT profile, ${columns} FROM ${table} WHERE ${own}) AS t
      LEFT ANY JOIN merge_view AS m ON m.old = t.profile)`;
  const [attributes] = await engine.query<{ rows: number; names: number[] }>(
    `${view.sql} SELECT uniqExact(profile, attribute) AS rows, arraySort(groupUniqArray(attribute)) AS names
    FROM ${canonical("attribute", "attribute")}`,
    parameters,
  );
  const events: { rows: number; types: string[] }[] = [];
  for (const schema of schemas) {
    events.push(
      ...(await engine.query<{ rows: number; types: string[] }>(
        `SELECT count() AS rows, arraySort(groupUniqArray(toString(type))) AS types FROM ${eventTable(schema)} WHERE ${own}`,
        parameters,
      )),
    );
  }
  const sources = [
    canonical("attribute", "op"),
    ...schemas.map((schema) => canonical(eventTable(schema), "op")),
  ];
  const [people] = await engine.query<{ people: number }>(
    `${view.sql} SELECT uniqExact(profile) AS people FROM (${sources.map((source) => `SELECT profile FROM ${source}`).join(" UNION ALL ")})`,
    parameters,
  );
  return {
    people: people?.people ?? 0,
    attributes: attributes?.rows ?? 0,
    events: events.reduce((sum, { rows }) => sum + rows, 0),
    names: {
      attributes: attributes?.names ?? [],
      events: [...new Set(events.flatMap(({ types }) => types))],
    },
  };
}

/**
 * What a deletion of a dataflow does to its data, in the same transaction: all that it has brought stops to count.
 * Profiles and what links them stay.
 */
export function withdrawingHooks(store: Store, changed: () => void): KindHooks<"dataflow"> {
  return {
    async write({ action, body, number }, transaction) {
      if (action !== "deleted") return;
      const latest = await store.imports.with(transaction).latestNumber(number);
      if (latest === 0) return;
      await withdrawAll(transaction, number, latest);
      await store.operations.publishWithin(transaction, "deletion", `dataflow ${body.id}`, {
        attributes: "any",
        events: "any",
        newProfiles: false,
      });
    },
    written: () => changed(),
  };
}
