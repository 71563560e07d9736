import { parseExpression } from "../mapping/parser.ts";
import type { Path } from "../mapping/path.ts";

/**
 * How a mapping names a column: `email`, `address.city`, `column("Unit price")`.
 *
 * @param path the steps into a nested row; of a file without nesting its column's name alone
 */
export function columnExpression(path: Path): string {
  const plain = path.join(".");
  const parsed = parseExpression(plain);
  const same =
    parsed.ok &&
    parsed.node.kind === "column" &&
    parsed.node.path.length === path.length &&
    parsed.node.path.every((step, index) => step === path[index]);
  if (same) return plain;
  return `column(${path.map((step) => `"${step.replaceAll('"', '""')}"`).join(", ")})`;
}
