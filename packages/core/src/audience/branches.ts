import type { Rule } from "./rule.ts";

/** A node of a rule and its place. */
export interface RuleBlock {
  /** JSON pointer below the rule: `/all/0/not`; the rule itself is the empty text. */
  readonly path: string;
  readonly rule: Rule;
}

/** `all` or `any` with what stands under it; undefined for another node. */
export function groupOf(
  rule: Rule,
): { readonly word: "all" | "any"; readonly of: readonly Rule[] } | undefined {
  if ("all" in rule) return { word: "all", of: rule.all };
  return "any" in rule ? { word: "any", of: rule.any } : undefined;
}

/** The nodes directly below a node, with their places below it; a condition has none. */
function branchesOf(rule: Rule): readonly RuleBlock[] {
  const group = groupOf(rule);
  if (group !== undefined) return group.of.map((of, at) => ({ path: `/${group.word}/${at}`, rule: of }));
  return "not" in rule ? [{ path: "/not", rule: rule.not }] : [];
}

/** Every node of a rule, each before what stands below it; the rule itself comes first. */
export function ruleBlocks(rule: Rule, path = ""): readonly RuleBlock[] {
  const below = branchesOf(rule).flatMap((branch) => ruleBlocks(branch.rule, `${path}${branch.path}`));
  return [{ path, rule }, ...below];
}
