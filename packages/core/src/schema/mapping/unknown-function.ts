import type { ExpressionFault, Span } from "./fault.ts";
import { FUNCTIONS } from "./functions.ts";
import { nearest } from "./spelling.ts";

/** A name that stands where a function is called, and is that of none. */
export function unknownFunction(name: string, { start }: Span): ExpressionFault {
  const known = Object.keys(FUNCTIONS);
  const near = nearest(name, known);
  return {
    column: start + 1,
    message: `there is no function \`${name}\``,
    remedy:
      near === undefined
        ? `functions are ${known.map((one) => `\`${one}\``).join(", ")}`
        : `did you mean \`${near}\`?`,
  };
}
