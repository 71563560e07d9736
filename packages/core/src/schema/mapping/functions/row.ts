import type { Typed, ValueType } from "../typed.ts";

/** What a function accepts and yields, and what people are told of it; how it becomes SQL stands in `sql/`. */
export interface FunctionRow {
  /** As people write it; shown in faults and in docs/mapping.md. */
  readonly form: string;
  /** For people; a sentence without its full stop. */
  readonly meaning: string;
  /** An expression without columns, and its result as text: docs/mapping.md shows it, and the tests run it. */
  readonly example: readonly [expression: string, result: string];
  readonly least: number;
  readonly most: number;
  /** The types that argument `index` may have; `nothing` (null) always fits. */
  accepts(index: number): readonly ValueType[];
  /** All arguments are known to be accepted. A text is what is wrong with them together. */
  result(args: readonly Typed[]): ValueType | { readonly fault: string };
}

/** What is one value. */
export const SINGLE: readonly ValueType[] = ["text", "number", "boolean", "time"];
export const ANY: readonly ValueType[] = [...SINGLE, "list"];

/** The form, what it means, and an example. */
type Told = readonly [form: string, meaning: string, example: string, result: string];

/** A function whose arguments have one type each, and whose result has one. */
export function plain(
  [form, meaning, example, result]: Told,
  types: readonly ValueType[],
  yields: ValueType,
  check: (args: readonly Typed[]) => string | undefined = () => undefined,
  optional = 0,
): FunctionRow {
  return {
    form,
    meaning,
    example: [example, result],
    least: types.length - optional,
    most: types.length,
    // One too many is told as such, whatever it is.
    accepts: (index) => (index < types.length ? types.slice(index, index + 1) : ANY),
    result: (args) => {
      const fault = check(args);
      return fault === undefined ? yields : { fault };
    },
  };
}

/** A text that stands in the expression itself. */
export function constantText(typed: Typed | undefined): string | undefined {
  return typed?.kind === "text" ? typed.value : undefined;
}

/** A whole number that stands in the expression itself. */
export function constantWhole(typed: Typed | undefined): number | undefined {
  if (typed?.kind === "negate") {
    const operand = constantWhole(typed.operand);
    return operand === undefined ? undefined : -operand;
  }
  return typed?.kind === "number" && /^[0-9]{1,9}$/.test(typed.value) ? Number(typed.value) : undefined;
}

/** What is wrong with a number that has to stand in the expression itself, between two bounds. */
export function wholeFault(
  typed: Typed | undefined,
  what: string,
  from: number,
  to: number,
): string | undefined {
  const value = constantWhole(typed);
  if (value !== undefined && value >= from && value <= to) return undefined;
  return `${what} is a whole number from ${from} to ${to}, written as it is`;
}
