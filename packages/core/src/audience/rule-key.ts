import type { ResolvedRule } from "./resolved.ts";

/**
 * A text that is equal for rules that find the same people by the same data. The rule of another audience is written
 * once and referred to afterwards: written out wherever it is named it would double with every audience.
 */
export function ruleKey(rule: ResolvedRule): string {
  const written = new Map<ResolvedRule, number>();
  return JSON.stringify(rule, (_, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (!isInAudience(part)) return part;
    const known = written.get(part.of);
    if (known !== undefined) return { inAudience: known };
    written.set(part.of, written.size);
    return { inAudience: part.of };
  });
}

function isInAudience(part: unknown): part is ResolvedRule<"inAudience"> {
  return typeof part === "object" && part !== null && "kind" in part && part.kind === "inAudience";
}
