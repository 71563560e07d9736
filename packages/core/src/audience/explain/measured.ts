import { propertyOf } from "../evaluate/filter.ts";
import { larger, numbersOf, smaller } from "../evaluate/measure.ts";
import type { PersonEvent } from "../person.ts";
import type { Factors, MeasureKind, ResolvedMeasure } from "../resolved.ts";
import { fixedText, PLACES } from "./fixed-text.ts";

type Measurer<Kind extends MeasureKind> = (
  measure: ResolvedMeasure<Kind>,
  events: readonly PersonEvent[],
) => string | null;

const MEASURED: { readonly [Kind in MeasureKind]: Measurer<Kind> } = {
  count: (_, events) => String(events.length),
  distinct: ({ property }, events) => {
    const values = events.map((event) => propertyOf(event, property)).filter((value) => value !== undefined);
    return values.length === 0 ? null : String(new Set(values).size);
  },
  sum: ({ factors }, events) => aggregated(factors, events, (sum, number) => sum + number),
  average: ({ factors }, events) => {
    const numbers = numbersOf(factors, events);
    if (numbers.length === 0) return null;
    const sum = numbers.reduce((total, number) => total + number, 0n);
    // Shown with the places of its factors; what is compared is the sum against value × count.
    return fixedText(sum / BigInt(numbers.length), factors.length * PLACES);
  },
  minimum: ({ factors }, events) => aggregated(factors, events, smaller),
  maximum: ({ factors }, events) => aggregated(factors, events, larger),
};

/** What a measure comes to, as text; null when no event has a value. An average is cut off, not rounded. */
export function measured<Kind extends MeasureKind>(
  measure: ResolvedMeasure<Kind>,
  events: readonly PersonEvent[],
): string | null {
  return MEASURED[measure.kind](measure, events);
}

function aggregated(
  factors: Factors,
  events: readonly PersonEvent[],
  join: (one: bigint, other: bigint) => bigint,
): string | null {
  const [first, ...others] = numbersOf(factors, events);
  return first === undefined ? null : fixedText(others.reduce(join, first), factors.length * PLACES);
}
