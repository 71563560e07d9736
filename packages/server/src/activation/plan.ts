import { DIFFERS, type HeldState, type PlanTimes } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import { type Fragment, HELD, type StandingScope, standing } from "./standing.ts";

/** The changes of a plan are numbered from 0; those of people who go alone follow {@link ALONE_FROM} later. */
export interface Plan {
  readonly run: number;
  /** Part of the plan's key: a plan that was only half written under an earlier epoch is not seen. */
  readonly epoch: number;
  /** Changes that go in batches. */
  readonly together: number;
  /** Changes of people who were refused before: one message each. */
  readonly alone: number;
  /** Of all changes, those that bring somebody in. */
  readonly joins: number;
}

/** Above every plan, and within the 32 bits of `n`: numbers of both kinds stay contiguous without a second pass over the people. */
export const ALONE_FROM = 2 ** 31;

function differingPairs(): string {
  const pairs = Object.entries(DIFFERS).flatMap(([held, differs]) => {
    const number = HELD[held as HeldState];
    return [...(differs.member ? [`(${number}, 1)`] : []), ...(differs.gone ? [`(${number}, 0)`] : [])];
  });
  return pairs.join(", ");
}

/**
 * `core`'s `decide` as an expression over the columns of {@link standing}: 'nothing', 'send', 'alone',
 * 'backOff' or 'settle'. Binds `pl_now`, `pl_settle` (ms) and `pl_unsettled`.
 */
export const DECISION = `multiIf(
  (held, desired) NOT IN (${differingPairs()}), 'nothing',
  held != ${HELD.absent} AND attempted != desired
    AND ({pl_unsettled:UInt8} = 1
      OR held = ${HELD.unknown} AND {pl_now:Int64} - attempted_at < {pl_settle:Int64}), 'settle',
  refused = 0 OR refused_membership != desired, 'send',
  due_at <= {pl_now:Int64}, 'alone',
  'backOff')`;

export function decisionParameters(now: number, times: PlanTimes): Fragment["parameters"] {
  return { pl_now: now, pl_settle: times.settleMs, pl_unsettled: times.unsettled ? 1 : 0 };
}

/**
 * Writes the plan: an immutable snapshot of what is due now. Nothing of it passes through this process.
 * @param now ms UTC
 */
export async function writePlan(
  engine: Engine,
  options: {
    readonly run: number;
    readonly epoch: number;
    readonly scope: StandingScope;
    readonly now: number;
    readonly times: PlanTimes;
  },
): Promise<Plan> {
  const { run, epoch, scope, now, times } = options;
  const { sql, parameters } = standing(scope);
  await engine.command(
    `INSERT INTO plan_change (run, epoch, n, audience, person_id, membership, prior)
    SELECT {pl_run:UInt64}, {pl_epoch:UInt32},
      rowNumberInAllBlocks() + if(alone = 1, ${ALONE_FROM}, 0),
      audience, person_id, desired, multiIf(held = ${HELD.in}, 'in', held = ${HELD.unknown}, 'unknown', 'out')
    FROM (
      SELECT audience, person_id, desired, held, ${DECISION} = 'alone' AS alone
      FROM (${sql})
      WHERE ${DECISION} IN ('send', 'alone')
      ORDER BY alone, audience, person_id
    )
    SETTINGS query_plan_remove_redundant_sorting = 0`,
    { ...parameters, ...decisionParameters(now, times), pl_run: run, pl_epoch: epoch },
  );
  return readPlan(engine, run, epoch);
}

/**
 * When the first of those who differ and could not be planned is to be looked at again, in ms UTC: a refused one when
 * its time has come, one whose last message may still arrive at once. Undefined: nobody differs.
 */
