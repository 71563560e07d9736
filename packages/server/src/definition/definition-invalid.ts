import { type Fault, PeregrineError } from "@peregrine/core";

/** The failure of definitions with faults; its message has their number. */
export function definitionInvalid(faults: readonly Fault[]): PeregrineError {
  const detail =
    faults.length === 1 ? "The definitions have a fault." : `The definitions have ${faults.length} faults.`;
  return new PeregrineError("definitionInvalid", { detail, faults });
}
