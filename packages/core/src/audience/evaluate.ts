import { matchesFilter } from "./evaluate/filter.ts";
import { measureHolds } from "./evaluate/measure.ts";
import { currentValue, type Person, type PersonEvent } from "./person.ts";
import type { ResolvedRule, RuleKind } from "./resolved.ts";
import { testHolds } from "./value-test.ts";
import { boundsOf, liesWithin, type Moment } from "./window.ts";

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
  did: (did, { person, moment }) => {
    const events = person.events.filter((event) => matches(event, did, moment));
    const bounds = boundsOf(did.window, moment);
    const within = events.filter(({ time }) => liesWithin(time, bounds));
    if (did.occurrence === undefined) return measureHolds(did.measure, within);
    const times = events.map(({ time }) => time);
    const [first, ...others] = times;
    if (first === undefined) return false;
    const earlier = did.occurrence === "first";
    const asked = others.reduce((found, time) => (time < found === earlier ? time : found), first);
    return liesWithin(asked, bounds);
  },
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

/** Whether an event is of the kind and has happened, whatever the window. */
function matches(event: PersonEvent, did: ResolvedRule<"did">, moment: Moment): boolean {
  return (
    event.type === did.event &&
    did.schemas.includes(event.schema) &&
    event.time <= moment.asOf &&
    (did.where === undefined || matchesFilter(did.where, event, moment))
  );
}
