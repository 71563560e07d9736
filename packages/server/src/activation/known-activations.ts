import type { ActivationDefinition } from "@peregrine/core";
import type { DefinitionRecord, Store } from "../store/index.ts";

export type ActivationRecord = DefinitionRecord<ActivationDefinition>;

export function isActivation(record: DefinitionRecord): record is ActivationRecord {
  return record.body.kind === "activation";
}

/** Live activations, and deleted ones that still take people out. */
export async function activationsWithLinks(store: Store): Promise<ActivationRecord[]> {
  const found: ActivationRecord[] = [];
  for (const record of (await store.definitions.all()).filter(isActivation)) {
    if (record.state === "live" || (await store.activationAudiences.of(record.id)).length > 0)
      found.push(record);
  }
  return found;
}
