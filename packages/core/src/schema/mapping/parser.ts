import type { ExpressionFault } from "./fault.ts";
import { isFunctionName } from "./functions.ts";
import { type Token, tokenize } from "./lexer.ts";
import type { Arithmetic, Comparison, Node } from "./node.ts";
import { unknownFunction } from "./unknown-function.ts";

/** Deeper expressions are refused: nobody reads them, and the SQL made of them grows with the depth. */
const DEEPEST = 40;

export type Parsed =
  | { readonly ok: true; readonly node: Node }
  | { readonly ok: false; readonly faults: readonly ExpressionFault[] };

/**
 * Reads an expression of the mapping language. From weak to strong: `or`, `and`, `not`, one comparison,
 * `+ -`, `* /`, unary `-`. A text that is no expression gives the first place where
 * it is none, and the functions in it that don't exist; see docs/mapping.md.
 */
export function parseExpression(source: string): Parsed {
  const { tokens, fault } = tokenize(source);
  if (fault !== undefined) return { ok: false, faults: [...unknownFunctions(tokens), fault] };
  try {
    return { ok: true, node: new Parser(tokens).expression() };
  } catch (error) {
    if (error instanceof SyntaxFault) {
      const faults = [...unknownFunctions(tokens), error.fault];
      return { ok: false, faults: faults.toSorted((left, right) => left.column - right.column) };
    }
    throw error;
  }
}

/** Names before a bracket that no function has: a misspelt one often stands in an expression that can't be read. */
function unknownFunctions(tokens: readonly Token[]): ExpressionFault[] {
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1];
    const calls = token.kind === "name" && next?.kind === "symbol" && next.value === "(";
    if (!calls || WORDS.has(token.value) || isFunctionName(token.value)) return [];
    return [unknownFunction(token.value, token.span)];
  });
}

/** What may stand before a bracket and is no function of the table. */
const WORDS: ReadonlySet<string> = new Set(["and", "or", "not", "column"]);

class SyntaxFault extends Error {
  readonly fault: ExpressionFault;
  constructor(fault: ExpressionFault) {
    super(fault.message);
    this.fault = fault;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expression(): Node {
    const node = this.#or();
    const rest = this.#peek();
    if (rest.kind !== "end") throw expected(rest, "an operator or the end");
    return node;
  }

  #peek(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error("a list of tokens ends with `end`");
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  #take(kind: "name" | "symbol", ...values: readonly string[]): Token | undefined {
    const token = this.#peek();
    return token.kind === kind && values.includes(token.value) ? this.#next() : undefined;
  }

