import type { Comparison } from "./comparison.ts";
import type { Bind } from "./compile/parameters.ts";
import type { TextLookups } from "./compile/text-lookups.ts";
import type { Value } from "./value.ts";
import { listRow } from "./value-test/list.ts";
import { numberRow } from "./value-test/number.ts";
import { textPartRow, textRow } from "./value-test/text.ts";
import { anniversaryRow, timeRow } from "./value-test/time.ts";
import type { Moment, Span } from "./window.ts";

export interface TestFields {
  readonly present: unknown;
  readonly text: {
    readonly values: readonly string[];
    readonly ignoreCase: boolean;
    /** True: passes when it is none of the values. */
    readonly negated: boolean;
  };
  /** A part of a text: at its start, at its end, or anywhere. */
  readonly textPart: {
    readonly at: "start" | "end" | "anywhere";
    /** Never empty. */
    readonly part: string;
    readonly ignoreCase: boolean;
    /** True: passes when the part is not there. */
    readonly negated: boolean;
  };
  readonly number: { readonly comparison: Comparison };
  readonly boolean: { readonly is: boolean };
  readonly time: { readonly span: Span };
  /** An anniversary today or on one of the days after it. */
  readonly anniversary: { readonly days: number };
  readonly list: { readonly has: "any" | "all"; readonly values: readonly string[] };
  readonly emptyList: unknown;
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

/** What a test's SQL is made with. */
export interface SqlContext {
  readonly bind: Bind;
  readonly moment: Moment;
  /** The condition that a text is one of these: 0 or 1. */
  readonly isOneOf: TextLookups["isOneOf"];
}

/** One kind of test, twice: as a condition in SQL (0 or 1, never NULL) and in memory. */
export interface TestRow<Kind extends TestKind> {
  /** Undefined where being there is all that is asked. */
  readonly sql: (test: ValueTest<Kind>, value: string, context: SqlContext) => string | undefined;
  readonly holds: (test: ValueTest<Kind>, value: Value, moment: Moment) => boolean;
}

const TESTS: { readonly [Kind in TestKind]: TestRow<Kind> } = {
  present: { sql: () => undefined, holds: () => true },
  text: textRow,
  textPart: textPartRow,
  number: numberRow,
  boolean: {
    sql: (test, value) => (test.is ? `${value} = 1` : `${value} = 0`),
    holds: (test, value) => value === test.is,
  },
  time: timeRow,
  anniversary: anniversaryRow,
  list: listRow,
  emptyList: {
    sql: (_, value) => `empty(${value})`,
    holds: (_, value) => Array.isArray(value) && value.length === 0,
  },
};

/** The condition that `value` passes `test`: 0 or 1, and 0 where the value is missing. */
export function testSql<Kind extends TestKind>(
  test: ValueTest<Kind>,
  value: SqlValue,
  context: SqlContext,
): string {
  const condition = TESTS[test.kind].sql(test, value.value, context);
  return condition === undefined ? value.present : `(${value.present} AND ${condition})`;
}

/** Whether a value passes at a moment; `undefined` stands for a missing one. */
export function testHolds<Kind extends TestKind>(
  test: ValueTest<Kind>,
  value: Value | undefined,
  moment: Moment,
): boolean {
  return value !== undefined && TESTS[test.kind].holds(test, value, moment);
}
