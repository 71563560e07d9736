import type { Engine } from "../engine/index.ts";
import type { Store } from "../store/index.ts";
import { memoryOf } from "./link.ts";

/** What was accepted by a destination that is none any more. Rewrites parts, which is rare enough. */
export async function forgetAccepted(engine: Engine, activation: number): Promise<void> {
  for (const table of ["delivery_state", "delivery_refusal"]) {
    await engine.command(
      `ALTER TABLE ${table} DELETE WHERE activation = {activation:UInt32} SETTINGS mutations_sync = 1`,
      { activation },
    );
  }
}

/**
 * At the beginning of a run, under its lease: forgets what the former destination accepted when the definition
 * said so. Nothing was sent to the new one before the links say that it is done, so it may be repeated.
 */
export async function startAnew(
  { engine, store }: { readonly engine: Engine; readonly store: Store },
  activation: { readonly id: string; readonly number: number },
): Promise<void> {
  const links = (await store.activationAudiences.of(activation.id)).filter(
    (link) => memoryOf(link).startsAnew,
  );
  if (links.length === 0) return;
  await forgetAccepted(engine, activation.number);
  for (const { audienceId } of links) {
    await store.activationAudiences.update(activation.id, audienceId, { metadata: null });
  }
}
