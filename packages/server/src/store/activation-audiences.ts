import type { Clock, LinkState } from "@peregrine/core";
import type { Kysely, Selectable, Updateable } from "kysely";
import type { Database } from "./database.ts";
import { groupedBy } from "./grouped.ts";
import { fromJSONText, toJSONText } from "./json.ts";
import type { StoredFailure } from "./progress.ts";

/** An audience as an activation carries it, or once carried it. */
export interface ActivationAudience {
  readonly activationId: string;
  readonly audienceId: string;
  readonly attachedAt: number;
  readonly lastSynchronizedAt: number | null;
  readonly status: LinkState;
  readonly error: StoredFailure | null;
  /** What the delivery keeps about the segment, such as what the destination was last told of it. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

type Patch = Partial<Omit<ActivationAudience, "activationId" | "audienceId" | "attachedAt">>;

export class ActivationAudiences {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  with(transaction: Kysely<Database>): ActivationAudiences {
    return new ActivationAudiences(transaction, this.#clock);
  }

  /** Links audiences, or links them again; what was known of one from before stays. */
  async link(
    activationId: string,
    audienceIds: readonly string[],
    status: LinkState = "linked",
  ): Promise<void> {
    if (audienceIds.length === 0) return;
    await this.#db
      .insertInto("activation_audience")
      .values(
        audienceIds.map((id) => ({
          activation_id: activationId,
          audience_id: id,
          attached_at: this.#clock.now(),
          status,
        })),
      )
      .onConflict((conflict) => conflict.columns(["activation_id", "audience_id"]).doUpdateSet({ status }))
      .execute();
  }

  /** All of an activation's, by audience id. */
  async of(activationId: string): Promise<ActivationAudience[]> {
    return (await this.ofEach([activationId])).get(activationId) ?? [];
  }

  /** All of several activations', by activation; those without have no entry. */
  async ofEach(activationIds: readonly string[]): Promise<ReadonlyMap<string, ActivationAudience[]>> {
    if (activationIds.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("activation_audience")
      .selectAll()
      .where("activation_id", "in", activationIds)
      .orderBy("audience_id")
      .execute();
    return groupedBy(rows.map(recordOf), ({ activationId }) => activationId);
  }

  /** Changes the fields that are named. */
  async update(activationId: string, audienceId: string, patch: Patch): Promise<void> {
    const columns = columnsOf(patch);
    if (Object.keys(columns).length === 0) return;
    await this.#db
      .updateTable("activation_audience")
      .set(columns)
      .where("activation_id", "=", activationId)
      .where("audience_id", "=", audienceId)
      .execute();
  }

  /** Forgets the link and what was known of it. */
  async forget(activationId: string, audienceId: string): Promise<void> {
    await this.#db
      .deleteFrom("activation_audience")
      .where("activation_id", "=", activationId)
      .where("audience_id", "=", audienceId)
      .execute();
  }
}

function columnsOf(patch: Patch): Updateable<Database["activation_audience"]> {
  return {
    ...(patch.lastSynchronizedAt === undefined ? {} : { last_synchronized_at: patch.lastSynchronizedAt }),
    ...(patch.status === undefined ? {} : { status: patch.status }),
    ...(patch.error === undefined ? {} : { error: toJSONText(patch.error) }),
    ...(patch.metadata === undefined ? {} : { metadata: toJSONText(patch.metadata) }),
  };
}

function recordOf(row: Selectable<Database["activation_audience"]>): ActivationAudience {
  return {
    activationId: row.activation_id,
    audienceId: row.audience_id,
    attachedAt: row.attached_at,
    lastSynchronizedAt: row.last_synchronized_at,
    status: row.status as LinkState,
    error: fromJSONText<StoredFailure>(row.error),
    metadata: fromJSONText<Record<string, unknown>>(row.metadata),
  };
}
