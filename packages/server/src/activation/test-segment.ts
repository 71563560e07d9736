import type { Engine } from "../engine/index.ts";
import type { DeliveryScope } from "./delivery-state.ts";

/** What is held of one person in the test segment. */
export interface HeldPerson {
  readonly personId: string;
  readonly state: "in" | "out" | "unknown";
  /** What was sent last: joining or leaving, and when (ms UTC). */
  readonly attempted: boolean;
  readonly attemptedAt: number;
}

/** The segment in which people are tried; of the activation's own, because an identifier is unique in an Ibexa. */
export function testSegment(activationId: string): { readonly audienceId: string; readonly name: string } {
  return { audienceId: `peregrine-test-${activationId}`, name: "Peregrine test" };
}

/** Everybody of whom anything is held in a segment. */
export async function heldPeople(
  engine: Engine,
  activation: number,
  audience: string,
): Promise<HeldPerson[]> {
  const rows = await engine.query<{ id: string; held: HeldPerson["state"]; joining: number; ms: number }>(
    `SELECT person_id AS id, toString(argMax(state, version)) AS held,
      toUInt8(argMax(attempted, version)) AS joining, toUnixTimestamp64Milli(argMax(at, version)) AS ms
    FROM delivery_state
    WHERE activation = {ts_activation:UInt32} AND audience = {ts_audience:String}
    GROUP BY person_id ORDER BY person_id`,
    { ts_activation: activation, ts_audience: audience },
  );
  return rows.map(({ id, held, joining, ms }) => ({
    personId: id,
    state: held,
    attempted: joining === 1,
    attemptedAt: Number(ms),
  }));
}

/** Writes the plan of a test: these people, one after the other, in or out. */
export async function writeTestPlan(
  engine: Engine,
  scope: DeliveryScope,
  audience: string,
  people: readonly { readonly personId: string; readonly prior: HeldPerson["state"] }[],
  membership: boolean,
): Promise<void> {
  await engine.insert(
    "plan_change",
    ["run", "epoch", "n", "audience", "person_id", "membership", "prior"],
    people.map(({ personId, prior }, at) => [
      scope.run,
      scope.epoch,
      at,
      audience,
      personId,
      membership ? 1 : 0,
      prior,
    ]),
  );
}
