import { timeFormatFault } from "./time-format.ts";
import type { Typed, ValueType } from "./typed.ts";

/** What a function accepts and yields; how it becomes SQL stands in `sql/functions.ts`, a row for each. */
interface FunctionRow {
  /** As people write it; shown in faults and in docs/mapping.md. */
  readonly form: string;
  readonly least: number;
  readonly most: number;
  /** The types that argument `index` may have; `nothing` (null) always fits. */
  accepts(index: number): readonly ValueType[];
  /** All arguments are known to be accepted. A text is what is wrong with them together. */
  result(args: readonly Typed[]): ValueType | { readonly fault: string };
}

const ANY: readonly ValueType[] = ["text", "number", "boolean", "time", "list"];
/** What is one value. */
const SINGLE: readonly ValueType[] = ["text", "number", "boolean", "time"];

export const FUNCTIONS = {
  text: {
    form: "text(x)",
    least: 1,
    most: 1,
    accepts: () => SINGLE,
    result: () => "text",
  },
  number: {
    form: "number(x)",
    least: 1,
    most: 1,
    accepts: () => ["text", "number"],
    result: () => "number",
  },
  boolean: {
    form: "boolean(x)",
    least: 1,
    most: 1,
    accepts: () => ["text", "boolean"],
    result: () => "boolean",
  },
  time: {
    form: 'time(x) or time(x, "DD.MM.YYYY hh:mm")',
    least: 1,
    most: 2,
    accepts: (index) => (index === 0 ? ["text", "time"] : ["text"]),
    result: (args) => {
      const [value, format] = args;
      if (format === undefined) return "time";
      if (format.kind !== "text") return { fault: "the format of `time` is a constant text" };
      if (value?.type === "time") return { fault: "a format is for texts; this is a time already" };
      const fault = timeFormatFault(format.value);
      return fault === undefined ? "time" : { fault };
    },
  },
  list: {
    form: "list(x)",
    least: 1,
    most: 1,
    accepts: () => ["text", "list"],
    result: () => "list",
  },
  if: {
    form: "if(condition, then, else)",
    least: 3,
    most: 3,
    accepts: (index) => (index === 0 ? ["boolean"] : ANY),
    result: (args) => together(args.slice(1)),
  },
  coalesce: {
    form: "coalesce(x, y, …)",
    least: 2,
    most: 20,
    accepts: () => ANY,
    result: together,
  },
  concat: {
    form: "concat(x, y, …)",
    least: 2,
    most: 20,
    accepts: () => ["text"],
    result: () => "text",
  },
  lower: {
    form: "lower(x)",
    least: 1,
    most: 1,
    accepts: () => ["text"],
    result: () => "text",
  },
  trim: {
    form: "trim(x)",
    least: 1,
    most: 1,
    accepts: () => ["text"],
    result: () => "text",
  },
} as const satisfies Record<string, FunctionRow>;

export type FunctionName = keyof typeof FUNCTIONS;

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

/** The row of a function, seen through the interface that all rows share. */
export function functionRow(name: FunctionName): FunctionRow {
  return FUNCTIONS[name];
}

/** The one type of several values of which any may be the result. */
function together(args: readonly Typed[]): ValueType | { fault: string } {
  const known = args.find((arg) => arg.type !== "nothing");
  if (known === undefined) return "nothing";
  const other = args.find((arg) => arg.type !== "nothing" && arg.type !== known.type);
  if (other === undefined) return known.type;
  return { fault: `the results are of different types: ${known.type} and ${other.type}` };
}
