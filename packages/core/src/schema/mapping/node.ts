import type { Span } from "./fault.ts";

export const ARITHMETIC = ["+", "-", "*", "/"] as const;
export type Arithmetic = (typeof ARITHMETIC)[number];

export const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** An expression as it was written; nothing is known yet about types and names. */
export type Node =
  | { readonly kind: "text"; readonly span: Span; readonly value: string }
  | { readonly kind: "number"; readonly span: Span; readonly value: string }
  | { readonly kind: "boolean"; readonly span: Span; readonly value: boolean }
  | { readonly kind: "null"; readonly span: Span }
  /** `address.city` has two steps; a column of a file without nesting is named by them joined with points. */
  | { readonly kind: "column"; readonly span: Span; readonly path: readonly string[] }
  | { readonly kind: "call"; readonly span: Span; readonly name: string; readonly arguments: readonly Node[] }
  | { readonly kind: "not"; readonly span: Span; readonly operand: Node }
  | { readonly kind: "negate"; readonly span: Span; readonly operand: Node }
  | {
      readonly kind: "arithmetic";
      readonly span: Span;
      readonly operator: Arithmetic;
      readonly left: Node;
      readonly right: Node;
    }
  | {
      readonly kind: "comparison";
      readonly span: Span;
      readonly operator: Comparison;
      readonly left: Node;
      readonly right: Node;
    }
  | {
      readonly kind: "logic";
      readonly span: Span;
      readonly operator: "and" | "or";
      readonly left: Node;
      readonly right: Node;
    };
export type NodeKind = Node["kind"];
