import type { RemovalGuard, StaleSource } from "@peregrine/core";
import type { Store } from "../store/index.ts";

/** What rules read, of the last evaluation of an audience. */
interface Reads {
  readonly attributes: readonly number[];
  readonly events: readonly string[];
}

const HOUR_MS = 3_600_000;

/**
 * The dataflows that feed audiences' rules and whose rows may be missing, by audience; those without have no entry.
 * A dataflow feeds a rule that reads a column of its schema; one of interactions feeds every rule about events, since
 * the type of an event may stand in its rows.
 *
 * @param now ms UTC
 */
export async function staleSources(
  store: Store,
  audienceIds: readonly string[],
  guard: RemovalGuard,
  now: number,
): Promise<ReadonlyMap<string, readonly StaleSource[]>> {
  const { definitions, audienceChecks } = store;
  const [checks, columns, schemas, dataflows] = await Promise.all([
    audienceChecks.of(audienceIds),
    definitions.columns(),
    definitions.list("schema"),
    definitions.list("dataflow"),
  ]);
  const schemaOf = new Map(columns.map(({ number, schemaId }) => [number, schemaId]));
  const interactions = new Set(
    schemas.filter(({ body }) => body.parent === "Interaction").map(({ id }) => id),
  );
  const feeds = (schema: string, { attributes, events }: Reads) =>
    attributes.some((number) => schemaOf.get(number) === schema) ||
    (events.length > 0 && interactions.has(schema));
  const active = dataflows.filter(({ body }) => body.state === "active");
  const staleness = new Map<string, Promise<StaleSource | undefined>>();
  const stale = new Map<string, readonly StaleSource[]>();
  for (const [id, { evaluation }] of checks) {
    if (evaluation === null) continue;
    const sources: StaleSource[] = [];
    for (const { id: dataflow, number, body } of active) {
      if (!feeds(body.schema, evaluation.reads)) continue;
      const known = staleness.get(dataflow) ?? staleSource(store, { dataflow, number }, guard, now);
      staleness.set(dataflow, known);
      const source = await known;
      if (source !== undefined) sources.push(source);
    }
    if (sources.length > 0) stale.set(id, sources);
  }
  return stale;
}

async function staleSource(
  { imports }: Store,
  { dataflow, number }: { readonly dataflow: string; readonly number: number },
  guard: RemovalGuard,
  now: number,
): Promise<StaleSource | undefined> {
  const { failed, takenInAt } = await imports.lastEnded(number);
  if (failed !== null && guard.failedImports === "hold") {
    return { why: "failed", dataflow, import: failed.id, at: failed.finishedAt ?? failed.createdAt };
  }
  const hours = guard.staleAfterHours;
  // A dataflow that never brought anything brought nobody who could be missing.
  if (hours === undefined || takenInAt === null || now - takenInAt <= hours * HOUR_MS) return undefined;
  return { why: "old", dataflow, publishedAt: takenInAt, hours };
}
