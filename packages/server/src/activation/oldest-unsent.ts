import type { ActivationAudience } from "../store/activation-audiences.ts";
import type { RunRecord } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { AudienceChecks } from "./audiences.ts";
import { countsOf } from "./run-counts.ts";

interface Dependencies {
  readonly store: Store;
  readonly audiences: Pick<AudienceChecks, "standing" | "firstChanges">;
}

/** An activation whose oldest change is asked for. */
export interface MayWait {
  readonly id: string;
  readonly links: readonly ActivationAudience[];
  /**
   * Audiences of which people are to be sent, where they were counted. Without it nobody is counted: a change of
   * somebody without a person identifier counts until the next run has looked.
   */
  readonly due?: readonly string[] | undefined;
}

/** What is known of an activation in which something may wait. */
interface Known extends Omit<MayWait, "links"> {
  readonly asked: readonly ActivationAudience[];
  readonly done: RunRecord | undefined;
}

/**
 * Since when the oldest change of each activation that is to be sent has been waiting. The last run that ended well has
 * sent all that was due then, so it is the first evaluation after it that changed one of the audiences, or the
 * instant at which a newer audience was attached. The engine is asked only where the control plane says that an
 * audience changed, once for all, and then for one column of these audiences' memberships.
 *
 * @returns ms UTC, by activation; those in which nothing waits have no entry
 */
export async function oldestUnsent(
  dependencies: Dependencies,
  activations: readonly MayWait[],
): Promise<ReadonlyMap<string, number>> {
  const { store } = dependencies;
  const asking = activations
    .map((one) => ({ ...one, asked: askedOf(one) }))
    .filter(({ asked }) => asked.length > 0);
  const done = await store.runs.lastDoneOfEach(asking.map(({ id }) => id));
  const known = asking.map(({ id, asked, due }): Known => ({ id, asked, due, done: done.get(id) }));
  const changes = await changedSince(dependencies, known);
  const calm = known.filter(({ id, due }) => due === undefined && !changes.has(id));
  const latest = await store.runs.latestOfEach(calm.map(({ id }) => id));
  const oldest = new Map<string, number>();
  for (const one of known) {
    const since = changes.get(one.id) ?? new Map<string, number>();
    const found = [...since.values()];
    if (isOtherwise(one, since, latest.get(one.id))) {
      found.push(...(await otherCauses(store, one.id, one.done)));
    }
    if (found.length > 0) oldest.set(one.id, Math.min(...found));
  }
  return oldest;
}

function askedOf({ links, due }: MayWait): ActivationAudience[] {
  return links.filter(({ audienceId, status }) =>
    due === undefined ? status === "linked" : due.includes(audienceId),
  );
}

/** By activation and audience, when it changed for the first time since the run, or was attached after it. */
async function changedSince(
  { store, audiences }: Dependencies,
  known: readonly Known[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const standing = await audiences.standing([
    ...new Set(known.flatMap(({ asked }) => asked.map(({ audienceId }) => audienceId))),
  ]);
  const changed = known.flatMap(({ asked, done }) =>
    asked.flatMap((link) => {
      const { changedBy = 0 } = standing.get(link.audienceId) ?? {};
      const isNew = link.attachedAt > (done?.startedAt ?? 0);
      if (changedBy <= (isNew ? 0 : (countsOf(done).publication ?? 0))) return [];
      return [{ link, isNew, audience: link.audienceId, after: isNew ? 0 : (done?.sequence ?? 0) }];
    }),
  );
  const changes = await audiences.firstChanges(changed.map(({ audience, after }) => ({ audience, after })));
  const first = new Map(changes.map((one) => [`${one.after} ${one.audience}`, one.first]));
  const instants = await store.operations.publishedAt([...new Set(first.values())]);
  const since = new Map<string, Map<string, number>>();
  for (const { link, isNew, audience, after } of changed) {
    const at = instants.get(first.get(`${after} ${audience}`) ?? 0);
    if (at === undefined) continue;
    const own = since.get(link.activationId) ?? new Map<string, number>();
    since.set(link.activationId, own.set(audience, isNew ? Math.max(at, link.attachedAt) : at));
  }
  return since;
}

/** Is something to be sent that no evaluation explains? @param latest the last run, where nobody was counted */
function isOtherwise(
  { asked, due, done }: Known,
  since: ReadonlyMap<string, number>,
  latest: RunRecord | undefined,
): boolean {
  if (due !== undefined) return asked.some(({ audienceId }) => !since.has(audienceId));
  if (since.size > 0) return false;
  const { unsent = 0, unknown = 0 } = countsOf(latest);
  return latest?.id !== done?.id && latest?.state !== "done" && unsent + unknown > 0;
}

/**
 * When something else happened for the first time after the run: people got an identifier or are to be deleted, which
 * comes with data; the activation was changed; a resync or a lost segment had people sent again, which the next run
 * begins with.
 */
async function otherCauses(
  store: Store,
  activationId: string,
  done: RunRecord | undefined,
): Promise<number[]> {
  const [data, changed, run] = await Promise.all([
    store.operations.firstDataAfter(countsOf(done).publication ?? 0),
    store.definitions.firstChangeAfter("activation", activationId, done?.startedAt ?? 0),
    store.runs.firstAfter(activationId, done?.id ?? 0),
  ]);
  const causes = [data, changed, run?.startedAt].filter((at) => at !== undefined);
  const end = done?.finishedAt ?? null;
  return causes.length > 0 || end === null ? causes : [end];
}
