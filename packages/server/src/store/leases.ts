import { type Clock, PeregrineError } from "@peregrine/core";
import type { Kysely } from "kysely";
import type { Database } from "./database.ts";

/** The right to do something alone until an instant. */
export interface Lease {
  readonly name: string;
  /** Names one worker: two that share a name would share the lease. */
  readonly holder: string;
  /** Grows whenever the lease changes hands or was lost in between; what is written under it carries it. */
  readonly epoch: number;
  /** Milliseconds UTC; from this instant on another may take it. */
  readonly expiresAt: number;
  readonly ttlMs: number;
}

/**
 * Leases with epochs. The time is the caller's clock: servers that share a PostgreSQL need clocks in step,
 * else a lease may end early. Then it is the epoch that keeps the late worker from publishing.
 */
export class Leases {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** The lease for `ttlMs` from now, or `undefined` while another holds it. */
  async acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const now = this.#clock.now();
    const row = await this.#db
      .insertInto("lease")
      .values({ name, holder, epoch: 1, expires_at: now + ttlMs })
      .onConflict((conflict) =>
        conflict
          .column("name")
          .doUpdateSet((eb) => ({
            holder,
            expires_at: now + ttlMs,
            epoch: eb
              .case()
              .when("lease.expires_at", ">", now)
              .then(eb.ref("lease.epoch"))
              .else(eb("lease.epoch", "+", 1))
              .end(),
          }))
          .where((eb) => eb.or([eb("lease.expires_at", "<=", now), eb("lease.holder", "=", holder)])),
      )
      .returning(["epoch", "expires_at"])
      .executeTakeFirst();
    return row && { name, holder, epoch: row.epoch, expiresAt: row.expires_at, ttlMs };
  }

  /** The same lease, for `ttlMs` from now; `undefined` when it has run out or gone to another. */
  async renew(lease: Lease): Promise<Lease | undefined> {
    const now = this.#clock.now();
    const { numUpdatedRows } = await this.#db
      .updateTable("lease")
      .set({ expires_at: now + lease.ttlMs })
      .where("name", "=", lease.name)
      .where("holder", "=", lease.holder)
      .where("epoch", "=", lease.epoch)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return numUpdatedRows === 1n ? { ...lease, expiresAt: now + lease.ttlMs } : undefined;
  }

  /** Gives it back. Its row stays, so that epochs never begin anew. Does nothing when it is lost already. */
  async release(lease: Lease): Promise<void> {
    await this.#db
      .updateTable("lease")
      .set({ expires_at: 0 })
      .where("name", "=", lease.name)
      .where("holder", "=", lease.holder)
      .where("epoch", "=", lease.epoch)
      .execute();
  }

  /**
   * Ends every lease: for the start of a server that has the control plane for itself, as on SQLite, where
   * the former holders are known to be dead.
   */
  async releaseAll(): Promise<void> {
    await this.#db.updateTable("lease").set({ expires_at: 0 }).execute();
  }
}

/**
 * Makes sure, inside a transaction, that the lease has not gone to another, and keeps it so until the
 * transaction ends: the row is updated, and with it locked. An expired lease that nobody took still counts,
 * for nobody else can have done anything under it.
 *
 * @throws PeregrineError `leaseLost`
 */
export async function assertHeld(transaction: Kysely<Database>, lease: Lease): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable("lease")
    .set((eb) => ({ epoch: eb.ref("epoch") }))
    .where("name", "=", lease.name)
    .where("holder", "=", lease.holder)
    .where("epoch", "=", lease.epoch)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) {
    throw new PeregrineError("leaseLost", {
      detail: `The lease "${lease.name}" of ${lease.holder} (epoch ${lease.epoch}) has gone to another.`,
    });
  }
}
