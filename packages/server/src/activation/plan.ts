import { DIFFERS, type HeldState, type PlanTimes } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import { GUARDED_FROM, GUARDED_TO, type HeldBlock, heldIn } from "./held-people.ts";
import { type Fragment, HELD, type StandingScope, standing } from "./standing.ts";

/**
 * Three parts, each in the order of audience and person: what goes in batches, numbered from 0; removals that the guard
 * watches, from {@link GUARDED_FROM} on, so that those of one audience can be left out without a hole in the rest; and
 * people who go alone, from {@link ALONE_FROM} on.
 */
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
  /** The numbers that are sent, in this order; both kinds whole. */
  readonly parts: readonly PlanPart[];
  /** Removals that may be held, by audience. */
  readonly guarded: readonly GuardedBlock[];
}

/** Contiguous numbers of a plan. */
export interface PlanPart {
  readonly first: number;
  readonly size: number;
  readonly alone: boolean;
}

/** The removals of one audience that nobody has approved yet. */
export interface GuardedBlock {
  readonly audience: string;
  readonly first: number;
  readonly size: number;
  /** The same people give the same text. */
  readonly fingerprint: string;
}

/** Above every plan, and within the 32 bits of `n`: numbers of all parts stay contiguous without a second pass over the people. */
export const ALONE_FROM = GUARDED_TO;
/** How the parts are numbered; each begins at so many times 2^30. */
export const PARTS = { together: 0, guarded: 1, alone: 2 } as const;
const PART_FROM = `transform(part, [${PARTS.guarded}, ${PARTS.alone}], [${GUARDED_FROM}, ${ALONE_FROM}], 0)`;

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
 * Who was in a segment, or perhaps, and is to leave it for the first time. A removal that was sent before and is said
 * again, since its answer was lost or everything is sent anew, takes nobody out who isn't out already.
 */
const LEAVES = `desired = 0 AND (held = ${HELD.in} OR held = ${HELD.unknown} AND attempted = 1)`;

/**
 * Part of the plan to which a change belongs. Whoever is taken out since their audience was taken off goes by that
 * choice, and who was refused before was watched then.
 */
function partSql(approved: string): string {
  return `multiIf(${DECISION} = 'alone', ${PARTS.alone},
    ${LEAVES} AND has({pl_guarded:Array(String)}, audience)
      AND NOT has({st_excluded:Array(String)}, person_id) AND NOT ${approved}, ${PARTS.guarded}, ${PARTS.together})`;
}

/** `SELECT audience, person_id, desired, held, part` of what is due. @param approved removals that may go */
export function dueSql(
  scope: StandingScope,
  now: number,
  times: PlanTimes,
  approved: readonly HeldBlock[],
): Fragment {
  const { sql, parameters } = standing(scope);
  const passes = heldIn(approved, "pl", { audience: "audience", person: "person_id" });
  return {
    sql: `SELECT audience, person_id, desired, held, ${partSql(passes.sql)} AS part
      FROM (${sql})
      WHERE ${DECISION} IN ('send', 'alone')`,
    parameters: {
      ...parameters,
      ...passes.parameters,
      ...decisionParameters(now, times),
      pl_guarded: scope.linked,
    },
  };
}

