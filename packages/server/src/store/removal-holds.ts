import type { Clock, HoldReason, Removals } from "@peregrine/core";
import type { Kysely, Selectable } from "kysely";
import { Counters } from "./counters.ts";
import type { Database } from "./database.ts";
import { groupedBy } from "./grouped.ts";
import { fromJSONText } from "./json.ts";

/**
 * `waiting` for a decision → `approved` → `used` by a run that carried it out; or `left`: the people stay where they
 * are until the members change. `gone`: the members changed, or others are held in its stead.
 */
export type HoldState = "waiting" | "left" | "approved" | "used" | "gone";

/** The removals of one segment that a run left out; instants in ms UTC. */
export interface RemovalHold {
  readonly id: number;
  readonly activationId: string;
  readonly audienceId: string;
  /** The plan that names the people. */
  readonly run: number;
  readonly epoch: number;
  /** The same people give the same text. */
  readonly fingerprint: string;
  readonly removals: Omit<Removals, "stale">;
  readonly reasons: readonly HoldReason[];
  readonly state: HoldState;
  readonly heldAt: number;
  /** Since when the plan names the people; plans are kept for a time. */
  readonly writtenAt: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
}

type NewHold = Pick<
  RemovalHold,
  "activationId" | "audienceId" | "run" | "epoch" | "fingerprint" | "removals" | "reasons"
>;

const ACTIVE: readonly HoldState[] = ["waiting", "left", "approved"];
const OPEN: readonly HoldState[] = ["waiting", "left"];

/** What the removal guard holds. An audience has at most one hold that is open, and one that is approved. */
export class RemovalHolds {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Those of an activation that still matter, the oldest first. */
  async active(activationId: string): Promise<RemovalHold[]> {
    return (await this.activeOfEach([activationId])).get(activationId) ?? [];
  }

  /** The same of several activations, by activation; those without have no entry. */
  async activeOfEach(activationIds: readonly string[]): Promise<ReadonlyMap<string, RemovalHold[]>> {
    if (activationIds.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("removal_hold")
      .selectAll()
      .where("activation_id", "in", activationIds)
      .where("state", "in", ACTIVE)
      .orderBy("id")
      .execute();
    return groupedBy(rows.map(recordOf), ({ activationId }) => activationId);
  }

  /** Holds removals; what was held of the audience before, and not approved, is gone. */
  async hold(of: NewHold): Promise<RemovalHold> {
    return this.#db.transaction().execute(async (trx) => {
      await trx
        .updateTable("removal_hold")
        .set({ state: "gone", ended_at: this.#clock.now() })
        .where("activation_id", "=", of.activationId)
        .where("audience_id", "=", of.audienceId)
        .where("state", "in", OPEN)
        .execute();
      const row = await trx
        .insertInto("removal_hold")
        .values({
          id: await new Counters(trx).draw("removal hold"),
          activation_id: of.activationId,
          audience_id: of.audienceId,
          run: of.run,
          epoch: of.epoch,
          fingerprint: of.fingerprint,
          removals: JSON.stringify(of.removals),
          reasons: JSON.stringify(of.reasons),
          state: "waiting",
          held_at: this.#clock.now(),
          written_at: this.#clock.now(),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return recordOf(row);
    });
  }

  /** The same people stand in a newer plan too, which is kept longer. */
  async moveTo(id: number, { run, epoch }: Pick<RemovalHold, "run" | "epoch">): Promise<void> {
    await this.#db
      .updateTable("removal_hold")
      .set({ run, epoch, written_at: this.#clock.now() })
      .where("id", "=", id)
      .execute();
  }

  /** @returns false when it isn't open any more; then nothing happened */
  async decide(
    { id, activationId, audienceId }: Pick<RemovalHold, "id" | "activationId" | "audienceId">,
    state: "approved" | "left",
    by: string,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("removal_hold")
      .set({ state, decided_at: this.#clock.now(), decided_by: by })
      .where("id", "=", id)
      .where("activation_id", "=", activationId)
      .where("audience_id", "=", audienceId)
      .where("state", "in", OPEN)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** @param from in which states it must be; in another one nothing happens */
  async end(ids: readonly number[], state: "used" | "gone", from: readonly HoldState[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#db
      .updateTable("removal_hold")
      .set({ state, ended_at: this.#clock.now() })
      .where("id", "in", ids)
      .where("state", "in", from)
      .execute();
  }
}

function recordOf(row: Selectable<Database["removal_hold"]>): RemovalHold {
  return {
    id: row.id,
    activationId: row.activation_id,
    audienceId: row.audience_id,
    run: row.run,
    epoch: row.epoch,
    fingerprint: row.fingerprint,
    removals: fromJSONText<RemovalHold["removals"]>(row.removals) ?? NOBODY,
    reasons: fromJSONText<HoldReason[]>(row.reasons) ?? [],
    state: row.state as HoldState,
    heldAt: row.held_at,
    writtenAt: row.written_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
  };
}

const NOBODY: RemovalHold["removals"] = { inside: 0, leaving: 0, left: 0, desired: 0 };
