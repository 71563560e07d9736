import { z } from "zod";
import { columnName } from "../schema/schema.ts";

/** A property, or the product of two of them. */
const measured = z.union([
  columnName,
  z.strictObject({ product: z.tuple([columnName, columnName]).describe("Two properties, multiplied.") }),
]);

/** What is measured over the events that match; each names what it measures. */
export const MEASURE_OPERANDS = {
  count: z.literal(true).describe("How many events match."),
  distinct: columnName.describe("How many different values this property has."),
  sum: measured.describe("The exact sum."),
  average: measured.describe("The average of the values that are not missing."),
  minimum: measured.describe("The smallest value."),
  maximum: measured.describe("The largest value."),
} as const;

export type MeasureName = keyof typeof MEASURE_OPERANDS;
export const MEASURE_NAMES = Object.keys(MEASURE_OPERANDS) as readonly MeasureName[];
