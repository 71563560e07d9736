import type { Micros } from "./decimal.ts";

/** A measured or stored number against one or two numbers of the rule. */
export type Comparison =
  | {
      readonly operator: "is" | "isNot" | "lessThan" | "atMost" | "moreThan" | "atLeast";
      readonly value: Micros;
    }
  | { readonly operator: "between"; readonly low: Micros; readonly high: Micros };

const SYMBOLS = {
  is: "=",
  isNot: "!=",
  lessThan: "<",
  atMost: "<=",
  moreThan: ">",
  atLeast: ">=",
} as const satisfies Record<Exclude<Comparison["operator"], "between">, string>;

const ORDERS = {
  is: (left, right) => left === right,
  isNot: (left, right) => left !== right,
  lessThan: (left, right) => left < right,
  atMost: (left, right) => left <= right,
  moreThan: (left, right) => left > right,
  atLeast: (left, right) => left >= right,
} as const satisfies Record<
  Exclude<Comparison["operator"], "between">,
  (left: bigint, right: bigint) => boolean
>;

/** `measured` against the numbers of the comparison, each written by `operand`. */
export function comparisonSql(
  comparison: Comparison,
  measured: string,
  operand: (micros: Micros) => string,
): string {
  if (comparison.operator === "between") {
    return `(${measured} >= ${operand(comparison.low)} AND ${measured} <= ${operand(comparison.high)})`;
  }
  return `${measured} ${SYMBOLS[comparison.operator]} ${operand(comparison.value)}`;
}

/** The same in memory; the numbers of the comparison are multiplied by `scale` first. */
export function compares(comparison: Comparison, measured: bigint, scale: bigint): boolean {
  if (comparison.operator === "between") {
    return measured >= comparison.low * scale && measured <= comparison.high * scale;
  }
  return ORDERS[comparison.operator](measured, comparison.value * scale);
}
