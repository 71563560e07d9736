import type { ResolvedRule } from "./resolved.ts";
import type { Rule } from "./rule.ts";

/** A node of a rule and its place. */
export interface RuleBlock {
  /** JSON pointer below the rule: `/all/0/not`; the rule itself is the empty text. */
  readonly path: string;
  readonly rule: Rule;
}

/** The same with what the node was resolved to. */
export interface ResolvedBlock extends RuleBlock {
  readonly resolved: ResolvedRule;
}

/** `all` or `any` with what stands under it; undefined for another node. */
export function groupOf(
  rule: Rule,
): { readonly word: "all" | "any"; readonly of: readonly Rule[] } | undefined {
  if ("all" in rule) return { word: "all", of: rule.all };
  return "any" in rule ? { word: "any", of: rule.any } : undefined;
}

/** Every node of a rule, each before what stands below it; the rule itself comes first. */
export function ruleBlocks(rule: Rule): readonly RuleBlock[] {
  return withBranches({ path: "", rule }, branches);
}

/** The same with what each node was resolved to. */
export function resolvedBlocks(rule: Rule, resolved: ResolvedRule): readonly ResolvedBlock[] {
  return withBranches({ path: "", rule, resolved }, resolvedBranches);
}

function withBranches<Block>(block: Block, below: (block: Block) => readonly Block[]): readonly Block[] {
  return [block, ...below(block).flatMap((branch) => withBranches(branch, below))];
}

/** The nodes directly below a node; a condition has none. */
function branches({ rule, path }: RuleBlock): readonly RuleBlock[] {
  const group = groupOf(rule);
  if (group !== undefined) {
    return group.of.map((branch, at) => ({ path: `${path}/${group.word}/${at}`, rule: branch }));
  }
  return "not" in rule ? [{ path: `${path}/not`, rule: rule.not }] : [];
}

/**
 * The nodes directly below a node. What a condition was resolved to may be a `not` that the rule does not have:
 * the opposite of a test.
 */
export function resolvedBranches(block: ResolvedBlock): readonly ResolvedBlock[] {
  const { resolved } = block;
  const of =
    resolved.kind === "all" || resolved.kind === "any"
      ? resolved.of
      : resolved.kind === "not"
        ? [resolved.of]
        : [];
  return branches(block).flatMap((branch, at) => {
    const below = of[at];
    return below === undefined ? [] : [{ ...branch, resolved: below }];
  });
}
