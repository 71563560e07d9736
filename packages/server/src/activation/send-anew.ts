import type { Engine } from "../engine/index.ts";
import type { Store } from "../store/index.ts";
import { type DeliveryScope, recordAllUnknown } from "./delivery-state.ts";

const DAY_MS = 24 * 3_600_000;
/** Before everything that the run's ledger writes. */
const SEQUENCE = 0;

type Counting = Pick<Store, "counters">;

function namesOf(activationId: string) {
  return {
    asked: `resync asked/${activationId}`,
    done: `resync done/${activationId}`,
    repaired: `repaired/${activationId}`,
  };
}

/** Asks that the next run says everything again: members, and removals of all who ever were in. */
export async function askForResync({ counters }: Counting, activationId: string): Promise<void> {
  await counters.draw(namesOf(activationId).asked);
}

/** Is today's slice still to be said again? @param everyDays in so many days everybody's turn comes; absent: never */
export async function isRepairDue(
  { counters }: Counting,
  activationId: string,
  everyDays: number | undefined,
  now: number,
): Promise<boolean> {
  return everyDays !== undefined && (await counters.get(namesOf(activationId).repaired)) < dayOf(now);
}

/**
 * At the beginning of a run, under its lease: what is held of people becomes unknown where it is to be said again, so
 * that the plan has them and every guarantee of a lost answer holds. It is noted afterwards: a worker that dies in
 * between does it twice.
 *
 * @param audiences whose segments the destination has
 */
export async function sendAnew(
  { engine, store, now }: { readonly engine: Engine; readonly store: Store; readonly now: number },
  scope: DeliveryScope,
  of: {
    readonly activationId: string;
    readonly audiences: readonly string[];
    readonly everyDays: number | undefined;
  },
): Promise<void> {
  const { counters } = store;
  const { activationId, audiences, everyDays } = of;
  const { asked, done, repaired } = namesOf(activationId);
  const wanted = await counters.get(asked);
  if (wanted > (await counters.get(done))) {
    await recordAllUnknown(engine, scope, audiences, SEQUENCE);
    await counters.set(done, wanted);
    return;
  }
  if (everyDays === undefined || !(await isRepairDue(store, activationId, everyDays, now))) return;
  const today = dayOf(now);
  await recordAllUnknown(engine, scope, audiences, SEQUENCE, { of: everyDays, slice: today % everyDays });
  await counters.set(repaired, today);
}

function dayOf(now: number): number {
  return Math.floor(now / DAY_MS);
}
