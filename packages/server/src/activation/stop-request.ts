import type { Store } from "../store/index.ts";

/** So late at most a run on another server hears of it, in ms; at each look it reads one number of the control plane. */
const LOOK_EVERY_MS = 250;

type Counters = Pick<Store, "counters">;

function nameOf(activationId: string): string {
  return `stop/${activationId}`;
}

/** Asks all runs of an activation that have begun by now to end, on whatever server they are. */
export async function askToStop(store: Counters, activationId: string): Promise<void> {
  await store.counters.draw(nameOf(activationId));
}

/** What has been asked so far: to be read before anything else that a run goes by. */
export async function stopsAsked(store: Counters, activationId: string): Promise<number> {
  return store.counters.get(nameOf(activationId));
}

/**
 * Looks until `ended` whether anybody asks for more than `heard`, and calls `stop` then. A control plane that can't be
 * reached asks for nothing: the lease of the run goes by the same.
 */
export function heedStops(
  store: Counters,
  activationId: string,
  {
    heard,
    stop,
    ended,
  }: { readonly heard: number; readonly stop: () => void; readonly ended: Promise<unknown> },
): void {
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    try {
      if ((await stopsAsked(store, activationId)) > heard) stop();
    } catch {
      // Asked again at the next look.
    } finally {
      looking = false;
    }
  }, LOOK_EVERY_MS);
  timer.unref();
  void ended.finally(() => clearInterval(timer));
}
