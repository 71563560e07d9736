import type { Change, Failure } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import type { DeliveryScope, Range } from "./delivery-state.ts";

/** One person's refusal as it is kept. `attempts` = 0 says that the person was accepted since. */
export interface Refusal {
  readonly change: Change;
  readonly failure: Failure;
  readonly attempts: number;
  /** ms UTC */
  readonly nextAttemptAt: number;
}

const COLUMNS = [
  "activation",
  "audience",
  "person_id",
  "membership",
  "code",
  "reason",
  "attempts",
  "at",
  "next_attempt_at",
  "version",
] as const;

const LONGEST_REASON = 500;

export async function recordRefusals(
  engine: Engine,
  scope: DeliveryScope,
  refusals: readonly Refusal[],
  sequence: number,
  at: number,
): Promise<void> {
  const version = (BigInt(scope.epoch) << 40n) + BigInt(sequence);
  await engine.insert(
    "delivery_refusal",
    COLUMNS,
    refusals.map(({ change, failure, attempts, nextAttemptAt }) => [
      scope.activation,
      change.audienceId,
      change.personId,
      change.membership ? 1 : 0,
      failure.code,
      failure.reason.slice(0, LONGEST_REASON),
      Math.min(attempts, 65_535),
      new Date(at).toISOString(),
      new Date(nextAttemptAt).toISOString(),
      version,
    ]),
  );
}

/** How often the people of a stretch were refused in a row, by the change's number. */
export async function refusalAttempts(
  engine: Engine,
  scope: DeliveryScope,
  range: Range,
): Promise<Map<number, number>> {
  const rows = await engine.query<{ n: number; attempts: number }>(
    `SELECT plan.n AS n, refusal.attempts AS attempts
    FROM (
      SELECT n, audience, person_id, membership FROM plan_change
      WHERE run = {rf_run:UInt64} AND epoch = {rf_epoch:UInt32} AND n BETWEEN {rf_first:UInt64} AND {rf_last:UInt64}
    ) AS plan
    INNER JOIN (
      SELECT audience, person_id, argMax(attempts, version) AS attempts, argMax(membership, version) AS membership
      FROM delivery_refusal WHERE activation = {rf_activation:UInt32}
      GROUP BY audience, person_id
    ) AS refusal
    ON refusal.audience = plan.audience AND refusal.person_id = plan.person_id AND refusal.membership = plan.membership`,
    {
      rf_activation: scope.activation,
      rf_run: scope.run,
      rf_epoch: scope.epoch,
      rf_first: range.first,
      rf_last: range.last,
    },
  );
  return new Map(rows.map(({ n, attempts }) => [n, attempts]));
}
