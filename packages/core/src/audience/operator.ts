import { z } from "zod";
import type { ColumnType } from "../schema/schema.ts";
import { readDecimal } from "./decimal.ts";
import type { Reporter } from "./report.ts";
import type { Comparison, ValueTest } from "./value-test.ts";

/** Text, a number (or a decimal written as text, for more than 15 digits), or true/false. */
const scalar = z.union([z.string(), z.number(), z.boolean()]);
/** A JSON number, or a decimal written as text. */
const decimal = z.union([z.number(), z.string()]);

const MAXIMUM_VALUES = 10_000;
const MAXIMUM_TEXT = 10_000;

interface OperandContext {
  readonly type: ColumnType;
  readonly ignoreCase: boolean;
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
  readonly test: (operand: z.output<Operand>, context: OperandContext) => OperandTest | undefined;
}

interface OperatorRow<Operand extends z.ZodType> extends Omit<Operator<Operand>, "test"> {
  /** The test that it becomes with this operand; undefined when the operand has faults, which are reported. */
  readonly resolve: (operand: unknown, context: OperandContext) => OperandTest | undefined;
}

function row<Operand extends z.ZodType>({ test, ...operator }: Operator<Operand>): OperatorRow<Operand> {
  return {
    ...operator,
    resolve: (operand, context) => {
      const parsed = operator.operand.safeParse(operand, { reportInput: true });
      return parsed.success ? test(parsed.data, context) : context.report.issues(parsed.error.issues);
    },
  };
}

/** Every operator of a rule: what it takes, what it can be asked of, and the test that it becomes. */
export const OPERATORS = {
  is: row({
    operand: scalar.describe("Equal to this text (case-sensitive), number or truth value."),
    types: ["text", "number", "boolean"],
    comparesText: true,
    test: (operand, context) => equality(operand, context, "is"),
  }),
  isNot: row({
    operand: scalar.describe("Has a value, and it is another one."),
    types: ["text", "number", "boolean"],
    comparesText: true,
    test: (operand, context) => equality(operand, context, "isNot"),
  }),
  isAnyOf: row({
    operand: z
      .array(z.string().max(MAXIMUM_TEXT))
      .min(1)
      .max(MAXIMUM_VALUES)
      .describe("Equal to one of these texts."),
    types: ["text"],
    comparesText: true,
    test: (operand, context) => texts(operand, context, false),
  }),
  lessThan: numberOperator("lessThan", "<"),
  atMost: numberOperator("atMost", "≤"),
  moreThan: numberOperator("moreThan", ">"),
  atLeast: numberOperator("atLeast", "≥"),
  between: row({
    operand: z.tuple([decimal, decimal]).describe("From the first number to the second, both included."),
    types: ["number"],
    comparesText: false,
    test: ([from, to], { report }) => {
      const low = readNumber(from, report.at(0));
      const high = readNumber(to, report.at(1));
      if (low === undefined || high === undefined) return undefined;
      if (low > high) {
        return report.fault("the first number is larger than the second", "Swap the two numbers.");
      }
      return holds({ kind: "number", comparison: { operator: "between", low, high } });
    },
  }),
  isSet: row({
    operand: z.boolean().describe("true: has a value, and be it an empty text. false: has none."),
    types: ["text", "number", "boolean", "time", "list"],
    comparesText: false,
    test: (operand) => ({ test: { kind: "present" }, opposite: !operand }),
  }),
} as const;

export type OperatorName = keyof typeof OPERATORS;
export const OPERATOR_NAMES = Object.keys(OPERATORS) as readonly OperatorName[];

/** Those that compare a number, and so can stand behind a measure too. */
export const COMPARISON_NAMES = [
  "is",
  "isNot",
  "lessThan",
  "atMost",
  "moreThan",
  "atLeast",
  "between",
] as const satisfies readonly (OperatorName & Comparison["operator"])[];
export type ComparisonName = (typeof COMPARISON_NAMES)[number];

function numberOperator(name: "lessThan" | "atMost" | "moreThan" | "atLeast", symbol: string) {
  return row({
    operand: decimal.describe(`A number that is ${symbol} this one.`),
    types: ["number"],
    comparesText: false,
    test: (operand, { report }) => {
      const value = readNumber(operand, report);
      return value === undefined
        ? undefined
        : holds({ kind: "number", comparison: { operator: name, value } });
    },
  });
}

function holds(test: ValueTest): OperandTest {
  return { test, opposite: false };
}

function equality(
  operand: string | number | boolean,
  context: OperandContext,
  operator: "is" | "isNot",
): OperandTest | undefined {
  const negated = operator === "isNot";
  const { type, report } = context;
  if (type === "text") {
    if (typeof operand === "string") return texts([operand], context, negated);
    return report.fault(
      `a text is expected here, but ${JSON.stringify(operand)} is a ${typeof operand}`,
      `Write it in quotes: ${JSON.stringify(String(operand))}.`,
    );
  }
  if (type === "boolean") {
    if (typeof operand === "boolean") return holds({ kind: "boolean", is: operand !== negated });
    return report.fault(`true or false is expected here, but ${JSON.stringify(operand)} stands here`);
  }
  if (typeof operand === "boolean") {
    return report.fault(`a number is expected here, but ${operand} stands here`);
  }
  const value = readNumber(operand, report);
  return value === undefined ? undefined : holds({ kind: "number", comparison: { operator, value } });
}

function texts(
  values: readonly string[],
  { ignoreCase, report }: OperandContext,
  negated: boolean,
): OperandTest | undefined {
  if (values.some((value) => /\p{Surrogate}/u.test(value))) {
    return report.fault("the text holds half a character (a lone surrogate)", "Type the text anew.");
  }
  return holds({ kind: "text", values: [...new Set(values)], ignoreCase, negated });
}

const NUMBER_FAULTS = {
  notANumber: [
    "is not a number",
    "Write a number such as 12.5, with a point and without thousands separators.",
  ],
  tooManyPlaces: ["has more than 6 decimal places", "Numbers are kept with 6 decimal places: round it."],
  tooLarge: ["is too large: numbers stay below 1,000,000,000,000", "Use a smaller number."],
  inexact: [
    "has more digits than a JSON number keeps exactly",
    'Write it as text, in quotes: "123456789012.123456".',
  ],
} as const;

/** A number of a rule in micro-units; reports what is wrong with it. */
function readNumber(operand: number | string, report: Reporter): bigint | undefined {
  const result = readDecimal(operand);
  if ("ok" in result) return result.ok;
  const [message, remedy] = NUMBER_FAULTS[result.fault];
  return report.fault(`${JSON.stringify(operand)} ${message}`, remedy);
}
