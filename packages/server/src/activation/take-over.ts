import { PeregrineError } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { LoadedActivation } from "./activation-source.ts";
import { settleIntents } from "./delivery-state.ts";
import { startAnew } from "./forget-accepted.ts";
import { memoryOf } from "./link.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import type { Fragment } from "./standing.ts";
import { standingScope } from "./standing-scope.ts";

export interface TakeOverOrder {
  readonly audienceId: string;
  /** A SELECT of `person_id`: people who are known to be in the segment. */
  readonly known: Fragment;
  /** Only tell what would happen. */
  readonly preview: boolean;
  /** The audience's id, by which somebody confirms what is refused otherwise. */
  readonly force?: string | undefined;
}

/** What the first runs would do to the people of a segment. Each person is in one of the numbers. */
export interface TakeOverResult {
  readonly audienceId: string;
  /** There and in the audience: they are told again, and never leave. */
  readonly stay: number;
  /** In the audience and not there. */
  readonly join: number;
  /** There and not in the audience. */
  readonly leave: number;
  /** Of whom an answer, or a message of ours, says how they stand: the list changes nothing for them. */
  readonly settled: number;
  readonly examples: { readonly [Part in "stay" | "join" | "leave"]: readonly string[] };
  /** People who are recorded as unknown from now on; null: it was a preview. */
  readonly recorded: number | null;
  /** Why it needs to be confirmed; null: it doesn't. */
  readonly unconfirmed: string | null;
}

const EXAMPLES = 25;

/**
 * Records who is known to be in a segment as `unknown`, where nothing is held of them: so the first plan brings
 * those in again who belong, and takes out the others alone. Under the activation's lease.
 *
 * The version is below that of every message, so that an answer counts more, whenever it is written; the time is so
 * long ago that no removal waits for a message of ours to settle.
 *
 * @throws PeregrineError `notFound`, `takeOverUnconfirmed`, and why the audience can't be evaluated
 */
export async function takeOverSegment(
  dependencies: RunDependencies,
  activation: LoadedActivation,
  order: TakeOverOrder,
): Promise<TakeOverResult> {
  const { engine, store, audiences, clock, policy } = dependencies;
  const { audienceId, known, preview, force } = order;
  const links = await store.activationAudiences.of(activation.id);
  const link = links.find((one) => one.audienceId === audienceId && one.status === "linked");
  if (link === undefined) {
    throw new PeregrineError("notFound", {
      detail: `The activation ${activation.definition.name} does not carry the audience \`${audienceId}\`.`,
    });
  }
  const { failed } = await audiences.evaluate([audienceId], clock.now());
  const failure = failed[0];
  if (failure !== undefined) throw failure.error;
  if (!preview) await startAnew(dependencies, activation);
  await settleIntents(engine, { activation: activation.number });
  const isNew = memoryOf(link).startsAnew === true && preview;
  const scope = await standingScope(dependencies, activation, [link]);
  const sides: Fragment = {
    sql: `${scope.people.sql}
    SELECT person_id, max(there) AS there, max(here) AS here, max(held) AS held
    FROM (
      SELECT person_id, 1 AS there, 0 AS here, 0 AS held FROM (${known.sql})
      UNION ALL
      SELECT person.value, 0, 1, 0
      FROM member INNER JOIN person ON person.profile = member.profile
      WHERE member.audience = {to_audience:String}
      UNION ALL
      SELECT person_id, 0, 0, 1 FROM delivery_state
      WHERE activation = {to_activation:UInt32} AND audience = {to_audience:String} AND {to_new:UInt8} = 0
    )
    GROUP BY person_id`,
    parameters: {
      ...scope.people.parameters,
      ...known.parameters,
      to_audience: audienceId,
      to_activation: activation.number,
      to_new: isNew ? 1 : 0,
    },
  };
  const numbers = await count(engine, sides);
  const delivered = !isNew && (memoryOf(link).attached || numbers.answered > 0);
  const unconfirmed = reason(delivered, numbers);
  const result = {
    audienceId,
    stay: numbers.stay,
    join: numbers.join,
    leave: numbers.leave,
    settled: numbers.settled,
    examples: {
      stay: await examples(engine, sides, "there = 1 AND here = 1"),
      join: await examples(engine, sides, "there = 0 AND here = 1"),
      leave: await examples(engine, sides, "there = 1 AND here = 0"),
    },
    unconfirmed,
  };
  if (preview) return { ...result, recorded: null };
  if (unconfirmed !== null && force !== audienceId) {
    throw new PeregrineError("takeOverUnconfirmed", { detail: unconfirmed });
  }
  const { requestTimeoutMs } = activation.type.limits(activation.settings);
  await engine.command(
    `INSERT INTO delivery_state (activation, audience, person_id, state, attempted, epoch, sequence, at, version)
    SELECT {to_activation:UInt32}, {to_audience:String}, person_id, 'unknown', 1, 0, 1,
      fromUnixTimestamp64Milli({to_at:Int64}, 'UTC'), 1
    FROM (${known.sql})
    WHERE person_id NOT IN (
      SELECT person_id FROM delivery_state
      WHERE activation = {to_activation:UInt32} AND audience = {to_audience:String}
    )`,
    {
      ...known.parameters,
      to_activation: activation.number,
      to_audience: audienceId,
      to_at: clock.now() - requestTimeoutMs - policy.graceMs,
    },
  );
  return { ...result, recorded: numbers.stay + numbers.leave };
}

interface Numbers {
  readonly stay: number;
  readonly join: number;
  readonly leave: number;
  readonly settled: number;
  readonly answered: number;
}

/** Those of whom something is held already are in `settled` alone. */
async function count(engine: Engine, sides: Fragment): Promise<Numbers> {
  const [row] = await engine.query<Omit<Numbers, "answered">>(
    `SELECT toUInt32(countIf(held = 0 AND there = 1 AND here = 1)) AS stay,
      toUInt32(countIf(held = 0 AND there = 0 AND here = 1)) AS join,
      toUInt32(countIf(held = 0 AND there = 1 AND here = 0)) AS leave,
      toUInt32(countIf(held = 1)) AS settled
    FROM (${sides.sql})`,
    sides.parameters,
  );
  const [answers] = await engine.query<{ answered: number }>(
    `SELECT toUInt32(count()) AS answered FROM (
      SELECT person_id FROM delivery_state
      WHERE activation = {to_activation:UInt32} AND audience = {to_audience:String} AND {to_new:UInt8} = 0
      GROUP BY person_id HAVING argMax(state, version) != 'unknown'
    )`,
    sides.parameters,
  );
  const { stay = 0, join = 0, leave = 0, settled = 0 } = row ?? {};
  return { stay, join, leave, settled, answered: answers?.answered ?? 0 };
}

async function examples(engine: Engine, sides: Fragment, where: string): Promise<string[]> {
  const rows = await engine.query<{ id: string }>(
    `SELECT person_id AS id FROM (${sides.sql}) WHERE held = 0 AND ${where} ORDER BY id LIMIT ${EXAMPLES}`,
    sides.parameters,
  );
  return rows.map(({ id }) => id);
}

function reason(delivered: boolean, { stay, join, leave, settled }: Numbers): string | null {
  if (delivered)
    return "The activation has delivered to this segment already; people of whom it knows nothing would be taken out if they don't belong.";
  if (leave > 0 && stay + settled === 0)
    return join === 0
      ? `The audience has nobody who can be sent, so all ${leave} people of the segment would be taken out.`
      : `Nobody of the segment is in the audience: all ${leave} people would be taken out, and ${join} others come in.`;
  return null;
}
