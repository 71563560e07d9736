import { z } from "zod";
import { columnName } from "../schema/schema.ts";

/** A property, or the product of two of them. */
const measured = z.union([
  columnName,
  z.strictObject({ product: z.tuple([columnName, columnName]).describe("Two properties, multiplied.") }),
]);

/** What is measured over the events that match; each names what it measures. */
export const MEASURE_OPERANDS = {
  count: z.literal(true).describe("how many events there are"),
  distinct: columnName.describe("how many different values a property has, of any type but list"),
  sum: measured.describe("the exact sum of a number, or of the product of two"),
  average: measured.describe("the average of the values that are not missing"),
  minimum: measured.describe("the smallest value"),
  maximum: measured.describe("the largest value"),
} as const;

/** How each is written. */
export const MEASURE_EXAMPLES = {
  count: "count: true",
  distinct: "distinct: sku",
  sum: "sum: { product: [quantity, price] }",
  average: "average: price",
  minimum: "minimum: price",
  maximum: "maximum: price",
} as const satisfies Record<keyof typeof MEASURE_OPERANDS, string>;

export type MeasureName = keyof typeof MEASURE_OPERANDS;
export const MEASURE_NAMES = Object.keys(MEASURE_OPERANDS) as readonly MeasureName[];
