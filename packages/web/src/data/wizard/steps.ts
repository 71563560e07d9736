import type { Mapping } from "../mapping/mapping.ts";
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

/** Reads a step from an address; undefined where it names none. */
export function stepOf(value: unknown): StepName | undefined {
  return STEPS.find(({ name }) => name === value)?.name;
}

/** What the mapping is proposed for: when any of this changes, it is proposed anew. */
export function mappingKey({ id, parent, schema, personIdentifier, sample }: Draft): string {
  return JSON.stringify([id, parent, schema, personIdentifier, sample]);
}

/** Whether a mapping was made for the same dataflow by other rows: then it stands, and its columns are looked for anew. */
export function isMadeByOtherRows(mapping: Mapping, draft: Draft): boolean {
  const made: unknown = JSON.parse(mapping.madeFor);
  const sample: unknown = Array.isArray(made) ? made.at(-1) : undefined;
  return typeof sample === "string" && mapping.madeFor === mappingKey({ ...draft, sample });
}

/** The latest step that can be shown: what an earlier one asks for must be there. */
export function reachedStep(draft: Draft): number {
  if (draft.name.trim() === "" || draft.id === "") return 0;
  if (draft.sample === "") return 1;
  return draft.mapping?.madeFor === mappingKey(draft) ? 4 : 2;
}
