import type { ExpressionFault, Span } from "./fault.ts";
import { functionRow, isFunctionName } from "./functions.ts";
import type { Node, NodeKind } from "./node.ts";
import { pathName } from "./path.ts";
import { nearest } from "./spelling.ts";
import type { Typed, ValueType } from "./typed.ts";
import { unknownFunction } from "./unknown-function.ts";

/** What an expression may name: the columns of a file in order, or anything while no file is known. */
export interface Scope {
  readonly columns: readonly string[] | undefined;
  /** The rows are nested: a column is a path, named as {@link pathName} names it. */
  readonly nested?: boolean;
}

export type Checked =
  | { readonly ok: true; readonly typed: Typed }
  | { readonly ok: false; readonly faults: readonly ExpressionFault[] };

/** Finds every name that is unknown and every type that does not fit. */
export function checkExpression(node: Node, scope: Scope): Checked {
  const faults: ExpressionFault[] = [];
  const typed = new Checker(scope, faults).check(node);
  return typed === undefined || faults.length > 0 ? { ok: false, faults } : { ok: true, typed };
}

const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  text: "a text",
  number: "a number",
  boolean: "true or false",
  time: "a time",
  list: "a list",
  nothing: "null",
};

class Checker {
  readonly #scope: Scope;
  readonly #faults: ExpressionFault[];

  constructor(scope: Scope, faults: ExpressionFault[]) {
    this.#scope = scope;
    this.#faults = faults;
  }

  /** undefined: a fault was found inside and is reported already. */
  check(node: Node): Typed | undefined {
    // One row for each kind of node, so that a kind without a row does not compile.
    const rows = {
      text: (found) => ({ ...found, type: "text" }),
      number: (found) => this.#number(found),
      boolean: (found) => ({ ...found, type: "boolean" }),
      null: (found) => ({ ...found, type: "nothing" }),
      column: (found) => this.#column(found),
      call: (found) => this.#call(found),
      not: (found) => {
        const operand = this.#of(found.operand, ["boolean"], "`not`");
        return operand && { kind: "not", type: "boolean", span: found.span, operand };
      },
      negate: (found) => {
        const operand = this.#of(found.operand, ["number"], "`-`");
        return operand && { kind: "negate", type: "number", span: found.span, operand };
      },
      arithmetic: (found) => {
        const left = this.#of(found.left, ["number"], `\`${found.operator}\``);
        const right = this.#of(found.right, ["number"], `\`${found.operator}\``);
        return left && right && { ...found, type: "number", left, right };
      },
      comparison: (found) => this.#comparison(found),
      logic: (found) => {
        const left = this.#of(found.left, ["boolean"], `\`${found.operator}\``);
        const right = this.#of(found.right, ["boolean"], `\`${found.operator}\``);
        return left && right && { ...found, type: "boolean", left, right };
      },
    } satisfies { [Kind in NodeKind]: (node: Extract<Node, { kind: Kind }>) => Typed | undefined };
    return (rows[node.kind] as (node: Node) => Typed | undefined)(node);
  }

  #fault(span: Span, message: string, remedy?: string): undefined {
    this.#faults.push({ column: span.start + 1, message, ...(remedy === undefined ? {} : { remedy }) });
    return undefined;
  }

  #of(node: Node, types: readonly ValueType[], user: string): Typed | undefined {
    const typed = this.check(node);
    if (typed === undefined || typed.type === "nothing" || types.includes(typed.type)) return typed;
    const wanted = types.map((type) => TYPE_NAMES[type]).join(" or ");
    return this.#fault(
      node.span,
      `${user} takes ${wanted}, and this is ${TYPE_NAMES[typed.type]}`,
      cast(typed, types),
    );
  }

  #number(node: Extract<Node, { kind: "number" }>): Typed | undefined {
    const [whole = "", places = ""] = node.value.split(".");
    if (whole.replace(/^0+/, "").length > 12 || places.replace(/0+$/, "").length > 6) {
      return this.#fault(node.span, "numbers have at most 12 digits before and 6 behind the point");
    }
    return { ...node, type: "number" };
  }

  #column(node: Extract<Node, { kind: "column" }>): Typed | undefined {
    const { columns, nested = false } = this.#scope;
    const name = nested ? pathName(node.path) : node.path.join(".");
    const found = { kind: "column", type: "text", span: node.span, name } as const;
    if (columns === undefined) return { ...found, index: -1 };
    const index = columns.indexOf(name);
    if (index !== -1) return { ...found, index };
    const near = nearest(name, columns);
    this.#faults.push({
      column: node.span.start + 1,
      message: `the file has no column \`${name}\``,
      ...(near === undefined ? {} : { remedy: `did you mean \`${near}\`?` }),
      missing: { name, near },
    });
    return undefined;
  }

  #call(node: Extract<Node, { kind: "call" }>): Typed | undefined {
    const { name } = node;
    if (!isFunctionName(name)) {
      for (const argument of node.arguments) this.check(argument);
      this.#faults.push(unknownFunction(name, node.span));
      return undefined;
    }
    const row = functionRow(name);
    const args = node.arguments.map((argument, index) =>
      this.#of(argument, row.accepts(index), `\`${name}\``),
    );
    if (args.length < row.least || args.length > row.most) {
      return this.#fault(
        node.span,
        `\`${name}\` does not take ${args.length} values`,
        `it is written ${row.form}`,
      );
    }
    const known = args.filter((argument) => argument !== undefined);
    if (known.length < args.length) return undefined;
    const type = row.result(known);
    if (typeof type === "object") return this.#fault(node.span, type.fault, `it is written ${row.form}`);
    return { kind: "call", type, span: node.span, name, arguments: known };
  }

  #comparison(node: Extract<Node, { kind: "comparison" }>): Typed | undefined {
    const left = this.check(node.left);
    const right = this.check(node.right);
    if (left === undefined || right === undefined) return undefined;
    const equality = node.operator === "=" || node.operator === "!=";
    if (left.type === "nothing" || right.type === "nothing") {
      if (!equality) return this.#fault(node.span, "`null` is neither more nor less than anything");
    } else if (left.type !== right.type) {
      const message = `${TYPE_NAMES[left.type]} is compared with ${TYPE_NAMES[right.type]}`;
      return this.#fault(
        node.span,
        message,
        left.type === "text" ? cast(left, [right.type]) : cast(right, [left.type]),
      );
    } else if (left.type === "list") {
      return this.#fault(node.span, "lists are only compared with `null`");
    } else if (left.type === "boolean" && !equality) {
      return this.#fault(node.span, "true and false are only equal or not");
    }
    return { ...node, type: "boolean", left, right };
  }
}

/** The cast that was probably forgotten: cells are texts until they are cast. */
function cast(typed: Typed, types: readonly ValueType[]): string | undefined {
  const [type] = types;
  if (type === undefined || type === "nothing") return undefined;
  if (typed.type !== "text" && type !== "text") return undefined;
  const written = typed.kind === "column" ? typed.name : "…";
  return `cast it: ${type}(${written})`;
}
