/** One line of a `.env` file, its value quoted as Symfony's Dotenv reads it back. */
export function dotenvLine(name: string, value: string): string {
  if (/^[\w.:@/-]+$/.test(value)) return `${name}=${value}`;
  if (!value.includes("'")) return `${name}='${value}'`;
  return `${name}="${value.replace(/["\\$]/g, "\\$&")}"`;
}
