import { PeregrineError } from "../../../error.ts";
import type { EmptyCells } from "../../file-format.ts";
import type { Typed, TypedKind } from "../typed.ts";
import { NUMBER_SQL } from "./cast.ts";
import { type Compiled, either, type FaultSite, present, truth, under } from "./compiled.ts";
import { FUNCTION_SQL } from "./functions.ts";
import { numberLiteral, textLiteral } from "./literal.ts";
import { taggedColumn } from "./tagged.ts";

/** How rows hold values: cells of text, or the tagged cells of nested rows (`tagged.ts`). */
export type Cells = { readonly tagged: true } | { readonly tagged: false; readonly emptyCells: EmptyCells };

/** The name of a staged cell: `c1` is the file's first column. */
export function cellName(index: number): string {
  return `c${index + 1}`;
}

/** Functions within functions repeat what they are given; what nobody would write must not fill the memory. */
const LONGEST = 512 * 1024;

/**
 * ClickHouse SQL for an expression that was checked against a file's columns.
 *
 * @throws PeregrineError `fileDoesNotFit`: it is nested so much that the SQL would be too long
 */
export function compileExpression(typed: Typed, cells: Cells): Compiled {
  const compiled = compileNode(typed, cells);
  const length = compiled.faults.reduce(
    (sum, { when, reason }) => sum + when.length + reason.length,
    compiled.value.length,
  );
  if (length > LONGEST) {
    throw new PeregrineError("fileDoesNotFit", {
      detail: "An expression of the mapping is nested too much; prepare the value in the file, or split it.",
    });
  }
  return compiled;
}

function compileNode(typed: Typed, cells: Cells): Compiled {
  const rows = {
    text: (node) => constant("text", textLiteral(node.value)),
    number: (node) => constant("number", numberLiteral(node.value)),
    boolean: (node) => constant("boolean", node.value ? "1" : "0"),
    null: () => ({ ...constant("nothing", "NULL"), nullable: true }),
    column: (node) => column(node.index, node.name, cells),
    call: (node) => {
      const [first, ...rest] = node.arguments.map((argument) => compileExpression(argument, cells));
      if (first === undefined) throw new Error("every function takes a value");
      return FUNCTION_SQL[node.name]([first, ...rest], node.arguments);
    },
    not: (node) => {
      const operand = compileExpression(node.operand, cells);
      return { ...condition(`(NOT ${truth(operand)})`), faults: operand.faults };
    },
    negate: (node) => {
      const operand = number(compileExpression(node.operand, cells));
      return { ...operand, value: `negate(${operand.value})`, column: undefined };
    },
    arithmetic: (node) =>
      arithmetic(
        node.operator,
        number(compileExpression(node.left, cells)),
        number(compileExpression(node.right, cells)),
      ),
    comparison: (node) =>
      comparison(node.operator, compileExpression(node.left, cells), compileExpression(node.right, cells)),
    logic: (node) => {
      const left = compileExpression(node.left, cells);
      const right = compileExpression(node.right, cells);
      const decided = node.operator === "and" ? truth(left) : `NOT ${truth(left)}`;
      return {
        ...condition(`(${truth(left)} ${node.operator === "and" ? "AND" : "OR"} ${truth(right)})`),
        faults: [...left.faults, ...under(decided, right.faults)],
      };
    },
  } satisfies { [Kind in TypedKind]: (node: Extract<Typed, { kind: Kind }>) => Compiled };
  return (rows[typed.kind] as (node: Typed) => Compiled)(typed);
}

function constant(type: Compiled["type"], value: string): Compiled {
  return { type, value, nullable: false, absent: "0", faults: [], column: undefined };
}

function condition(value: string): Compiled {
  return constant("boolean", value);
}

function column(index: number, name: string, cells: Cells): Compiled {
  if (index < 0) throw new Error("an expression is compiled against the columns of a file");
  const cell = cellName(index);
  if (cells.tagged) return taggedColumn(cell, name);
  const { emptyCells } = cells;
  const base = { ...constant("text", cell), column: name };
  if (emptyCells === "empty") return base;
  return {
    ...base,
    value: `nullIf(${cell}, '')`,
    nullable: true,
    absent: emptyCells === "absent" ? `(${cell} = '')` : "0",
  };
}

/** `null` among numbers needs a type of its own, or the engine has nothing to calculate with. */
function number(compiled: Compiled): Compiled {
  return compiled.type === "nothing"
    ? { ...compiled, type: "number", value: `CAST(NULL, 'Nullable(${NUMBER_SQL})')` }
    : compiled;
}

/**
 * Exact: factors have 18 digits, so their product fits 38 and is rounded once to 6 places, half away from zero.
 * A quotient is cut at 20 places first, which cannot move it across a half at the seventh.
 */
function arithmetic(operator: "+" | "-" | "*" | "/", left: Compiled, right: Compiled): Compiled {
  const wide = (side: Compiled) => `toDecimal128(${side.value}, 6)`;
  const forms = {
    "+": () => `${wide(left)} + ${wide(right)}`,
    "-": () => `${wide(left)} - ${wide(right)}`,
    "*": () => `round(${wide(left)} * ${wide(right)}, 6)`,
    // Dividing by zero would stop the statement even in rows that are refused for it.
    "/": () =>
      `round(divideDecimal(${left.value}, if(ifNull(${right.value} = 0, 1), ${numberLiteral("1")}, ${right.value}), 20), 6)`,
  };
  // Never an exception: what does not fit is NULL, and the site below names it. A missing divisor is taken out
  // beforehand, because the engine would divide by the zero that lies under the NULL.
  const result = `accurateCastOrNull(${forms[operator]()}, '${NUMBER_SQL}')`;
  const value = operator === "/" && right.nullable ? `if(isNull(${right.value}), NULL, ${result})` : result;
  const there = [left, right].map(present).filter((part) => part !== "1");
  const sites: FaultSite[] = [];
  if (operator === "/") {
    sites.push({
      when: `ifNull(${right.value} = 0, 0)`,
      column: right.column,
      reason: "'division by zero'",
    });
  }
  sites.push({
    when: `(${[...there, `ifNull(abs(${value}) >= 1000000000000, 1)`].join(" AND ")})`,
    column: left.column ?? right.column,
    reason: `'the result of ${operator} is beyond ±999999999999.999999'`,
  });
  return {
    type: "number",
    value,
    nullable: true,
    absent: either(left.absent, right.absent),
    faults: [...left.faults, ...right.faults, ...sites],
    column: undefined,
  };
}

/** Total: what is missing equals nothing but what is missing, and is neither more nor less than anything. */
function comparison(
  operator: "=" | "!=" | "<" | "<=" | ">" | ">=",
  left: Compiled,
  right: Compiled,
): Compiled {
  const nullable = left.nullable || right.nullable;
  const plain = (sign: string) => `(${left.value} ${sign} ${right.value})`;
  const equal = () => {
    if (left.type === "nothing") return `(NOT ${present(right)})`;
    if (right.type === "nothing") return `(NOT ${present(left)})`;
    return nullable ? plain("<=>") : plain("=");
  };
  const value =
    operator === "="
      ? equal()
      : operator === "!="
        ? `(NOT ${equal()})`
        : nullable
          ? `ifNull(${plain(operator)}, 0)`
          : plain(operator);
  return { ...condition(value), faults: [...left.faults, ...right.faults] };
}
