/**
 * The closed set of steps by which spellings of one identifier become one value. A step is total: it never
 * fails, and what it leaves empty is no identifier at all.
 */
export const NORMALISATIONS = {
  /** Without white space at both ends. */
  trim: (value: string): string => value.trim(),
  /** Small letters by Unicode's rules, the same in every locale. */
  lowercase: (value: string): string => value.toLowerCase(),
  /** One of several equal Unicode spellings (NFC): `é` typed in two ways is one letter. */
  unicode: (value: string): string => value.normalize("NFC"),
  /** ASCII digits only, for phone numbers: `+44 (0)20` becomes `44020`. */
  digits: (value: string): string => value.replace(/[^0-9]/g, ""),
  /** A whole number without the decimals that a spreadsheet adds: `17850.0` becomes `17850`. */
  integer: (value: string): string => value.replace(/^(-?[0-9]+)\.0+$/, "$1"),
} as const satisfies Record<string, (value: string) => string>;

export type Normalisation = keyof typeof NORMALISATIONS;

export const NORMALISATION_NAMES = Object.keys(NORMALISATIONS) as [Normalisation, ...Normalisation[]];

/** `raw` after all steps, in the order in which they are listed; the empty text means "no value". */
export function normalise(raw: string, steps: readonly Normalisation[]): string {
  let value = raw;
  for (const step of steps) value = NORMALISATIONS[step](value);
  return value;
}
