import type { AudienceDefinition } from "./audience.ts";
import { compareRules, keyOf, type RuleDifference } from "./compare.ts";
import type { AudienceNames } from "./describe.ts";
import { parseRule } from "./resolve.ts";

/** One field of an audience that is not its rule. */
export interface FieldDifference {
  readonly field: string;
  /** null where the field was not there. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface AudienceComparison {
  readonly fields: readonly FieldDifference[];
  /** null when the rules differ and one of them is of a language that this version does not know. */
  readonly rule: readonly RuleDifference[] | null;
}

/**
 * What two versions of an audience have different.
 *
 * @param names of the audiences that the rules name
 */
export function compareAudiences(
  before: AudienceDefinition,
  after: AudienceDefinition,
  names?: AudienceNames,
): AudienceComparison {
  const { kind: _kind, id: _id, rule: was, ...then } = before;
  const { kind: __kind, id: __id, rule: is, ...now } = after;
  const [old, young] = [
    new Map<string, unknown>(Object.entries(then)),
    new Map<string, unknown>(Object.entries(now)),
  ];
  const fields = [...new Set([...young.keys(), ...old.keys()])]
    .filter((field) => keyOf(old.get(field)) !== keyOf(young.get(field)))
    .map((field) => ({ field, before: old.get(field) ?? null, after: young.get(field) ?? null }));
  return { fields, rule: rulesOf(was, is, names) };
}

function rulesOf(
  before: unknown,
  after: unknown,
  names: AudienceNames | undefined,
): readonly RuleDifference[] | null {
  if (keyOf(before) === keyOf(after)) return [];
  const [was, is] = [parseRule(before), parseRule(after)];
  return "ok" in was && "ok" in is ? compareRules(was.ok, is.ok, names) : null;
}
