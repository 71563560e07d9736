import type { Store } from "../store/index.ts";

function nameOf(activationId: string): string {
  return `demand/${activationId}`;
}

/**
 * Counts what people asked of an activation that no data and no definition shows: sending somebody again, approving
 * removals. A run notes the number that it saw, so that what is asked meanwhile is not taken for done.
 */
export async function demand(store: Pick<Store, "counters">, activationId: string): Promise<void> {
  await store.counters.draw(nameOf(activationId));
}

export async function demandOf(store: Pick<Store, "counters">, activationId: string): Promise<number> {
  return store.counters.get(nameOf(activationId));
}
