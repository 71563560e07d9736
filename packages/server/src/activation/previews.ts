import {
  type Clock,
  DEFAULT_GUARD,
  type HoldReason,
  holdSentence,
  type PlanTimes,
  type RemovalGuard,
} from "@peregrine/core";
import { RULE_SETTINGS } from "../audience/index.ts";
import type { Engine } from "../engine/index.ts";
import type { RemovalHold, Store } from "../store/index.ts";
import type { LoadedActivation } from "./activation-source.ts";
import type { AudienceChecks } from "./audiences.ts";
import { blockOf } from "./held-people.ts";
import { memoryOf } from "./link.ts";
import { dueSql, PARTS } from "./plan.ts";
import { Guard, type Judged } from "./removal-guard.ts";
import { countsOf } from "./run-counts.ts";
import type { DeliveryPolicy } from "./run-dependencies.ts";
import type { StandingScope } from "./standing.ts";

/** Some people, and how many they are. */
export interface Previewed {
  readonly count: number;
  /** The first of them by person id. */
  readonly people: readonly string[];
}

/** What a run would do to one segment. */
export interface PreviewedSegment {
  readonly audienceId: string;
  readonly audienceName: string;
  /** The audience was taken off: everybody goes. */
  readonly takingOut: boolean;
  readonly size: number;
  readonly withoutIdentifier: number;
  readonly joins: Previewed;
  readonly leaves: Previewed;
  /** Would not be taken out before somebody approves. */
  readonly held: Previewed & {
    readonly reasons: readonly (Pick<HoldReason, "kind"> & { readonly sentence: string })[];
  };
}

export interface RunPreview {
  /** ms UTC */
  readonly asOf: number;
  readonly joins: number;
  readonly leaves: number;
  readonly held: number;
  readonly segments: readonly PreviewedSegment[];
}

/** An activation as it would be saved. What is left out is as it is saved. */
export interface Proposal {
  readonly audiences?: readonly string[] | undefined;
  readonly personIdentifier?: string | undefined;
  readonly guard?: RemovalGuard | undefined;
  /** What becomes of people in audiences that are taken off; they are taken out unless told otherwise. */
  readonly people?: "takeOut" | "leave" | undefined;
  /** Another address: a different one has accepted nothing. */
  readonly destination?: "same" | "different" | undefined;
}

interface PreviewsOptions {
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly audiences: AudienceChecks;
  readonly policy: DeliveryPolicy;
  /** @throws PeregrineError `notFound` */
  readonly load: (activationId: string) => Promise<LoadedActivation>;
}

interface DueRow {
  readonly of: string;
  readonly desired: number;
  readonly guarded: number;
  readonly people: number;
  readonly first: readonly string[];
}

/** Of each kind so many people are named. */
const NAMED = 25;
/** No activation and no identifier has this number. */
const NONE = 0;

/** Tells what a run would send now; sends nothing and writes nothing. */
export class Previews {
  readonly #options: PreviewsOptions;
  readonly #guard: Guard;

  constructor(options: PreviewsOptions) {
    this.#options = options;
    this.#guard = new Guard(options);
  }

