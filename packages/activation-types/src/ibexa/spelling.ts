/** The keys that every message has at its top. */
export const ENVELOPE_KEYS = ["updateType", "segmentGroupIdentifier", "data"] as const;

/** The keys of the five messages, as docs/ibexa-webhook.md spells them. */
export const KEYS = [
  ...ENVELOPE_KEYS,
  "changes",
  "audienceId",
  "audienceName",
  "personId",
  "personIdType",
  "membership",
  "key",
  "propertyName",
  "value",
] as const;
export type Key = (typeof KEYS)[number];

export const KEY_SPELLINGS = ["camelCase", "PascalCase", "snake_case"] as const;
export type KeySpelling = (typeof KEY_SPELLINGS)[number];

const SPELT = {
  camelCase: (name) => name,
  PascalCase: (name) => name.charAt(0).toUpperCase() + name.slice(1),
  snake_case: (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
} as const satisfies Record<KeySpelling, (name: string) => string>;

/** A camelCase name in another spelling. */
export function spell(name: string, spelling: KeySpelling): string {
  return SPELT[spelling](name);
}
