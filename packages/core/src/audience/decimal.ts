/**
 * Decimals with 6 places, the only numbers that rules compute with. In memory they are whole micro-units
 * (`1.5` is `1_500_000n`), in the engine `Decimal(18, 6)`; both hold what is smaller than 10^12.
 */
export type Micros = bigint;

export const MICROS_PER_UNIT = 1_000_000n;

/** Everything from here on (in either direction) does not fit the engine's column. */
const DECIMAL_LIMIT: Micros = 10n ** 18n;

/** A double keeps 15 significant decimal digits; what has more may have been rounded before we saw it. */
const SAFE_DIGITS = 15;

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

export type DecimalResult =
  | { readonly ok: Micros }
  | { readonly fault: "notANumber" | "tooManyPlaces" | "tooLarge" | "inexact" };

/** Reads a JSON number, or a decimal written as text such as `"123456789012.123456"`, exactly. */
export function readDecimal(value: number | string): DecimalResult {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return { fault: "notANumber" };
    const result = readText(String(value));
    if ("ok" in result && significantDigits(result.ok) > SAFE_DIGITS) return { fault: "inexact" };
    return result;
  }
  return readText(value);
}

function readText(text: string): DecimalResult {
  const match = DECIMAL.exec(text);
  if (match === null) return { fault: "notANumber" };
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole + fraction);
  const shift = Number(exponent) - fraction.length + 6;
  if (digits === 0n) return { ok: 0n };
  if (shift < 0) {
    if (-shift > whole.length + fraction.length) return { fault: "tooManyPlaces" };
    const divisor = 10n ** BigInt(-shift);
    if (digits % divisor !== 0n) return { fault: "tooManyPlaces" };
    return signed(digits / divisor, sign);
  }
  if (shift > 18) return { fault: "tooLarge" };
  return signed(digits * 10n ** BigInt(shift), sign);
}

function signed(magnitude: bigint, sign: string | undefined): DecimalResult {
  if (magnitude >= DECIMAL_LIMIT) return { fault: "tooLarge" };
  return { ok: sign === "-" ? -magnitude : magnitude };
}

function significantDigits(micros: Micros): number {
  return micros.toString().replace("-", "").replace(/0+$/, "").length;
}

/** `1_500_000n` as `1.500000`: the spelling in which decimals are bound. */
export function decimalText(micros: Micros): string {
  const magnitude = micros < 0n ? -micros : micros;
  const fraction = (magnitude % MICROS_PER_UNIT).toString().padStart(6, "0");
  return `${micros < 0n ? "-" : ""}${magnitude / MICROS_PER_UNIT}.${fraction}`;
}
