import { type ActivationDefinition, notFound } from "@peregrine/core";
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

/** A live or a deleted one: what it sent is kept for a time. @throws PeregrineError `notFound` */
export async function knownActivation(store: Store, id: string): Promise<ActivationRecord> {
  const all = (await store.definitions.all()).filter(isActivation);
  const record = all.find((one) => one.id === id);
  if (record !== undefined) return record;
  const known = all.filter(({ state }) => state === "live").map((one) => one.id);
  throw notFound("activation", `There is no activation \`${id}\`.`, { asked: id, known });
}
