import { isFinal } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { RunRecord, Store } from "../store/index.ts";
import { settleIntents } from "./delivery-state.ts";
import { countsOf } from "./run-counts.ts";

/** As long as requests are kept: a plan says which people a request was about. */
export const KEPT_MS = 14 * 24 * 3_600_000;
const SWEPT = "plans swept";

/** Forgets the plans of runs that ended 14 days ago. May be repeated, and happen twice at once. */
export async function sweepPlans(
  { store, engine }: { readonly store: Store; readonly engine: Engine },
  now: number,
): Promise<void> {
  const row = await store.db
    .selectFrom("run")
    .select((eb) => eb.fn.max("id").as("id"))
    .where("finished_at", "<", now - KEPT_MS)
    .executeTakeFirst();
  const upTo = row?.id ?? 0;
  if (upTo <= (await store.counters.get(SWEPT))) return;
  // Of a run that died and was never taken over, the plan says whose answers are missing.
  await settleIntents(engine, { upToRun: upTo });
  await engine.command(`ALTER TABLE delivery_intent DELETE WHERE run <= {run:UInt64}`, { run: upTo });
  await engine.command(`ALTER TABLE plan_change DELETE WHERE run <= {run:UInt64}`, { run: upTo });
  await store.counters.set(SWEPT, upTo);
}

/** A run that found nothing to do. */
export function wasIdle(run: RunRecord): boolean {
  const { planned, requests } = countsOf(run);
  return run.state === "done" && planned === 0 && requests === 0;
}

/**
 * An activation is run every minute and mostly finds nothing to do: of such runs in a row the last one is kept.
 * @param before the activation's run before `run`
 */
export async function dropIdle(store: Store, before: RunRecord | undefined, run: RunRecord): Promise<void> {
  if (before === undefined || before.id === run.id || !isFinal(before.state)) return;
  if (!wasIdle(before) || !wasIdle(run)) return;
  await store.db.deleteFrom("run").where("id", "=", before.id).execute();
}
