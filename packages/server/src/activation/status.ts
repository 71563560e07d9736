import {
  isFinal,
  remedyOf,
  type SegmentNumbers,
  type SynchronizationStatus,
  synchronizationStatus,
} from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { StoredFailure } from "../store/index.ts";
import type { RunRecord } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { LoadedActivation } from "./activation-source.ts";
import type { AudienceChecks } from "./audiences.ts";
import { isDemanded } from "./demand.ts";
import { oldestUnsent } from "./oldest-unsent.ts";
import { countStanding, type StandingCounts } from "./standing.ts";
import { standingScope } from "./standing-scope.ts";

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

/** How an activation stands, audience by audience, as of what is published now. */
export async function activationStatus(
  dependencies: { readonly engine: Engine; readonly store: Store; readonly audiences: AudienceChecks },
  activation: Pick<LoadedActivation, "id" | "number" | "definition">,
): Promise<ActivationStatus> {
  const { engine, store, audiences } = dependencies;
  const links = await store.activationAudiences.of(activation.id);
  const run = await store.runs.latest(activation.id);
  const standing = await countStanding(engine, await standingScope(dependencies, activation, links));
  const checks = await audiences.standing(links.map(({ audienceId }) => audienceId));
  const names = new Map((await store.definitions.list("audience")).map(({ id, body }) => [id, body.name]));
  const holds = await store.removalHolds.active(activation.id);
  const undecided = new Set(
    holds.filter(({ state }) => state === "waiting").map(({ audienceId }) => audienceId),
  );
  const paused = activation.definition.state === "paused";
  const running = run === undefined || isFinal(run.state) ? undefined : run.state;
  const segments = standing.map((row): SegmentStatus => {
    const link = links.find(({ audienceId }) => audienceId === row.audience);
    const numbers = numbersOf(row);
    const check = checks.get(row.audience);
    const error = check?.error ?? link?.error ?? null;
    return {
      audienceId: row.audience,
      name: names.get(row.audience) ?? row.audience,
      status: synchronizationStatus({
        paused,
        running,
        failed: run?.state === "failed" || error !== null,
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
  const due = segments
    .filter(({ numbers }) => numbers.waiting + numbers.leaving.waiting > 0)
    .map(({ audienceId }) => audienceId);
  const oldestUnsentAt = await oldestUnsent(dependencies, activation.id, links, due);
  return {
    id: activation.id,
    name: activation.definition.name,
    paused,
    run: run ?? null,
    runAsked: !paused && (await isDemanded(store, activation.id)),
    oldestUnsentAt,
    segments,
  };
}
