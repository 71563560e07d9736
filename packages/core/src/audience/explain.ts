import { type ResolvedBlock, resolvedBranches } from "./branches.ts";
import { type AudienceNames, describeRule } from "./describe.ts";
import { evaluateRule } from "./evaluate.ts";
import { type Saw, sawOf } from "./explain/saw.ts";
import { sawWords } from "./explain/words.ts";
import type { Person } from "./person.ts";
import type { ResolvedRule } from "./resolved.ts";
import type { Rule } from "./rule.ts";
import type { Moment } from "./window.ts";

/** One node of a rule, decided for one person. */
export interface ExplainedNode {
  /** JSON pointer below the rule; the rule itself is the empty text. */
  readonly path: string;
  readonly sentence: string;
  readonly holds: boolean;
  /**
   * Whether it is one of those that decided: the rule's verdict stays the same whatever all nodes that did not decide
   * may be. Of an `any` that holds its branches that hold decide, of an `all` that does not those that do not.
   */
  readonly decides: boolean;
  /** The nodes below; a condition has none. */
  readonly of: readonly ExplainedNode[];
  /** What a condition looked at; null for a group and for `not`. */
  readonly saw: Saw | null;
}

/** The rule of an audience that a rule names, decided for the same person. */
export interface ExplainedAudience {
  readonly id: string;
  readonly name: string;
  readonly tree: ExplainedNode;
}

export interface Explanation {
  readonly holds: boolean;
  readonly tree: ExplainedNode;
  /** What decided, condition by condition, in words. */
  readonly sentences: readonly string[];
  /** Each audience that is named, on whatever way, once. */
  readonly audiences: readonly ExplainedAudience[];
}

interface Case {
  readonly person: Person;
  readonly moment: Moment;
  readonly names: AudienceNames;
}

/**
 * Decides one person and tells by what.
 *
 * @param ruleOf the rule of an audience that is named, as it was resolved with
 */
export function explainRule(
  rule: Rule,
  resolved: ResolvedRule,
  person: Person,
  moment: Moment,
  ruleOf: (audience: string) => Rule | undefined,
): Explanation {
  const named = new Map<string, ResolvedRule<"inAudience">>();
  collect(resolved, named);
  const of: Case = { person, moment, names: (id) => named.get(id)?.name };
  const tree = marked(explained({ path: "", rule, resolved }, of), true);
  const audiences = [...named.values()].flatMap(({ id, name, of: its }) => {
    const written = ruleOf(id);
    if (written === undefined) return [];
    return [{ id, name, tree: marked(explained({ path: "", rule: written, resolved: its }, of), true) }];
  });
  return { holds: tree.holds, tree, sentences: sentencesOf(tree), audiences };
}

function explained(block: ResolvedBlock, of: Case): ExplainedNode {
  const { path, rule, resolved } = block;
  const branches = resolvedBranches(block).map((branch) => explained(branch, of));
  const node = { path, sentence: describeRule(rule, of.names), decides: false, of: branches };
  if (branches.length > 0) return { ...node, holds: joined(resolved, branches), saw: null };
  // The opposite of a test is one condition of the rule.
  const leaf = resolved.kind === "not" ? resolved.of : resolved;
  if (leaf.kind === "all" || leaf.kind === "any" || leaf.kind === "not") {
    throw new TypeError(`the node at ${path} was resolved to a group`);
  }
  const holds = evaluateRule(resolved, of.person, of.moment);
  return { ...node, holds, saw: sawOf(leaf, of.person, of.moment) };
}

function joined({ kind }: ResolvedRule, branches: readonly ExplainedNode[]): boolean {
  if (kind === "not") return branches.every(({ holds }) => !holds);
  return kind === "any" ? branches.some(({ holds }) => holds) : branches.every(({ holds }) => holds);
}

/**
 * Where some branches agree with their group and some do not, those that agree decide it: one that holds an `any`, one
 * that does not an `all`. Where all agree they decide together, and what is below `not` never agrees and always decides.
 */
function marked(node: ExplainedNode, decides: boolean): ExplainedNode {
  const alike = node.of.filter(({ holds }) => holds === node.holds);
  const deciding = alike.length === 0 ? node.of : alike;
  return {
    ...node,
    decides,
    of: node.of.map((branch) => marked(branch, decides && deciding.includes(branch))),
  };
}

function sentencesOf(node: ExplainedNode): readonly string[] {
  if (!node.decides) return [];
  if (node.saw === null) return node.of.flatMap(sentencesOf);
  return [`${node.sentence}: ${node.holds ? "yes" : "no"}, ${sawWords(node.saw, node.holds)}`];
}

/** Every audience that is named, on whatever way. */
function collect(rule: ResolvedRule, named: Map<string, ResolvedRule<"inAudience">>): void {
  if (rule.kind === "all" || rule.kind === "any") for (const branch of rule.of) collect(branch, named);
  if (rule.kind === "not") collect(rule.of, named);
  if (rule.kind !== "inAudience" || named.has(rule.id)) return;
  named.set(rule.id, rule);
  collect(rule.of, named);
}
