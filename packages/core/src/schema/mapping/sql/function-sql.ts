import type { Typed } from "../typed.ts";
import type { Compiled } from "./compiled.ts";

/** How a function becomes SQL; the arguments are compiled and of types that the checker accepted. */
export type FunctionSql = (args: readonly [Compiled, ...Compiled[]], typed: readonly Typed[]) => Compiled;
