import type { Engine } from "../engine/engine.ts";

/** Whose intents and answers are written. `epoch` is the lease's, which is also the plan's. */
export interface DeliveryScope {
  /** The activation definition's number. */
  readonly activation: number;
  readonly run: number;
  readonly epoch: number;
}

/** Changes by their numbers in the plan, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * A late worker carries an older epoch, and so never wins; within an epoch the later write wins.
 * 40 bits of sequence are a write each millisecond for 34 years.
 */
const VERSION = "bitShiftLeft(toUInt64({ds_epoch:UInt32}), 40) + {ds_sequence:UInt64}";

const COLUMNS = "(activation, audience, person_id, state, attempted, epoch, sequence, at, version)";

function written(state: string): string {
  return `INSERT INTO delivery_state ${COLUMNS}
  SELECT {ds_activation:UInt32}, audience, person_id, ${state}, membership, {ds_epoch:UInt32},
    {ds_sequence:UInt64}, fromUnixTimestamp64Milli({ds_at:Int64}, 'UTC'), ${VERSION}
  FROM plan_change
  WHERE run = {ds_run:UInt64} AND epoch = {ds_epoch:UInt32} AND n BETWEEN {ds_first:UInt64} AND {ds_last:UInt64}`;
}

function bound(scope: DeliveryScope, range: Range, sequence: number, at: number) {
  return {
    ds_activation: scope.activation,
    ds_run: scope.run,
    ds_epoch: scope.epoch,
    ds_first: range.first,
    ds_last: range.last,
    ds_sequence: sequence,
    ds_at: at,
  };
}

/** A stretch of the plan whose messages may leave, as it was made durable. */
export interface Intent {
  readonly range: Range;
  readonly sequence: number;
  /** ms UTC. */
  readonly at: number;
}

/**
 * Makes "unknown" durable for stretches of the plan, before any request of them leaves: one row that names the
 * stretch, whatever its size. A row for each person cost as much as their answers, and only those of a run that
 * died are ever looked at; {@link settleIntents} writes these.
 *
 * @param opened stretches whose messages may leave as soon as this has returned
 * @param answered stretches whose answers are on disk: nothing of them is unknown but what these say. One that is
 *   never named here costs work and nothing else, for its answers count more than its intent
 */
export async function recordIntents(
  engine: Engine,
  { activation, run, epoch }: DeliveryScope,
  opened: readonly Intent[],
  answered: readonly Intent[],
): Promise<void> {
  const row =
    (settled: 0 | 1) =>
    ({ range: { first, last }, sequence, at }: Intent) => [
      activation,
      run,
      epoch,
      first,
      last,
      sequence,
      new Date(at).toISOString(),
      settled,
    ];
  await engine.insert(
    "delivery_intent",
    ["activation", "run", "epoch", "first_n", "last_n", "sequence", "at", "settled"],
    [...opened.map(row(0)), ...answered.map(row(1))],
  );
}

/**
 * Writes "unknown" for everybody whose message may have left and whose answer was never recorded, as of the time
 * of the intent: a later answer, of whatever run, counts more. To be done before states are read for a plan, and
 * before a plan is forgotten; may be repeated, and happen twice at once.
 *
 * @param of the intents of one activation, or those of all runs up to one
 */
export async function settleIntents(
  engine: Engine,
  of: { readonly activation: number } | { readonly upToRun: number },
): Promise<void> {
  const [condition, value] =
    "activation" in of
      ? ["activation = {ds_of:UInt64}", of.activation]
      : ["run <= {ds_of:UInt64}", of.upToRun];
  const open = await engine.query<DeliveryScope & Range & { readonly sequence: number; readonly ms: number }>(
    `SELECT activation, run, epoch, first_n AS first, any(last_n) AS last, any(sequence) AS sequence,
      toUnixTimestamp64Milli(any(at)) AS ms
    FROM delivery_intent WHERE ${condition}
    GROUP BY activation, run, epoch, first_n HAVING max(settled) = 0 ORDER BY run, epoch, first_n`,
    { ds_of: value },
  );
  for (const { activation, run, epoch, first, last, sequence, ms } of open) {
    const scope = { activation, run, epoch };
    const range = { first, last };
    await engine.command(written("'unknown'"), bound(scope, range, sequence, ms));
    await recordIntents(engine, scope, [], [{ range, sequence, at: ms }]);
  }
}

/**
 * The destination has lost a segment and got it again, empty: whoever was accepted in it before this epoch is
 * unknown, and so is sent again.
 */
