import { ruleBlocks } from "./branches.ts";
import { parseRule } from "./resolve.ts";

/** Ids of the audiences that a rule names itself, not by those that it names; none where it cannot be read. */
export function audiencesNamed(rule: unknown): ReadonlySet<string> {
  const parsed = parseRule(rule);
  if ("faults" in parsed) return new Set();
  return new Set(
    ruleBlocks(parsed.ok).flatMap(({ rule: node }) => ("inAudience" in node ? [node.inAudience] : [])),
  );
}