  #or(): Node {
    return this.#chain("or", () => this.#and());
  }

  #and(): Node {
    return this.#chain("and", () => this.#not());
  }

  #chain(operator: "and" | "or", operand: () => Node): Node {
    let left = operand();
    while (this.#take("name", operator)) {
      const right = operand();
      left = { kind: "logic", operator, left, right, span: between(left, right) };
      this.#count(left.span.start);
    }
    return left;
  }

  #not(): Node {
    const token = this.#take("name", "not");
    if (token === undefined) return this.#comparison();
    return this.#deeper(token.span.start, () => {
      const operand = this.#not();
      return { kind: "not", operand, span: { start: token.span.start, end: operand.span.end } };
    });
  }

  #comparison(): Node {
    const left = this.#sum();
    const token = this.#take("symbol", "=", "!=", "<", "<=", ">", ">=");
    if (token === undefined) return left;
    const right = this.#sum();
    const again = this.#peek();
    if (again.kind === "symbol" && /^[!<>=]/.test(again.value)) {
      throw new SyntaxFault({
        column: again.span.start + 1,
        message: "comparisons cannot be chained",
        remedy: "join two comparisons with `and`",
      });
    }
    return {
      kind: "comparison",
      operator: token.value as Comparison,
      left,
      right,
      span: between(left, right),
    };
  }

  #sum(): Node {
    return this.#arithmetic(["+", "-"], () => this.#product());
  }

  #product(): Node {
    return this.#arithmetic(["*", "/"], () => this.#unary());
  }

  #arithmetic(operators: readonly string[], operand: () => Node): Node {
    let left = operand();
    for (;;) {
      const token = this.#take("symbol", ...operators);
      if (token === undefined) return left;
      const right = operand();
      left = {
        kind: "arithmetic",
        operator: token.value as Arithmetic,
        left,
        right,
        span: between(left, right),
      };
      this.#count(left.span.start);
    }
  }

  #unary(): Node {
    const token = this.#take("symbol", "-");
    if (token === undefined) return this.#primary();
    return this.#deeper(token.span.start, () => {
      const operand = this.#unary();
      return { kind: "negate", operand, span: { start: token.span.start, end: operand.span.end } };
    });
  }

  #primary(): Node {
    const token = this.#next();
    if (token.kind === "text") return { kind: "text", span: token.span, value: token.value };
    if (token.kind === "number") return { kind: "number", span: token.span, value: token.value };
    if (token.kind === "symbol" && token.value === "(") {
      return this.#deeper(token.span.start, () => {
        const node = this.#or();
        this.#close("an operator or `)`");
        return node;
      });
    }
    if (token.kind !== "name") throw expected(token, "a column, a constant or a function");
    if (token.value === "true" || token.value === "false") {
      return { kind: "boolean", span: token.span, value: token.value === "true" };
    }
    if (token.value === "null") return { kind: "null", span: token.span };
    if (token.value === "and" || token.value === "or" || token.value === "not") {
      throw expected(token, "a column, a constant or a function");
    }
    if (this.#take("symbol", "(") === undefined) {
      return { kind: "column", span: token.span, path: token.value.split(".") };
    }
    return this.#deeper(token.span.start, () => this.#call(token));
  }

  #call(name: Token): Node {
    const list: Node[] = [];
    if (this.#take("symbol", ")") === undefined) {
      do list.push(this.#or());
      while (this.#take("symbol", ","));
      this.#close("`,` or `)`");
    }
    const span = { start: name.span.start, end: this.#tokens[this.#at - 1]?.span.end ?? name.span.end };
    if (name.value !== "column") return { kind: "call", span, name: name.value, arguments: list };
    const path = list.flatMap((step) => (step.kind === "text" ? [step.value] : []));
    if (path.length === 0 || path.length < list.length) {
      throw new SyntaxFault({
        column: span.start + 1,
        message: "`column` takes the name of a column as a text, or the steps of a path",
        remedy: 'write for example column("Unit price") or column("address", "street name")',
      });
    }
    return { kind: "column", span, path };
  }

  #close(hint: string): void {
    if (this.#take("symbol", ")") === undefined) throw expected(this.#peek(), hint);
  }

  /** A chain such as `a + b + c …` nests to the left, as deep as it is long. */
  #links = 0;
  #count(start: number): void {
    this.#links += 1;
    if (this.#links > DEEPEST) throw tooDeep(start);
  }

  #deeper<Result>(start: number, read: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw tooDeep(start);
    const result = read();
    this.#depth -= 1;
    return result;
  }
}

function between(left: Node, right: Node): { start: number; end: number } {
  return { start: left.span.start, end: right.span.end };
}

function expected(token: Token, what: string): SyntaxFault {
  const found = token.kind === "end" ? "the expression ends" : `\`${token.value}\` stands`;
  return new SyntaxFault({ column: token.span.start + 1, message: `${found} where ${what} is expected` });
}

function tooDeep(start: number): SyntaxFault {
  return new SyntaxFault({
    column: start + 1,
    message: `the expression is nested deeper than ${DEEPEST}, or longer than ${DEEPEST} operators`,
    remedy: "prepare the value in the file, or map its parts to columns of their own",
  });
}
