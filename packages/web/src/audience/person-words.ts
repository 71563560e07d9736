import type { PreviewPerson } from "./queries.ts";
import { shownValue } from "./shown-value.ts";

const NAME = /^(?:full_?|display_?)?name$/i;
const GIVEN = /^(?:first|given)_?name$/i;
const FAMILY = /^(?:last|family|sur)_?name$/i;

/** Whether an attribute is (a part of) what a person is called. */
export function isName(attribute: string): boolean {
  return [NAME, GIVEN, FAMILY].some((pattern) => pattern.test(attribute));
}

/** A person in a few words: a name where there is one, else an e-mail address, else any identifier. */
export function personName({ attributes, identifiers, profile }: PreviewPerson): string {
  const names = Object.entries(attributes);
  const called = (pattern: RegExp) => shownValue(names.find(([name]) => pattern.test(name))?.[1]);
  const whole = called(NAME) || [called(GIVEN), called(FAMILY)].filter((part) => part !== "").join(" ");
  if (whole !== "") return whole;
  const values = Object.values(identifiers).flat();
  return values.find((value) => value.includes("@")) ?? values[0] ?? `Profile ${profile}`;
}

/** What tells a person from another of the same name: the identifier that is sent, or that there is none. */
export function personDetail({ identifiers }: PreviewPerson, personIdentifier: string | null): string {
  if (personIdentifier === null) return "";
  const [value] = identifiers[personIdentifier] ?? [];
  return value === undefined ? `no ${personIdentifier}` : `${personIdentifier} ${value}`;
}
