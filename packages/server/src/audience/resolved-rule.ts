import { type Fault, PeregrineError, type ResolvedRule } from "@peregrine/core";

/** What a rule was resolved to. @throws PeregrineError `ruleInvalid` with all faults */
export function resolvedOrThrow(
  result: { readonly ok: ResolvedRule } | { readonly faults: readonly Fault[] },
): ResolvedRule {
  if ("ok" in result) return result.ok;
  const count = result.faults.length;
  const detail = count === 1 ? "The rule has a fault." : `The rule has ${count} faults.`;
  throw new PeregrineError("ruleInvalid", { detail, faults: result.faults });
}
