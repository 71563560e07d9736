const WHOLE = new Intl.NumberFormat("en");

/** A count with separators, "12,480". */
export function counted(value: number): string {
  return WHOLE.format(value);
}

/** "1 person", "12 people". */
export function people(value: number): string {
  return `${counted(value)} ${value === 1 ? "person" : "people"}`;
}
