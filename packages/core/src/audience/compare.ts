import { groupOf } from "./branches.ts";
import { type AudienceNames, describeRule } from "./describe.ts";
import type { Rule } from "./rule.ts";

/** What became of one part of a rule. */
export interface RuleDifference {
  readonly action: "added" | "removed" | "changed" | "reordered";
  /** JSON pointer: into the earlier rule of what was removed, into the later one of everything else. */
  readonly path: string;
  /** By which group it is joined with what stands beside it; null where nothing does. */
  readonly group: "all" | "any" | null;
  /** In words; null where there was nothing. */
  readonly before: string | null;
  readonly after: string | null;
}

/** A node of one of the two rules. */
interface Side {
  readonly rule: Rule;
  readonly path: string;
  readonly names: AudienceNames;
}

type Group = RuleDifference["group"];

/**
 * What two rules have different, part by part. The order within a group means nothing, so what only moved is told as
 * such. Conditions on the same attribute or event are taken for the same one, changed.
 *
 * @param names of the audiences that the rules name; an id without one is told as it is
 */
export function compareRules(
  before: Rule,
  after: Rule,
  names: AudienceNames = () => undefined,
): readonly RuleDifference[] {
  return compareNodes({ rule: before, path: "", names }, { rule: after, path: "", names }, null);
}

function compareNodes(before: Side, after: Side, group: Group): readonly RuleDifference[] {
  if (keyOf(before.rule) === keyOf(after.rule)) return [];
  const was = groupOf(before.rule);
  const is = groupOf(after.rule);
  if (was !== undefined && is !== undefined) {
    const below = compareBranches(branches(before), branches(after), is.word);
    if (was.word !== is.word) return [joinedAnew(was.word, is.word, after, group), ...below];
    if (below.length > 0) return below;
    return [{ ...difference("changed", after, group, before), action: "reordered" }];
  }
  // A condition to which others were added stands in a group now, and the other way round.
  if (is?.of.some((rule) => isSameSubject(rule, before.rule))) {
    return compareBranches([before], branches(after), is.word);
  }
  if (was?.of.some((rule) => isSameSubject(rule, after.rule))) {
    return compareBranches(branches(before), [after], was.word);
  }
  if ("not" in before.rule && "not" in after.rule) {
    const [inner, now] = [before.rule.not, after.rule.not];
    if (groupOf(inner) !== undefined && groupOf(now) !== undefined) {
      return compareNodes(below(before, inner, "/not"), below(after, now, "/not"), null);
    }
  }
  return [difference("changed", after, group, before)];
}

function joinedAnew(was: "all" | "any", is: "all" | "any", { path }: Side, group: Group): RuleDifference {
  return { action: "changed", path, group, before: `${was} of these`, after: `${is} of these` };
}

/** Finds which branch became which: equal ones first, then those about the same thing, then groups. */
function compareBranches(
  before: readonly Side[],
  after: readonly Side[],
  group: "all" | "any",
): readonly RuleDifference[] {
  const rest = { before: [...before], after: [...after] };
  const pairs: { readonly was: Side; readonly is: Side }[] = [];
  for (const alike of [isEqual, isSameSubject, isOpposite, areGroups]) {
    for (const is of [...rest.after]) {
      const was = rest.before.find((one) => alike(one.rule, is.rule));
      if (was === undefined) continue;
      pairs.push({ was, is });
      rest.before.splice(rest.before.indexOf(was), 1);
      rest.after.splice(rest.after.indexOf(is), 1);
    }
  }
  return [
    ...rest.before.map((side) => difference("removed", side, group, side)),
    ...after.flatMap((side) => {
      const pair = pairs.find(({ is }) => is === side);
      if (pair === undefined) return [difference("added", side, group)];
      return compareNodes(pair.was, pair.is, group);
    }),
  ];
}

function difference(
  action: "added" | "removed" | "changed",
  { rule, path, names }: Side,
  group: Group,
  before?: Side,
): RuleDifference {
  return {
    action,
    path,
    group,
    before: before === undefined ? null : describeRule(before.rule, names),
    after: action === "removed" ? null : describeRule(rule, names),
  };
}

function branches(side: Side): readonly Side[] {
  const group = groupOf(side.rule);
  return group === undefined ? [] : group.of.map((rule, at) => below(side, rule, `/${group.word}/${at}`));
}

function below({ path, names }: Side, rule: Rule, step: string): Side {
  return { rule, path: `${path}${step}`, names };
}

function isEqual(one: Rule, other: Rule): boolean {
  return keyOf(one) === keyOf(other);
}

function isSameSubject(one: Rule, other: Rule): boolean {
  return subjectOf(one) === subjectOf(other);
}

/** `did buy` and `did not buy` */
function isOpposite(one: Rule, other: Rule): boolean {
  return subjectOf(positive(one)) === subjectOf(positive(other));
}

function positive(rule: Rule): Rule {
  return "not" in rule ? rule.not : rule;
}

function areGroups(one: Rule, other: Rule): boolean {
  return groupOf(one) !== undefined && groupOf(other) !== undefined;
}

/** What a condition is about, so that one with another operand is the same one, changed. */
function subjectOf(rule: Rule): string {
  const group = groupOf(rule);
  if (group !== undefined) return keyOf(rule);
  if ("not" in rule) return `not ${groupOf(rule.not) === undefined ? subjectOf(rule.not) : "group"}`;
  if ("have" in rule) return `have ${rule.have.attribute}`;
  return "did" in rule ? `did ${rule.did.event}` : keyOf(rule);
}

/** The same text for equal values of JSON, whatever the order of their keys. */
export function keyOf(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  );
}
