import type { ActivationAudience } from "../store/activation-audiences.ts";
import type { RunRecord } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { AudienceChecks } from "./audiences.ts";
import { countsOf } from "./run-counts.ts";

interface Dependencies {
  readonly store: Store;
  readonly audiences: Pick<AudienceChecks, "standing" | "firstChanges">;
}

/**
 * Since when the oldest change of an activation that is to be sent has been waiting. The last run that ended well has
 * sent all that was due then, so it is the first evaluation after it that changed one of the audiences, or the
 * instant at which a newer audience was attached. The engine is asked only where the control plane says that an
 * audience changed, and then for one column of that audience's memberships.
 *
 * @param due audiences of which people are to be sent, where they were counted. Without it nobody is counted: a change
 *   of somebody without a person identifier counts until the next run has looked
 * @returns ms UTC; null: nothing waits
 */
export async function oldestUnsent(
  dependencies: Dependencies,
  activationId: string,
  links: readonly ActivationAudience[],
  due?: readonly string[],
): Promise<number | null> {
  const { store } = dependencies;
  const asked = links.filter(({ audienceId, status }) =>
    due === undefined ? status === "linked" : due.includes(audienceId),
  );
  if (asked.length === 0) return null;
  const done = await store.runs.lastDone(activationId);
  const since = await changedSince(dependencies, asked, done);
  const found = [...since.values()];
  if (await isOtherwise(store, activationId, { asked, since, done, due })) {
    found.push(...(await otherCauses(store, activationId, done)));
  }
  return found.length === 0 ? null : Math.min(...found);
}

/** By audience, when it changed for the first time since the run, or was attached after it. */
async function changedSince(
  { store, audiences }: Dependencies,
  links: readonly ActivationAudience[],
  done: RunRecord | undefined,
): Promise<ReadonlyMap<string, number>> {
  const { publication = 0 } = countsOf(done);
  const standing = await audiences.standing(links.map(({ audienceId }) => audienceId));
  const isNew = ({ attachedAt }: ActivationAudience) => attachedAt > (done?.startedAt ?? 0);
  const changed = links.filter((link) => {
    const { changedBy = 0 } = standing.get(link.audienceId) ?? {};
    return changedBy > (isNew(link) ? 0 : publication);
  });
  const first = await audiences.firstChanges(
    new Map(changed.map((link) => [link.audienceId, isNew(link) ? 0 : (done?.sequence ?? 0)])),
  );
  const instants = await store.operations.publishedAt([...new Set(first.values())]);
  return new Map(
    changed.flatMap((link) => {
      const at = instants.get(first.get(link.audienceId) ?? 0);
      if (at === undefined) return [];
      return [[link.audienceId, isNew(link) ? Math.max(at, link.attachedAt) : at] as const];
    }),
  );
}

/** Is something to be sent that no evaluation explains? */
async function isOtherwise(
  store: Store,
  activationId: string,
  {
    asked,
    since,
    done,
    due,
  }: {
    readonly asked: readonly ActivationAudience[];
    readonly since: ReadonlyMap<string, number>;
    readonly done: RunRecord | undefined;
    readonly due: readonly string[] | undefined;
  },
): Promise<boolean> {
  if (due !== undefined) return asked.some(({ audienceId }) => !since.has(audienceId));
  if (since.size > 0) return false;
  const latest = await store.runs.latest(activationId);
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
