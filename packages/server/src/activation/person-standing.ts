import type { HeldState } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";

/** What is held of one person in one segment; instants in ms UTC. */
export interface PersonStanding {
  readonly audience: string;
  readonly held: HeldState;
  /** The membership that was last sent. */
  readonly attempted: boolean;
  readonly attemptedAt: number | null;
  readonly refusal: {
    readonly membership: boolean;
    readonly code: string;
    readonly reason: string;
    readonly attempts: number;
    readonly at: number;
    readonly nextAttemptAt: number;
  } | null;
}

/** Names of their own: ClickHouse takes an alias for the column of the same name. */
interface RefusalRow {
  readonly of: string;
  readonly wasFor: number;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
  readonly wasAt: number;
  readonly nextAttemptAt: number;
}

/** What is held of one person in the segments of these audiences; of whom nothing is held there is no entry. */
export async function personStandings(
  engine: Engine,
  activation: number,
  audiences: readonly string[],
  personId: string,
): Promise<ReadonlyMap<string, PersonStanding>> {
  const parameters = { ps_activation: activation, ps_audiences: audiences, ps_person: personId };
  const where = `activation = {ps_activation:UInt32} AND audience IN {ps_audiences:Array(String)}
    AND person_id = {ps_person:String}`;
  const [states, refusals] = await Promise.all([
    engine.query<{ of: string; held: HeldState; sent: number; sentAt: number }>(
      `SELECT toString(audience) AS of, toString(argMax(state, version)) AS held, argMax(attempted, version) AS sent,
        toUnixTimestamp64Milli(argMax(at, version)) AS sentAt
      FROM delivery_state WHERE ${where} GROUP BY audience`,
      parameters,
    ),
    engine.query<RefusalRow>(
      `SELECT of, was_for AS wasFor, was_code AS code, was_reason AS reason, was_attempts AS attempts,
        toUnixTimestamp64Milli(was_at) AS wasAt, toUnixTimestamp64Milli(was_next) AS nextAttemptAt
      FROM (
        SELECT toString(audience) AS of, argMax(membership, version) AS was_for, argMax(code, version) AS was_code,
          argMax(reason, version) AS was_reason, argMax(attempts, version) AS was_attempts,
          argMax(at, version) AS was_at, argMax(next_attempt_at, version) AS was_next
        FROM delivery_refusal WHERE ${where} GROUP BY audience
      )
      WHERE was_attempts > 0`,
      parameters,
    ),
  ]);
  const refused = new Map(
    refusals.map(({ of, wasFor, wasAt, ...rest }) => [of, { ...rest, membership: wasFor === 1, at: wasAt }]),
  );
  const standings = new Map<string, PersonStanding>();
  for (const { of, held, sent, sentAt } of states) {
    const refusal = refused.get(of) ?? null;
    standings.set(of, { audience: of, held, attempted: sent === 1, attemptedAt: sentAt, refusal });
  }
  // Somebody who was refused at once is held as out, or not at all.
  for (const [of, refusal] of refused) {
    if (standings.has(of)) continue;
    const none = { held: "absent" as const, attempted: false, attemptedAt: null };
    standings.set(of, { audience: of, ...none, refusal });
  }
  return standings;
}
