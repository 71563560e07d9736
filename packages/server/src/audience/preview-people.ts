import type { Catalog, CompiledRules } from "@peregrine/core";
import type { Snapshot } from "../store/index.ts";
import type { AttributeColumns, PreviewRepository } from "./preview-repository.ts";

/** One of the people whom a rule finds. */
export interface PreviewPerson {
  readonly profile: number;
  /** By id of the identifier; the first values where there are many. */
  readonly identifiers: Record<string, string[]>;
  /** Texts, decimals and instants as text; true or false; lists of texts. */
  readonly attributes: Record<string, unknown>;
}

/** So many attributes are shown of each person: those of the rule first. */
const ATTRIBUTES = 6;
/** A shared device may have thousands of cookies. */
const MOST_VALUES = 5;

/**
 * People as a preview shows them, by their numbers.
 *
 * @param identifiers number of the identifier's definition → id
 */
export async function previewPeople(
  repository: PreviewRepository,
  snapshot: Snapshot,
  profiles: readonly number[],
  identifiers: ReadonlyMap<number, string>,
  attributes: readonly AttributeColumns[],
): Promise<ReadonlyMap<number, PreviewPerson>> {
  const merged = await repository.mergedInto(snapshot, profiles);
  const [owned, values] = await Promise.all([
    repository.identifiersOf(snapshot, [...profiles, ...merged.keys()], [...identifiers.keys()]),
    repository.attributesOf(snapshot, profiles, merged, attributes),
  ]);
  const people = new Map<number, PreviewPerson>(
    profiles.map((profile) => [profile, { profile, identifiers: {}, attributes: {} }]),
  );
  for (const { owner, kind, value } of owned) {
    const own = people.get(merged.get(owner) ?? owner)?.identifiers;
    const name = identifiers.get(kind);
    if (own === undefined || name === undefined) continue;
    const list = own[name] ?? [];
    if (list.length < MOST_VALUES) list.push(value);
    own[name] = list;
  }
  for (const { profile, name, value } of values) {
    const person = people.get(profile);
    if (person !== undefined) person.attributes[name] = value;
  }
  return people;
}

/** Those of the rule first; columns named like an identifier are shown as identifiers already. */
export function shownAttributes(
  catalog: Catalog,
  compiled: CompiledRules,
  identifiers: ReadonlySet<string>,
): readonly AttributeColumns[] {
  const inRule = new Set(compiled.needs.attributes);
  const all = [...catalog.attributes].map(([name, { type, numbers }]) => ({ name, type, numbers }));
  const named = all.filter(({ numbers }) => numbers.some((number) => inRule.has(number)));
  const others = all.filter(
    ({ name, numbers }) => !identifiers.has(name) && !numbers.some((number) => inRule.has(number)),
  );
  return [...named, ...others].slice(0, Math.max(ATTRIBUTES, named.length));
}