export async function nextAttempt(
  engine: Engine,
  scope: StandingScope,
  now: number,
  times: PlanTimes,
): Promise<number | undefined> {
  const { sql, parameters } = standing(scope);
  const [row] = await engine.query<{ people: number; at: number }>(
    `SELECT toUInt32(count()) AS people, toInt64(min(if(${DECISION} = 'backOff', due_at, {pl_now:Int64}))) AS at
    FROM (${sql}) WHERE ${DECISION} != 'nothing'`,
    { ...parameters, ...decisionParameters(now, times) },
  );
  return row === undefined || row.people === 0 ? undefined : row.at;
}

/** How many changes stand in a plan that was written as a whole. */
export async function readPlan(engine: Engine, run: number, epoch: number): Promise<Plan> {
  const [row] = await engine.query<{ together: number; alone: number; joins: number }>(
    `SELECT toUInt32(countIf(n < ${ALONE_FROM})) AS together, toUInt32(countIf(n >= ${ALONE_FROM})) AS alone,
      toUInt32(countIf(membership = 1)) AS joins
    FROM plan_change WHERE run = {pl_run:UInt64} AND epoch = {pl_epoch:UInt32}`,
    { pl_run: run, pl_epoch: epoch },
  );
  return { run, epoch, together: row?.together ?? 0, alone: row?.alone ?? 0, joins: row?.joins ?? 0 };
}

/** A stretch of a plan whose intents and answers are recorded together. Both ends belong to it. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly alone: boolean;
}

/**
 * Goes on with the plan of a run that died: the same changes under a new epoch, without those whose answer is
 * known. What was under way when it died is unknown and is sent again.
 */
export async function takeOverPlan(
  engine: Engine,
  options: {
    readonly activation: number;
    readonly run: number;
    readonly from: number;
    readonly epoch: number;
    readonly carried: readonly string[];
  },
): Promise<Plan> {
  const { activation, run, from, epoch, carried } = options;
  await engine.command(
    `INSERT INTO plan_change (run, epoch, n, audience, person_id, membership, prior)
    SELECT {pl_run:UInt64}, {pl_epoch:UInt32}, rowNumberInAllBlocks() + if(alone = 1, ${ALONE_FROM}, 0),
      audience, person_id, membership,
      multiIf(held = 0, toString(prior), held = ${HELD.in}, 'in', held = ${HELD.unknown}, 'unknown', 'out')
    FROM (
      SELECT plan.audience AS audience, plan.person_id AS person_id, plan.membership AS membership,
        plan.prior AS prior, plan.n >= ${ALONE_FROM} AS alone, now_held.held AS held
      FROM (
        SELECT * FROM plan_change
        WHERE run = {pl_run:UInt64} AND epoch = {pl_from:UInt32} AND audience IN {pl_carried:Array(String)}
      ) AS plan
      LEFT JOIN (
        SELECT audience, person_id,
          argMax(multiIf(state = 'out', ${HELD.out}, state = 'in', ${HELD.in}, ${HELD.unknown}), version) AS held
        FROM delivery_state
        WHERE activation = {pl_activation:UInt32} AND epoch >= {pl_from:UInt32}
        GROUP BY audience, person_id
      ) AS now_held ON now_held.audience = plan.audience AND now_held.person_id = plan.person_id
      LEFT JOIN (
        SELECT audience, person_id, max(version) AS version
        FROM delivery_refusal
        WHERE activation = {pl_activation:UInt32}
        GROUP BY audience, person_id
      ) AS refusal ON refusal.audience = plan.audience AND refusal.person_id = plan.person_id
      WHERE NOT (now_held.held = ${HELD.in} AND plan.membership = 1)
        AND NOT (now_held.held = ${HELD.out} AND plan.membership = 0)
        AND bitShiftRight(refusal.version, 40) < {pl_from:UInt32}
      ORDER BY alone, audience, person_id
    )
    SETTINGS query_plan_remove_redundant_sorting = 0`,
    { pl_activation: activation, pl_run: run, pl_from: from, pl_epoch: epoch, pl_carried: carried },
  );
  return readPlan(engine, run, epoch);
}
