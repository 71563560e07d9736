import { matchesFilter } from "./evaluate/filter.ts";
import { measureHolds } from "./evaluate/measure.ts";
import { currentValue, type Person, type PersonEvent } from "./person.ts";
import type { ResolvedRule, RuleKind } from "./resolved.ts";
import { testHolds } from "./value-test.ts";
import { type Bounds, boundsOf, type Moment } from "./window.ts";

type NodeEvaluator<Kind extends RuleKind> = (
  rule: ResolvedRule<Kind>,
  person: Person,
  moment: Moment,
) => boolean;

const NODES: { readonly [Kind in RuleKind]: NodeEvaluator<Kind> } = {
  all: ({ of }, person, moment) => of.every((rule) => evaluateRule(rule, person, moment)),
  any: ({ of }, person, moment) => of.some((rule) => evaluateRule(rule, person, moment)),
  not: ({ of }, person, moment) => !evaluateRule(of, person, moment),
  everyone: () => true,
  have: ({ numbers, test }, person) => testHolds(test, currentValue(person, numbers)),
  did: (did, person, moment) => {
    const bounds = boundsOf(did.window, moment);
    return measureHolds(
      did.measure,
      person.events.filter((event) => matches(event, did, bounds)),
    );
  },
};

/** Decides one person in memory, with the same meaning as the compiled statement. */
export function evaluateRule<Kind extends RuleKind>(
  rule: ResolvedRule<Kind>,
  person: Person,
  moment: Moment,
): boolean {
  return NODES[rule.kind](rule, person, moment);
}

function matches(event: PersonEvent, did: ResolvedRule<"did">, { after, upTo }: Bounds): boolean {
  return (
    event.type === did.event &&
    did.schemas.includes(event.schema) &&
    event.time <= upTo &&
    (after === undefined || event.time > after) &&
    (did.where === undefined || matchesFilter(did.where, event))
  );
}
