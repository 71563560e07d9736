import type { ExpressionFault, Span } from "./fault.ts";
import { FUNCTION_NAMES } from "./functions.ts";
import { nearest } from "./spelling.ts";

/** A name that stands where a function is called, and is that of none. */
export function unknownFunction(name: string, { start }: Span): ExpressionFault {
  const near = nearest(name, FUNCTION_NAMES);
  return {
    column: start + 1,
    message: `there is no function \`${name}\``,
    remedy:
      near === undefined
        ? `functions are ${FUNCTION_NAMES.map((one) => `\`${one}\``).join(", ")}`
        : `did you mean \`${near}\`?`,
  };
}
