import type { Span } from "./fault.ts";
import type { FunctionName } from "./functions.ts";
import type { Arithmetic, Comparison } from "./node.ts";

/** What an expression yields. `nothing` is the type of `null` alone: it fits every other type. */
export type ValueType = "text" | "number" | "boolean" | "time" | "list" | "nothing";

/** An expression whose names are known and whose types fit together. */
export type Typed =
  | { readonly kind: "text"; readonly type: "text"; readonly span: Span; readonly value: string }
  | { readonly kind: "number"; readonly type: "number"; readonly span: Span; readonly value: string }
  | { readonly kind: "boolean"; readonly type: "boolean"; readonly span: Span; readonly value: boolean }
  | { readonly kind: "null"; readonly type: "nothing"; readonly span: Span }
  | {
      readonly kind: "column";
      readonly type: "text";
      readonly span: Span;
      readonly name: string;
      /** Place among the file's columns, from 0; -1 while no file is known. */
      readonly index: number;
    }
  | {
      readonly kind: "call";
      readonly type: ValueType;
      readonly span: Span;
      readonly name: FunctionName;
      readonly arguments: readonly Typed[];
    }
  | { readonly kind: "not"; readonly type: "boolean"; readonly span: Span; readonly operand: Typed }
  | { readonly kind: "negate"; readonly type: "number"; readonly span: Span; readonly operand: Typed }
  | {
      readonly kind: "arithmetic";
      readonly type: "number";
      readonly span: Span;
      readonly operator: Arithmetic;
      readonly left: Typed;
      readonly right: Typed;
    }
  | {
      readonly kind: "comparison";
      readonly type: "boolean";
      readonly span: Span;
      readonly operator: Comparison;
      readonly left: Typed;
      readonly right: Typed;
    }
  | {
      readonly kind: "logic";
      readonly type: "boolean";
      readonly span: Span;
      readonly operator: "and" | "or";
      readonly left: Typed;
      readonly right: Typed;
    };
export type TypedKind = Typed["kind"];
