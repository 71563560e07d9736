import type { Draft } from "./draft.ts";
import { REQUIRED_FIELDS } from "./ibexa-values.ts";

/** The three steps, in their order. */
export const STEPS = [
  { name: "general", label: "General information" },
  { name: "ibexa", label: "Ibexa information" },
  { name: "audiences", label: "Audiences" },
] as const;

export type StepName = (typeof STEPS)[number]["name"];

/** Reads a step from an address; undefined where it names none. */
export function stepOf(value: unknown): StepName | undefined {
  return STEPS.find(({ name }) => name === value)?.name;
}

/** Whether the four fields of the guide are filled in; what is saved has its secret. */
export function isFilled(draft: Draft): boolean {
  return REQUIRED_FIELDS.every(
    (name) => draft[name].trim() !== "" || (draft.saved !== null && name === "clientSecret"),
  );
}

/** The latest step that can be shown: what an earlier one asks for must be there, lost secrets among it. */
export function reachedStep(draft: Draft): number {
  if (draft.name.trim() === "") return 0;
  return isFilled(draft) && draft.lost.length === 0 ? 2 : 1;
}
