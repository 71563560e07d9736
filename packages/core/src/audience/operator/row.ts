import type { z } from "zod";
import type { ColumnType } from "../../schema/schema.ts";
import type { Reporter } from "../report.ts";
import type { ValueTest } from "../value-test.ts";

export interface OperandContext {
  readonly type: ColumnType;
  readonly ignoreCase: boolean;
  /** What is asked: a property is of an event, and a measure over several. */
  readonly of: "attribute" | "property" | "measure";
  /** Reports at the operand's place. */
  readonly report: Reporter;
}

/** A test, or "not" of one: `isSet: false` is the opposite of a test, true for people without the value. */
export type OperandTest = { readonly test: ValueTest; readonly opposite: boolean };

interface Operator<Operand extends z.ZodType> {
  readonly operand: Operand;
  /** The types that it can be asked of. */
  readonly types: readonly ColumnType[];
  /** Whether `ignoreCase` may stand beside it, where it is asked of a text. */
  readonly comparesText: boolean;
  /** When it holds, in a sentence without its end; for the API's document and docs/rules.md. */
  readonly meaning: string;
  /** As it stands in a rule, in YAML. */
  readonly example: string;
  readonly test: (operand: z.output<Operand>, context: OperandContext) => OperandTest | undefined;
}

export interface OperatorRow<Operand extends z.ZodType> extends Omit<Operator<Operand>, "test"> {
  /** The test that it becomes with this operand; undefined when the operand has faults, which are reported. */
  readonly resolve: (operand: unknown, context: OperandContext) => OperandTest | undefined;
}

/** A row of the table of operators. */
export function row<Operand extends z.ZodType>({
  test,
  ...operator
}: Operator<Operand>): OperatorRow<Operand> {
  return {
    ...operator,
    operand: operator.operand.describe(operator.meaning),
    resolve: (operand, context) => {
      const parsed = operator.operand.safeParse(operand, { reportInput: true });
      return parsed.success ? test(parsed.data, context) : context.report.issues(parsed.error.issues);
    },
  };
}

/** A test that is asked as it stands. */
export function holds(test: ValueTest): OperandTest {
  return { test, opposite: false };
}
