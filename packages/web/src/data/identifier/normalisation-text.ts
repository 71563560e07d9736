import { NORMALISATION_WORDS } from "@peregrine/core/data-words";

/** How values are compared, "without spaces at the ends, in small letters". */
export function normalisationText(steps: readonly (keyof typeof NORMALISATION_WORDS)[]): string {
  const [first, ...others] = steps.map((step) => NORMALISATION_WORDS[step]);
  if (first === undefined) return "As they come";
  return [first.charAt(0).toUpperCase() + first.slice(1), ...others].join(", ");
}
