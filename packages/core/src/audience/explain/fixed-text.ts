/** Numbers of rules have so many decimal places. */
export const PLACES = 6;

/** `12.5` for 12500000 with 6 places. */
export function fixedText(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -places)}${fraction === "" ? "" : `.${fraction}`}`;
}
