import type { Draft } from "./draft.ts";

/** The five stages, in their order. */
export const STEPS = [
  { name: "general", label: "General Information" },
  { name: "source", label: "File or stream" },
  { name: "mapping", label: "File Mapping" },
  { name: "transform", label: "Transform & Map" },
  { name: "activate", label: "Activate" },
] as const;

export type StepName = (typeof STEPS)[number]["name"];

/** Reads a step from an address; the first one where it names none. */
export function stepOf(value: unknown): StepName {
  return STEPS.find(({ name }) => name === value)?.name ?? "general";
}

/** What the mapping is proposed for: when any of this changes, it is proposed anew. */
export function mappingKey({ id, name, parent, schema, personIdentifier, sample }: Draft): string {
  return JSON.stringify([id, name.trim(), parent, schema, personIdentifier, sample]);
}

/** The latest step that can be shown: what an earlier one asks for must be there. */
export function reachedStep(draft: Draft): number {
  if (draft.name.trim() === "" || draft.id === "") return 0;
  if (draft.sample === "") return 1;
  return draft.mapping?.madeFor === mappingKey(draft) ? 4 : 2;
}
