import { PeregrineError } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { Store } from "../store/index.ts";
import { isActivation } from "./known-activations.ts";

/** Rewriting the parts of large tables takes its time; nobody sends meanwhile. */
const LEASE_MS = 10 * 60_000;

/**
 * Another destination starts from nothing accepted. May be repeated.
 * @throws PeregrineError `activationRunning` while another process sends
 */
export async function forgetAccepted(store: Store, engine: Engine, activationId: string): Promise<void> {
  const record = (await store.definitions.all()).filter(isActivation).find(({ id }) => id === activationId);
  if (record === undefined) return;
  const lease = await store.leases.acquire(`activation:${activationId}`, crypto.randomUUID(), LEASE_MS);
  if (lease === undefined) throw new PeregrineError("activationRunning");
  try {
    for (const table of ["delivery_state", "delivery_refusal"]) {
      await engine.command(
        `ALTER TABLE ${table} DELETE WHERE activation = {activation:UInt32} SETTINGS mutations_sync = 1`,
        { activation: record.number },
      );
    }
    for (const { audienceId } of await store.activationAudiences.of(activationId)) {
      await store.activationAudiences.forget(activationId, audienceId);
    }
  } finally {
    await store.leases.release(lease);
  }
}
