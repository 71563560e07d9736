import type { Store } from "../store/index.ts";

type Counters = Pick<Store, "counters">;

function namesOf(activationId: string) {
  return { asked: `demand/${activationId}`, heard: `demand heard/${activationId}` };
}

/**
 * Counts what people ask of an activation that no data and no definition shows: one more run, sending somebody again,
 * approving removals. However much is asked while a run is under way, one more run answers it.
 */
export async function demand({ counters }: Counters, activationId: string): Promise<void> {
  await counters.draw(namesOf(activationId).asked);
}

/** How much was asked so far: to be read before anything else that a run goes by. */
export async function demandsOf({ counters }: Counters, activationId: string): Promise<number> {
  return counters.get(namesOf(activationId).asked);
}

/** Notes what a run answers, so that what is asked while it is under way is not taken for done. */
export async function hearDemands(
  { counters }: Counters,
  activationId: string,
  demands: number,
): Promise<void> {
  await counters.set(namesOf(activationId).heard, demands);
}

/** Was anything asked that no run has heard of? */
export async function isDemanded(store: Counters, activationId: string): Promise<boolean> {
  return (await demanded(store, [activationId])).has(activationId);
}

/** The activations of which something was asked that no run has heard of. */
export async function demanded(
  { counters }: Counters,
  activationIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const values = await counters.values(
    activationIds.flatMap((id) => {
      const { asked, heard } = namesOf(id);
      return [asked, heard];
    }),
  );
  const isOpen = (id: string) => {
    const { asked, heard } = namesOf(id);
    return (values.get(asked) ?? 0) > (values.get(heard) ?? 0);
  };
  return new Set(activationIds.filter(isOpen));
}