/**
 * Writes the plan: an immutable snapshot of what is due now. Nothing of it passes through this process. Who joins comes
 * before who leaves, so that no segment is emptied on the way.
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
    /** Removals that somebody has approved. */
    readonly approved?: readonly HeldBlock[];
  },
): Promise<Plan> {
  const { run, epoch, scope, now, times, approved = [] } = options;
  const { sql, parameters } = dueSql(scope, now, times, approved);
  await engine.command(
    `INSERT INTO plan_change (run, epoch, n, audience, person_id, membership, prior)
    SELECT {pl_run:UInt64}, {pl_epoch:UInt32},
      rowNumberInAllBlocks() + ${PART_FROM},
      audience, person_id, desired, multiIf(held = ${HELD.in}, 'in', held = ${HELD.unknown}, 'unknown', 'out')
    FROM (
      ${sql}
      ORDER BY part, desired DESC, audience, person_id
    )
    SETTINGS query_plan_remove_redundant_sorting = 0`,
    { ...parameters, pl_run: run, pl_epoch: epoch },
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
  // What is held waits for somebody, not for a time.
  const held = heldIn(scope.held ?? [], "st", { audience: "audience", person: "person_id" });
  const isHeld = `(${held.sql} AND NOT has({st_excluded:Array(String)}, person_id))`;
  const [row] = await engine.query<{ people: number; at: number }>(
    `SELECT toUInt32(count()) AS people, toInt64(min(if(${DECISION} = 'backOff', due_at, {pl_now:Int64}))) AS at
    FROM (${sql}) WHERE ${DECISION} != 'nothing' AND NOT (desired = 0 AND ${isHeld})`,
    { ...parameters, ...held.parameters, ...decisionParameters(now, times) },
  );
  return row === undefined || row.people === 0 ? undefined : row.at;
}

/** A plan that was written as a whole; nothing of it is held. */
export async function readPlan(engine: Engine, run: number, epoch: number): Promise<Plan> {
  const rows = await engine.query<{
    part: number;
    of: string;
    first: number;
    size: number;
    joins: number;
    fingerprint: string;
  }>(
    `SELECT toUInt8(bitShiftRight(n, 30)) AS part, if(part = ${PARTS.guarded}, toString(audience), '') AS of,
      toUInt32(min(n)) AS first, toUInt32(count()) AS size, toUInt32(countIf(membership = 1)) AS joins,
      toString(sumIf(cityHash64(person_id), part = ${PARTS.guarded})) AS fingerprint
    FROM plan_change WHERE run = {pl_run:UInt64} AND epoch = {pl_epoch:UInt32}
    GROUP BY part, of ORDER BY first`,
    { pl_run: run, pl_epoch: epoch },
  );
  const guarded = rows
    .filter(({ part }) => part === PARTS.guarded)
    .map(({ of, first, size, fingerprint }) => ({
      audience: of,
      first,
      size,
      fingerprint: `${size} ${fingerprint}`,
    }));
  const whole = rows.filter(({ part }) => part !== PARTS.guarded);
  const parts = whole.map(({ part, first, size }) => ({ first, size, alone: part === PARTS.alone }));
  const joins = rows.reduce((sum, row) => sum + row.joins, 0);
  return { run, epoch, joins, guarded, ...sent(parts, guarded) };
}

/** The plan without the removals of these audiences that the guard watches. */
export function withoutHeld(plan: Plan, held: ReadonlySet<string>): Plan {
  const parts = plan.parts.filter(({ first }) => first < GUARDED_FROM || first >= ALONE_FROM);
  const rest = plan.guarded.filter(({ audience }) => !held.has(audience));
  return { ...plan, ...sent(parts, rest) };
}

/** Blocks that lie side by side are sent as one part. */
function sent(
  whole: readonly PlanPart[],
  guarded: readonly GuardedBlock[],
): Pick<Plan, "parts" | "together" | "alone"> {
  const joined: PlanPart[] = [];
  for (const { first, size } of guarded) {
    const last = joined.at(-1);
    if (last !== undefined && last.first + last.size === first) {
      joined[joined.length - 1] = { ...last, size: last.size + size };
    } else {
      joined.push({ first, size, alone: false });
    }
  }
  const sum = (parts: readonly PlanPart[]) => parts.reduce((total, { size }) => total + size, 0);
  const parts = [...whole, ...joined].sort((one, other) => one.first - other.first);
  return {
    parts,
    together: sum(parts.filter(({ alone }) => !alone)),
    alone: sum(parts.filter(({ alone }) => alone)),
  };
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
    /** Audiences of which removals are held, or were when the plan was made. */
    readonly held?: readonly string[];
    /** Person ids of people who are to be deleted: they join nothing any more. */
    readonly excluded?: readonly string[];
  },
): Promise<Plan> {
  const { activation, run, from, epoch, carried, held = [], excluded = [] } = options;
  await engine.command(
    `INSERT INTO plan_change (run, epoch, n, audience, person_id, membership, prior)
    SELECT {pl_run:UInt64}, {pl_epoch:UInt32}, rowNumberInAllBlocks() + ${PART_FROM},
      audience, person_id, membership,
      multiIf(held = 0, toString(prior), held = ${HELD.in}, 'in', held = ${HELD.unknown}, 'unknown', 'out')
    FROM (
      SELECT plan.audience AS audience, plan.person_id AS person_id, plan.membership AS membership,
        plan.prior AS prior, bitShiftRight(plan.n, 30) AS part, now_held.held AS held
      FROM (
        SELECT * FROM plan_change
        WHERE run = {pl_run:UInt64} AND epoch = {pl_from:UInt32} AND audience IN {pl_carried:Array(String)}
          AND NOT (bitShiftRight(n, 30) = ${PARTS.guarded} AND has({pl_held:Array(String)}, toString(audience)))
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
        AND NOT (plan.membership = 1 AND has({pl_excluded:Array(String)}, plan.person_id))
      ORDER BY part, membership DESC, audience, person_id
    )
    SETTINGS query_plan_remove_redundant_sorting = 0`,
    {
      pl_activation: activation,
      pl_run: run,
      pl_from: from,
      pl_epoch: epoch,
      pl_carried: carried,
      pl_held: held,
      pl_excluded: excluded,
    },
  );
  return readPlan(engine, run, epoch);
}
