import {
  isFinal,
  remedyOf,
  type SegmentNumbers,
  type SynchronizationStatus,
  synchronizationStatus,
} from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { ActivationAudience } from "../store/activation-audiences.ts";
import type { RemovalHold, StoredFailure } from "../store/index.ts";
import type { RunRecord } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { LoadedActivation } from "./activation-source.ts";
import type { AudienceChecks, AudienceStanding } from "./audiences.ts";
import { demanded } from "./demand.ts";
import { oldestUnsent } from "./oldest-unsent.ts";
import { countStandingOfEach, type StandingCounts } from "./standing.ts";
import { standingScopes } from "./standing-scope.ts";

/** One audience in an activation; instants in ms UTC, null before the first one. */
export interface SegmentStatus {
  readonly audienceId: string;
  readonly name: string;
  readonly status: SynchronizationStatus;
  /** Taken off the activation: people are being taken out. */
  readonly takingOut: boolean;
  readonly lastSynchronizedAt: number | null;
  readonly lastCheckedAt: number | null;
  readonly numbers: SegmentNumbers;
  /** Why it is not as it should be, and what to do: of its rule first, else of the destination. */
  readonly error: { readonly code: string; readonly detail: string; readonly remedy: string } | null;
}

export interface ActivationStatus {
  readonly id: string;
  readonly name: string;
  readonly paused: boolean;
  /** The run that is under way, or the last one. */
  readonly run: RunRecord | null;
  /** The last run that failed, until one has ended well: also while it is tried again. */
  readonly lastFailure: RunRecord | null;
  /** One more run was asked for and has not begun. */
  readonly runAsked: boolean;
  /** Since when the oldest change that is to be sent has been waiting, ms UTC; null: nothing waits. */
  readonly oldestUnsentAt: number | null;
  readonly segments: readonly SegmentStatus[];
}

function numbersOf(row: StandingCounts): SegmentNumbers {
  return {
    size: row.size,
    accepted: row.accepted,
    waiting: row.waiting,
    refused: row.refused,
    withoutIdentifier: row.size - row.withIdentifier - row.suppressed,
    suppressed: row.suppressed,
    leaving: { waiting: row.leavingWaiting, refused: row.leavingRefused, held: row.leavingHeld },
  };
}

/** A rule's faults are told one by one: each says what stands there and what could. */
function shownError({ code, detail, faults }: StoredFailure): NonNullable<SegmentStatus["error"]> {
  const told = faults.map(({ path, message, remedy }) => [path, message, remedy].filter(Boolean).join(": "));
  return { code, detail: [detail, ...told].join(" "), remedy: remedyOf(code) };
}

interface Dependencies {
  readonly engine: Engine;
  readonly store: Store;
  readonly audiences: AudienceChecks;
}

type Asked = Pick<LoadedActivation, "id" | "number" | "definition">;

/** How an activation stands, audience by audience, as of what is published now. */
export async function activationStatus(
  dependencies: Dependencies,
  activation: Asked,
): Promise<ActivationStatus> {
  return statusOf(activation, await factsOf(dependencies, [activation]));
}

/** The same of several, in their order. How often the stores are asked doesn't go with how many they are. */
export async function activationStatuses(
  dependencies: Dependencies,
  activations: readonly Asked[],
): Promise<ActivationStatus[]> {
  const facts = await factsOf(dependencies, activations);
  return activations.map((activation) => statusOf(activation, facts));
}

/** What is known of activations: by their ids, or their numbers where people are counted. */
interface Facts {
  readonly links: ReadonlyMap<string, readonly ActivationAudience[]>;
  readonly runs: ReadonlyMap<string, RunRecord>;
  readonly outcomes: ReadonlyMap<string, RunRecord>;
  readonly holds: ReadonlyMap<string, readonly RemovalHold[]>;
  readonly counts: ReadonlyMap<number, readonly StandingCounts[]>;
  readonly checks: ReadonlyMap<string, AudienceStanding>;
  readonly names: ReadonlyMap<string, string>;
  readonly oldest: ReadonlyMap<string, number>;
  readonly demanded: ReadonlySet<string>;
}

