import { deedsOf } from "./evaluate/did.ts";
import { currentValue, type Person } from "./person.ts";
import type { ResolvedRule, RuleKind } from "./resolved.ts";
import { testHolds } from "./value-test.ts";
import type { Moment } from "./window.ts";

/** One person at one moment, and what was decided of them already. */
interface Case {
  readonly person: Person;
  readonly moment: Moment;
  /** By the rule of an audience: one that is named along many ways is decided once. */
  readonly decided: Map<ResolvedRule, boolean>;
}

type NodeEvaluator<Kind extends RuleKind> = (rule: ResolvedRule<Kind>, of: Case) => boolean;

const NODES: { readonly [Kind in RuleKind]: NodeEvaluator<Kind> } = {
  all: (rule, of) => rule.of.every((branch) => decide(branch, of)),
  any: (rule, of) => rule.of.some((branch) => decide(branch, of)),
  not: (rule, of) => !decide(rule.of, of),
  everyone: () => true,
  have: ({ numbers, test }, { person, moment }) => testHolds(test, currentValue(person, numbers), moment),
  did: (did, { person, moment }) => deedsOf(did, person, moment).holds,
  inAudience: (rule, of) => {
    const known = of.decided.get(rule.of);
    if (known !== undefined) return known;
    const holds = decide(rule.of, of);
    of.decided.set(rule.of, holds);
    return holds;
  },
};

/** Decides one person in memory, with the same meaning as the compiled statement. */
export function evaluateRule(rule: ResolvedRule, person: Person, moment: Moment): boolean {
  return decide(rule, { person, moment, decided: new Map() });
}

function decide<Kind extends RuleKind>(rule: ResolvedRule<Kind>, of: Case): boolean {
  return NODES[rule.kind](rule, of);
}
