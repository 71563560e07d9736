import type { Bind } from "./compile/parameters.ts";
import { decimalText, type Micros } from "./decimal.ts";
import type { Value } from "./value.ts";

/** A measured or stored number against one or two numbers of the rule. */
export type Comparison =
  | {
      readonly operator: "is" | "isNot" | "lessThan" | "atMost" | "moreThan" | "atLeast";
      readonly value: Micros;
    }
  | { readonly operator: "between"; readonly low: Micros; readonly high: Micros };

interface TestFields {
  readonly present: unknown;
  readonly text: {
    readonly values: readonly string[];
    readonly ignoreCase: boolean;
    /** True: passes when it is none of the values. */
    readonly negated: boolean;
  };
  readonly number: { readonly comparison: Comparison };
  readonly boolean: { readonly is: boolean };
}
type TestKind = keyof TestFields;

/** What is asked of one value, after names and types are settled. A missing value passes none of them. */
export type ValueTest<Kind extends TestKind = TestKind> = {
  readonly [Key in Kind]: { readonly kind: Key } & TestFields[Key];
}[Kind];

/** A value in SQL: the expression never is NULL and counts only where `present` holds. */
export interface SqlValue {
  readonly present: string;
  readonly value: string;
}

/** One kind of test, twice: as a condition in SQL (0 or 1, never NULL) and in memory. */
interface TestRow<Kind extends TestKind> {
  /** Undefined where being there is all that is asked. */
  readonly sql: (test: ValueTest<Kind>, value: string, bind: Bind) => string | undefined;
  readonly holds: (test: ValueTest<Kind>, value: Value) => boolean;
}

const TESTS: { readonly [Kind in TestKind]: TestRow<Kind> } = {
  present: {
    sql: () => undefined,
    holds: () => true,
  },
  text: {
    sql: (test, value, bind) => {
      const values = test.ignoreCase ? test.values.map((text) => text.toLowerCase()) : test.values;
      // Lower case by the engine (ICU) and by JavaScript agree for every character.
      const compared = test.ignoreCase ? `lowerUTF8(${value})` : value;
      const [only] = values;
      if (values.length === 1 && only !== undefined) {
        return `${compared} ${test.negated ? "!=" : "="} ${bind("String", only)}`;
      }
      return `${test.negated ? "NOT " : ""}has(${bind("Array(String)", values)}, ${compared})`;
    },
    holds: (test, value) => {
      if (typeof value !== "string") return false;
      const known = test.ignoreCase ? test.values.map((text) => text.toLowerCase()) : test.values;
      return known.includes(test.ignoreCase ? value.toLowerCase() : value) !== test.negated;
    },
  },
  number: {
    sql: (test, value, bind) => comparisonSql(test.comparison, value, (micros) => bindDecimal(bind, micros)),
    holds: (test, value) => typeof value === "bigint" && compares(test.comparison, value, 1n),
  },
  boolean: {
    sql: (test, value) => (test.is ? `${value} = 1` : `${value} = 0`),
    holds: (test, value) => value === test.is,
  },
};

function bindDecimal(bind: Bind, micros: Micros): string {
  return bind("Decimal(18, 6)", decimalText(micros));
}

/** The condition that `value` passes `test`: 0 or 1, and 0 where the value is missing. */
export function testSql<Kind extends TestKind>(test: ValueTest<Kind>, value: SqlValue, bind: Bind): string {
  const condition = TESTS[test.kind].sql(test, value.value, bind);
  return condition === undefined ? value.present : `(${value.present} AND ${condition})`;
}

/** Whether a value passes; `undefined` stands for a missing one. */
export function testHolds<Kind extends TestKind>(test: ValueTest<Kind>, value: Value | undefined): boolean {
  return value !== undefined && TESTS[test.kind].holds(test, value);
}

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