async function factsOf(dependencies: Dependencies, activations: readonly Asked[]): Promise<Facts> {
  const { engine, store, audiences } = dependencies;
  const ids = activations.map(({ id }) => id);
  const links = await store.activationAudiences.ofEach(ids);
  const runs = await store.runs.latestOfEach(ids);
  const outcomes = await store.runs.lastOutcomeOfEach(ids);
  const holds = await store.removalHolds.activeOfEach(ids);
  const carried = [...links.values()].flat().map(({ audienceId }) => audienceId);
  const checks = await audiences.standing([...new Set(carried)]);
  const carrying = activations.map((one) => ({ ...one, links: links.get(one.id) ?? [] }));
  const sizeOf = (audienceId: string) => checks.get(audienceId)?.size ?? 0;
  const counts = new Map<number, readonly StandingCounts[]>();
  for (const scopes of await standingScopes(dependencies, carrying, holds, sizeOf)) {
    for (const [number, counted] of await countStandingOfEach(engine, scopes)) counts.set(number, counted);
  }
  const due = (number: number) =>
    (counts.get(number) ?? [])
      .filter(({ waiting, leavingWaiting }) => waiting + leavingWaiting > 0)
      .map(({ audience }) => audience);
  return {
    links,
    runs,
    outcomes,
    holds,
    counts,
    checks,
    names: new Map((await store.definitions.list("audience")).map(({ id, body }) => [id, body.name])),
    oldest: await oldestUnsent(
      dependencies,
      carrying.map(({ id, number, links: own }) => ({ id, links: own, due: due(number) })),
    ),
    demanded: await demanded(store, ids),
  };
}

function statusOf({ id, number, definition }: Asked, facts: Facts): ActivationStatus {
  const links = facts.links.get(id) ?? [];
  const run = facts.runs.get(id);
  const outcome = facts.outcomes.get(id);
  // Without an audience nothing is tried again, and nothing waits for it.
  const lastFailure = outcome?.state === "failed" && links.length > 0 ? outcome : null;
  const undecided = new Set(
    (facts.holds.get(id) ?? [])
      .filter(({ state }) => state === "waiting")
      .map(({ audienceId }) => audienceId),
  );
  const paused = definition.state === "paused";
  const running = run === undefined || isFinal(run.state) ? undefined : run.state;
  const segments = (facts.counts.get(number) ?? []).map((row): SegmentStatus => {
    const link = links.find(({ audienceId }) => audienceId === row.audience);
    const numbers = numbersOf(row);
    const check = facts.checks.get(row.audience);
    const error = check?.error ?? link?.error ?? null;
    return {
      audienceId: row.audience,
      name: facts.names.get(row.audience) ?? row.audience,
      status: synchronizationStatus({
        paused,
        running,
        failed: lastFailure !== null || error !== null,
        synchronizedOnce: (link?.lastSynchronizedAt ?? null) !== null,
        due: numbers.waiting + numbers.leaving.waiting,
        refused: numbers.refused + numbers.leaving.refused,
        // Who is left in by decision waits for nobody.
        held: undecided.has(row.audience) ? numbers.leaving.held : 0,
      }),
      takingOut: link?.status === "takingOut",
      lastSynchronizedAt: link?.lastSynchronizedAt ?? null,
      lastCheckedAt: check?.checkedAt ?? null,
      numbers,
      error: error && shownError(error),
    };
  });
  return {
    id,
    name: definition.name,
    paused,
    run: run ?? null,
    lastFailure,
    runAsked: !paused && facts.demanded.has(id),
    oldestUnsentAt: facts.oldest.get(id) ?? null,
    segments,
  };
}
