/** One line of a CSV (RFC 4180), with its end. */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  return `${cells.map((value) => cell(String(value ?? ""))).join(",")}\r\n`;
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
