import type { Engine } from "../engine/engine.ts";
import { GUARDED_FROM, GUARDED_TO, type HeldBlock, heldIn } from "./held-people.ts";

import type { StandingScope } from "./standing.ts";

/** How full a segment is, and how many left it, as far as the guard counts. */
export interface SegmentFill {
  /** In it, or perhaps in it, without those whose removal was approved. */
  readonly inside: number;
  /** Taken out by the plans of the runs that are named, without approval, and out still. */
  readonly left: number;
  readonly desired: number;
}

/** Counts for the removal guard; nothing of it passes through this process person by person. */
export class GuardRepository {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** How many removals the plans of runs had that the guard watched: at least as many as left by them. */
  async planned(runs: readonly number[], audiences: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (runs.length === 0) return new Map();
    const rows = await this.#engine.query<{ of: string; people: number }>(
      `SELECT toString(audience) AS of, toUInt32(count()) AS people FROM plan_change
      WHERE run IN {gd_runs:Array(UInt64)} AND n >= ${GUARDED_FROM} AND n < ${GUARDED_TO}
        AND audience IN {gd_audiences:Array(String)}
      GROUP BY of`,
      { gd_runs: runs, gd_audiences: audiences },
    );
    return new Map(rows.map(({ of, people }) => [of, people]));
  }

  /** @param approved whose removal was approved */
  async fill(
    scope: StandingScope,
    audiences: readonly string[],
    runs: readonly number[],
    approved: readonly HeldBlock[],
  ): Promise<ReadonlyMap<string, SegmentFill>> {
    const passes = heldIn(approved, "gd", { audience: "of", person: "person_id" });
    const [states, members] = await Promise.all([
      this.#engine.query<{ of: string; inside: number; left: number }>(
        `SELECT of,
          toUInt32(countIf((last = 'in' OR last = 'unknown' AND sent = 1) AND NOT ${passes.sql})) AS inside,
          toUInt32(countIf((last = 'out' OR last = 'unknown' AND sent = 0) AND (of, person_id) IN (
            SELECT toString(audience), person_id FROM plan_change
            WHERE run IN {gd_runs:Array(UInt64)} AND n >= ${GUARDED_FROM} AND n < ${GUARDED_TO}
              AND audience IN {gd_audiences:Array(String)}
          ))) AS left
        FROM (
          SELECT toString(audience) AS of, person_id, argMax(state, version) AS last, argMax(attempted, version) AS sent
          FROM delivery_state
          WHERE activation = {gd_activation:UInt32} AND audience IN {gd_audiences:Array(String)}
          GROUP BY audience, person_id
        )
        GROUP BY of`,
        { ...passes.parameters, gd_activation: scope.activation, gd_audiences: audiences, gd_runs: runs },
      ),
      this.#engine.query<{ of: string; desired: number }>(
        `${scope.people.sql}
        SELECT toString(member.audience) AS of, toUInt32(count()) AS desired
        FROM member INNER JOIN person ON person.profile = member.profile
        WHERE member.audience IN {gd_audiences:Array(String)} GROUP BY of`,
        { ...scope.people.parameters, gd_audiences: audiences },
      ),
    ]);
    const desired = new Map(members.map((row) => [row.of, row.desired]));
    return new Map(
      states.map(({ of, inside, left }) => [of, { inside, left, desired: desired.get(of) ?? 0 }]),
    );
  }

  /** Forgets a part of a plan that says again what an earlier one says. */
  async drop(run: number, epoch: number, first: number, size: number): Promise<void> {
    await this.#engine.command(
      `ALTER TABLE plan_change DELETE
      WHERE run = {gd_run:UInt64} AND epoch = {gd_epoch:UInt32} AND n BETWEEN {gd_first:UInt64} AND {gd_last:UInt64}`,
      { gd_run: run, gd_epoch: epoch, gd_first: first, gd_last: first + size - 1 },
    );
  }
}