  /**
   * @param proposal as it would be saved; of an activation that isn't there yet too, if it names its audiences
   * @throws PeregrineError `notFound`
   */
  async of(activationId: string, proposal: Proposal = {}): Promise<RunPreview> {
    const { store, engine, clock, audiences } = this.#options;
    const isNew =
      proposal.audiences !== undefined &&
      (await store.definitions.get("activation", activationId)) === undefined;
    const saved = isNew ? undefined : await this.#options.load(activationId);
    const links = await this.#links(saved, proposal);
    const now = clock.now();
    const startsAnew = saved === undefined || proposal.destination === "different";
    const personIdentifier = proposal.personIdentifier ?? saved?.definition.personIdentifier ?? "userid";
    const identifier = await store.definitions.get("identifier", personIdentifier);
    const scope: StandingScope = {
      activation: startsAnew ? NONE : saved.number,
      ...links,
      people: await audiences.membersNow(links.linked, now, identifier?.number ?? NONE),
    };
    const holds = startsAnew ? [] : await store.removalHolds.active(activationId);
    const approved = holds.filter(({ state }) => state === "approved").map(blockOf);
    const due = dueSql(scope, now, await this.#times(saved, now), approved);
    const [rows, sizes, names] = await Promise.all([
      engine.query<DueRow>(
        `SELECT audience AS of, desired, part = ${PARTS.guarded} AS guarded, toUInt32(count()) AS people,
          groupArraySorted(${NAMED})(person_id) AS first
        FROM (${due.sql}) GROUP BY of, desired, guarded`,
        due.parameters,
        { settings: RULE_SETTINGS },
      ),
      this.#sizes(scope),
      store.definitions.list("audience"),
    ]);
    const settings = proposal.guard ?? saved?.definition.guard ?? DEFAULT_GUARD;
    const judged = await this.#judge(rows, { activationId, settings, scope, holds, approved, now });
    const nameOf = new Map(names.map(({ id, body }) => [id, body.name]));
    const segments = [...links.linked, ...links.takingOut].map((audienceId): PreviewedSegment => {
      const own = rows.filter(({ of }) => of === audienceId);
      const reasons = judged.get(audienceId)?.reasons ?? [];
      const leaving = own.filter(({ desired }) => desired === 0);
      const goes = reasons.length === 0 ? leaving : leaving.filter(({ guarded }) => guarded === 0);
      return {
        audienceId,
        audienceName: nameOf.get(audienceId) ?? audienceId,
        takingOut: links.takingOut.includes(audienceId),
        size: sizes.get(audienceId)?.size ?? 0,
        withoutIdentifier: sizes.get(audienceId)?.without ?? 0,
        joins: together(own.filter(({ desired }) => desired === 1)),
        leaves: together(goes),
        held: {
          ...together(leaving.filter((row) => !goes.includes(row))),
          reasons: reasons.map((reason) => ({ kind: reason.kind, sentence: holdSentence(reason) })),
        },
      };
    });
    const sum = (number: (segment: PreviewedSegment) => number) =>
      segments.reduce((total, segment) => total + number(segment), 0);
    return {
      asOf: now,
      joins: sum(({ joins }) => joins.count),
      leaves: sum(({ leaves }) => leaves.count),
      held: sum(({ held }) => held.count),
      segments,
    };
  }

  async #judge(
    rows: readonly DueRow[],
    of: {
      readonly activationId: string;
      readonly settings: RemovalGuard;
      readonly scope: StandingScope;
      readonly holds: readonly RemovalHold[];
      readonly approved: ReturnType<typeof blockOf>[];
      readonly now: number;
    },
  ): Promise<ReadonlyMap<string, Judged>> {
    const leaving = rows.filter(({ guarded }) => guarded === 1).map((row) => [row.of, row.people] as const);
    return this.#guard.judge(new Map(leaving), of);
  }

  /** Which audiences a run after the save would bring in step, and which it would empty. */
  async #links(
    saved: LoadedActivation | undefined,
    { audiences, people, destination }: Proposal,
  ): Promise<{ readonly linked: readonly string[]; readonly takingOut: readonly string[] }> {
    const { store } = this.#options;
    const links = saved === undefined ? [] : await store.activationAudiences.of(saved.id);
    const of = (status: "linked" | "takingOut") => links.filter((link) => link.status === status);
    const linked = audiences ?? of("linked").map(({ audienceId }) => audienceId);
    if (destination === "different") return { linked, takingOut: [] };
    const takenOff = of("linked").filter((link) => memoryOf(link).attached && people !== "leave");
    const takingOut = [...of("takingOut"), ...takenOff].map(({ audienceId }) => audienceId);
    return { linked, takingOut: takingOut.filter((id) => !linked.includes(id)) };
  }

  async #times(saved: LoadedActivation | undefined, now: number): Promise<PlanTimes> {
    if (saved === undefined) return { settleMs: 0, unsettled: false };
    const { store, policy } = this.#options;
    const settlesAt = countsOf(await store.runs.latest(saved.id)).settlesAt ?? 0;
    const { requestTimeoutMs } = saved.type.limits(saved.settings);
    return { settleMs: requestTimeoutMs + policy.graceMs, unsettled: now < settlesAt };
  }

  async #sizes({
    people,
    linked,
  }: StandingScope): Promise<ReadonlyMap<string, { readonly size: number; readonly without: number }>> {
    const rows = await this.#options.engine.query<{ of: string; size: number; without: number }>(
      `${people.sql}
      SELECT toString(audience) AS of, toUInt32(count()) AS size,
        toUInt32(countIf(profile NOT IN (SELECT profile FROM person))) AS without
      FROM member WHERE audience IN {pv_linked:Array(String)} GROUP BY of`,
      { ...people.parameters, pv_linked: linked },
      { settings: RULE_SETTINGS },
    );
    return new Map(rows.map(({ of, size, without }) => [of, { size, without }]));
  }
}

function together(rows: readonly DueRow[]): Previewed {
  return {
    count: rows.reduce((sum, { people }) => sum + people, 0),
    people: rows
      .flatMap(({ first }) => first)
      .sort()
      .slice(0, NAMED),
  };
}
