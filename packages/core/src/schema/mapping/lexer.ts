import type { ExpressionFault, Span } from "./fault.ts";

export type Token =
  | { readonly kind: "name"; readonly span: Span; readonly value: string }
  | { readonly kind: "number"; readonly span: Span; readonly value: string }
  | { readonly kind: "text"; readonly span: Span; readonly value: string }
  | { readonly kind: "symbol"; readonly span: Span; readonly value: string }
  | { readonly kind: "end"; readonly span: Span; readonly value: "" };

const SPACE = /\s+/y;
/** One word, or several joined with points: a path into a nested row. */
const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/uy;
const NUMBER = /\d+(?:\.\d+)?/y;
const SYMBOL = /!=|<=|>=|[=<>+\-*/(),]/y;

/** What people write out of habit, and what is meant. */
const HABITS: Readonly<Record<string, string>> = {
  "==": "write `=` for a comparison",
  "<>": "write `!=` for a comparison",
  "&&": "write `and`",
  "||": "write `or`, or `concat(…)` to join texts",
  "!": "write `not`",
  "`": 'write `column("odd name")` for a column whose name is not one word',
  "“": 'write texts in straight quotes: "…"',
  "”": 'write texts in straight quotes: "…"',
  "’": 'write texts in straight quotes: "…"',
};

/** Cuts an expression into tokens; stops at the first character that belongs to none. */
export function tokenize(source: string): { tokens: Token[]; fault?: ExpressionFault } {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  for (;;) {
    at += match(SPACE)?.length ?? 0;
    if (at >= source.length) {
      tokens.push({ kind: "end", span: { start: source.length, end: source.length }, value: "" });
      return { tokens };
    }
    const habit = Object.entries(HABITS).find(([text]) => source.startsWith(text, at));
    if (habit !== undefined && !source.startsWith("!=", at)) {
      return { tokens, fault: fault(at, `\`${habit[0]}\` does not belong to the language`, habit[1]) };
    }
    const quote = source[at];
    if (quote === '"' || quote === "'") {
      const text = readText(source, at, quote);
      if (text === undefined) {
        return { tokens, fault: fault(at, "this text is never closed", `end it with ${quote}`) };
      }
      tokens.push({ kind: "text", span: { start: at, end: text.end }, value: text.value });
      at = text.end;
      continue;
    }
    const token = (["name", "number", "symbol"] as const)
      .map((kind) => ({ kind, value: match(kind === "name" ? NAME : kind === "number" ? NUMBER : SYMBOL) }))
      .find((candidate) => candidate.value !== undefined);
    if (token?.value === undefined) {
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
      return { tokens, fault: fault(at, `\`${character}\` does not belong to the language`) };
    }
    tokens.push({ kind: token.kind, span: { start: at, end: at + token.value.length }, value: token.value });
    at += token.value.length;
  }
}

/** A quote inside a text is written twice; there are no other escapes. */
function readText(source: string, start: number, quote: string): { value: string; end: number } | undefined {
  let value = "";
  let at = start + 1;
  for (;;) {
    const next = source.indexOf(quote, at);
    if (next === -1) return undefined;
    value += source.slice(at, next);
    if (source[next + 1] !== quote) return { value, end: next + 1 };
    value += quote;
    at = next + 2;
  }
}

function fault(offset: number, message: string, remedy?: string): ExpressionFault {
  return { column: offset + 1, message, ...(remedy === undefined ? {} : { remedy }) };
}
