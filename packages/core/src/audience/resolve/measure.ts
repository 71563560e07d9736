import type { z } from "zod";
import type { Comparison } from "../comparison.ts";
import { MEASURE_NAMES, MEASURE_OPERANDS, type MeasureName } from "../measure.ts";
import type { Reporter } from "../report.ts";
import type { Factors, PropertyReference, ResolvedMeasure } from "../resolved.ts";
import { isObject, readParts } from "./object.ts";
import { theOperator } from "./operand.ts";
import { type EventScope, findProperty } from "./property.ts";

/** A measure that only lacks the number that it is compared with. */
export type OpenMeasure = (comparison: Comparison) => ResolvedMeasure;

type MeasureOperand = z.output<(typeof MEASURE_OPERANDS)[MeasureName]>;

type MeasureResolver = (
  operand: MeasureOperand,
  scope: EventScope,
  report: Reporter,
) => OpenMeasure | undefined;

const MEASURES = {
  count: () => (comparison) => ({ kind: "count", comparison }),
  distinct: (operand, scope, report) => {
    const property = typeof operand === "string" ? findProperty(operand, scope, report) : undefined;
    if (property === undefined) return undefined;
    if (property.type === "list") {
      return report.fault("the different values of a list cannot be counted", "Choose another property.");
    }
    return (comparison) => ({ kind: "distinct", property, comparison });
  },
  sum: overFactors((factors, comparison) => ({ kind: "sum", factors, comparison })),
  average: overFactors((factors, comparison) => ({ kind: "average", factors, comparison })),
  minimum: overFactors((factors, comparison) => ({ kind: "minimum", factors, comparison })),
  maximum: overFactors((factors, comparison) => ({ kind: "maximum", factors, comparison })),
} as const satisfies Record<MeasureName, MeasureResolver>;

/** `{ sum: amount }`, `{ sum: { product: [quantity, price] } }`, `{ distinct: sku }`, `{ count: true }` */
export function resolveMeasure(
  value: unknown,
  scope: EventScope | undefined,
  report: Reporter,
): OpenMeasure | undefined {
  const read = readParts(value, MEASURE_OPERANDS, report);
  if (read === undefined || !isObject(value)) return undefined;
  const name = theOperator(value, MEASURE_NAMES, MEASURE_OPERANDS, report);
  const operand = name === undefined ? undefined : read[name];
  if (name === undefined || operand === undefined || scope === undefined) return undefined;
  return MEASURES[name](operand, scope, report.at(name));
}

function overFactors(
  measure: (factors: Factors, comparison: Comparison) => ResolvedMeasure,
): MeasureResolver {
  return (operand, scope, report) => {
    const factors = resolveFactors(operand, scope, report);
    return factors === undefined ? undefined : (comparison) => measure(factors, comparison);
  };
}

function resolveFactors(operand: MeasureOperand, scope: EventScope, report: Reporter): Factors | undefined {
  if (operand === true) return undefined;
  if (typeof operand === "string") {
    const property = findNumber(operand, scope, report);
    return property === undefined ? undefined : [property];
  }
  const [first, second] = operand.product;
  const left = findNumber(first, scope, report.at("product", 0));
  const right = findNumber(second, scope, report.at("product", 1));
  return left === undefined || right === undefined ? undefined : [left, right];
}

function findNumber(name: string, scope: EventScope, report: Reporter): PropertyReference | undefined {
  const property = findProperty(name, scope, report);
  if (property === undefined || property.type === "number") return property;
  return report.fault(
    `\`${name}\` is a ${property.type}, and only numbers can be measured`,
    "Choose a number.",
  );
}