export async function recordSegmentLost(
  engine: Engine,
  scope: DeliveryScope,
  audienceId: string,
  sequence: number,
  at: number,
): Promise<void> {
  await engine.command(
    `INSERT INTO delivery_state ${COLUMNS}
    SELECT {ds_activation:UInt32}, {ds_audience:String}, person_id, 'unknown', 1, {ds_epoch:UInt32},
      {ds_sequence:UInt64}, fromUnixTimestamp64Milli({ds_at:Int64}, 'UTC'), ${VERSION}
    FROM delivery_state
    WHERE activation = {ds_activation:UInt32} AND audience = {ds_audience:String}
    GROUP BY person_id
    HAVING argMax(state, version) = 'in' AND argMax(epoch, version) < {ds_epoch:UInt32}`,
    {
      ds_activation: scope.activation,
      ds_audience: audienceId,
      ds_epoch: scope.epoch,
      ds_sequence: sequence,
      ds_at: at,
    },
  );
}

/**
 * Everything is to be said again: whoever is held as in or out is unknown. That they were in, or were taken out, stays
 * known as what was sent last, and so does when: a removal that is repeated is no new one.
 * @param part of the people, by a hash of their id: the `slice` of so many
 */
export async function recordAllUnknown(
  engine: Engine,
  scope: DeliveryScope,
  audiences: readonly string[],
  sequence: number,
  part: { readonly of: number; readonly slice: number } = { of: 1, slice: 0 },
): Promise<void> {
  await engine.command(
    `INSERT INTO delivery_state ${COLUMNS}
    SELECT {ds_activation:UInt32}, segment, person_id, 'unknown', last = 'in', {ds_epoch:UInt32},
      {ds_sequence:UInt64}, sent_at, ${VERSION}
    FROM (
      SELECT toString(audience) AS segment, person_id, argMax(state, version) AS last, argMax(at, version) AS sent_at
      FROM delivery_state
      WHERE activation = {ds_activation:UInt32} AND audience IN {ds_audiences:Array(String)}
        AND cityHash64(person_id) % {ds_parts:UInt32} = {ds_slice:UInt32}
      GROUP BY audience, person_id
    )
    WHERE last != 'unknown'`,
    {
      ds_activation: scope.activation,
      ds_epoch: scope.epoch,
      ds_sequence: sequence,
      ds_audiences: audiences,
      ds_parts: part.of,
      ds_slice: part.slice,
    },
  );
}

/** In one statement so many ranges at most: they are looked through for every change. */
const RANGES_AT_ONCE = 400;

/** Where everybody stands when all was accepted, and where the ranges say otherwise. */
const ARRIVED = "if(membership = 1, 'in', 'out')";
const ARRIVED_BUT = `multiIf(
  arrayExists((a, b) -> n BETWEEN a AND b, {ds_unknown_first:Array(UInt64)}, {ds_unknown_last:Array(UInt64)}), 'unknown',
  arrayExists((a, b) -> n BETWEEN a AND b, {ds_prior_first:Array(UInt64)}, {ds_prior_last:Array(UInt64)}), toString(prior),
  ${ARRIVED})`;

/**
 * One thread, because a second one only waits for the first and costs; and the plan is in the order of the table,
 * so that nothing is sorted, and holds nobody twice. 1,000,000 changes in stretches of 100,000: 0.36 s of the
 * engine's work, without either, and without looking through no ranges, 0.65 s.
 */
const WRITING = { max_threads: 1, optimize_on_insert: 0 };

/**
 * Writes what the answers to a stretch left: all changes have arrived at their target, except that those in
 * `unknown` stay unknown and for those in `prior` holds what held before. Both are sorted and disjoint.
 */
export async function recordAnswers(
  engine: Engine,
  scope: DeliveryScope,
  range: Range,
  exceptions: { readonly unknown: readonly Range[]; readonly prior: readonly Range[] },
  sequence: number,
  at: number,
): Promise<void> {
  const cuts = [...exceptions.unknown, ...exceptions.prior].sort((a, b) => a.first - b.first);
  let first = range.first;
  for (let done = 0; done < Math.max(cuts.length, 1); done += RANGES_AT_ONCE) {
    const upcoming = cuts[done + RANGES_AT_ONCE];
    const part = { first, last: upcoming === undefined ? range.last : upcoming.first - 1 };
    const inPart = (cut: Range) => cut.first >= part.first && cut.first <= part.last;
    const unknown = exceptions.unknown.filter(inPart);
    const prior = exceptions.prior.filter(inPart);
    const ranges = {
      ds_unknown_first: unknown.map((cut) => cut.first),
      ds_unknown_last: unknown.map((cut) => cut.last),
      ds_prior_first: prior.map((cut) => cut.first),
      ds_prior_last: prior.map((cut) => cut.last),
    };
    await engine.command(
      written(cuts.length === 0 ? ARRIVED : ARRIVED_BUT),
      { ...bound(scope, part, sequence, at), ...(cuts.length === 0 ? {} : ranges) },
      { settings: WRITING },
    );
    first = part.last + 1;
  }
}
