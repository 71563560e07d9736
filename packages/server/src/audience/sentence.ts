import { type AudienceNames, type Catalog, describeRule, parseRule } from "@peregrine/core";

/** A rule as a sentence; null when its words are not known to this version. */
export function sentenceOf(rule: unknown, names: AudienceNames): string | null {
  const parsed = parseRule(rule);
  return "ok" in parsed ? describeRule(parsed.ok, names) : null;
}

/** What other audiences are called, for {@link sentenceOf}. */
export function namesOf({ audiences }: Catalog): AudienceNames {
  return (id) => audiences.get(id)?.name;
}
