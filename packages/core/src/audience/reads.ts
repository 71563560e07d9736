import { evaluateRule } from "./evaluate.ts";
import type { Person } from "./person.ts";
import type { ResolvedRule, RuleKind } from "./resolved.ts";
import type { Moment } from "./window.ts";

/** The data on which a rule's outcome depends. */
export interface RuleReads {
  /** Catalog numbers of attributes, ascending. */
  readonly attributes: readonly number[];
  /** Types of events, sorted; whatever schema brings them. */
  readonly events: readonly string[];
  /** It holds for people of whom nothing is known: who is new belongs to it at once. */
  readonly newProfiles: boolean;
}

/** What the leaves of a rule read. */
interface Reads {
  /** Audiences that were looked into: one may be named along many ways. */
  readonly audiences: Set<ResolvedRule>;
  readonly attributes: Set<number>;
  readonly events: Set<string>;
}

const NODES: { readonly [Kind in RuleKind]: (rule: ResolvedRule<Kind>, reads: Reads) => void } = {
  all: ({ of }, reads) => readAll(of, reads),
  any: ({ of }, reads) => readAll(of, reads),
  not: ({ of }, reads) => read(of, reads),
  everyone: () => {},
  have: ({ numbers }, { attributes }) => {
    for (const number of numbers) attributes.add(number);
  },
  did: ({ event }, { events }) => {
    events.add(event);
  },
  inAudience: ({ of }, reads) => {
    if (reads.audiences.has(of)) return;
    reads.audiences.add(of);
    read(of, reads);
  },
};

const NOBODY: Person = { attributes: new Map(), events: [] };
/** Of nobody's data nothing depends on the time. */
const ANY_MOMENT: Moment = { asOf: 0, timeZone: "UTC" };

/** What has to change before the rule can find others, besides the time and merges of people. */
export function readsOf(rule: ResolvedRule): RuleReads {
  const reads: Reads = { audiences: new Set(), attributes: new Set(), events: new Set() };
  read(rule, reads);
  return {
    attributes: [...reads.attributes].sort((left, right) => left - right),
    events: [...reads.events].sort(),
    newProfiles: evaluateRule(rule, NOBODY, ANY_MOMENT),
  };
}

function read<Kind extends RuleKind>(rule: ResolvedRule<Kind>, reads: Reads): void {
  NODES[rule.kind](rule, reads);
}

function readAll(rules: readonly ResolvedRule[], reads: Reads): void {
  for (const rule of rules) read(rule, reads);
}
