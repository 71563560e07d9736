const WHOLE = new Intl.NumberFormat("en");

/** A count with separators, "12,480". */
export function counted(value: number): string {
  return WHOLE.format(value);
}

/** "1 person", "12 people". */
export function people(value: number): string {
  return `${counted(value)} ${value === 1 ? "person" : "people"}`;
}

/** "1 change", "12 changes". */
export function changes(value: number): string {
  return `${counted(value)} ${value === 1 ? "change" : "changes"}`;
}

const SHARE = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

/** "24.6%". @param share from 0 to 1 */
export function percent(share: number): string {
  return SHARE.format(share);
}
