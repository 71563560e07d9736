import type { FunctionRow } from "./functions/row.ts";
import { FUNCTION_GROUPS } from "./functions.ts";

/** The functions of the mapping language as tables of Markdown, by the name of the table; see docs/mapping.md. */
export function mappingTables(): Readonly<Record<keyof typeof FUNCTION_GROUPS, string>> {
  const tables = Object.entries(FUNCTION_GROUPS).map(([name, rows]) => [name, table(Object.values(rows))]);
  return Object.fromEntries(tables) as Record<keyof typeof FUNCTION_GROUPS, string>;
}

function table(rows: readonly FunctionRow[]): string {
  const lines = rows.map(({ form, meaning, example: [expression, result] }) => [
    code(form),
    meaning,
    `${code(expression)} is ${code(result)}`,
  ]);
  const head = ["function", "meaning", "for example"];
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Several forms are joined by commas and `or`, which are no code. */
function code(text: string): string {
  return text
    .split(/(\) or |\), )(?=[a-z]+\(x)/)
    .reduce<string[]>((parts, part, index) => {
      if (index % 2 === 0) parts.push(part);
      else parts.push(`${parts.pop() ?? ""})`, part.slice(1));
      return parts;
    }, [])
    .map((part, index) => (index % 2 === 0 ? `\`${part}\`` : part))
    .join("");
}
