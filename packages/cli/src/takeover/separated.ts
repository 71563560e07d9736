/** A file with a header and cells, such as a spreadsheet saves it. */
export interface Separated {
  /** Reads one line more; undefined for an empty one. Cells by their column's name, in small letters. */
  read(line: string): Readonly<Record<string, string>> | undefined;
}

/** @param header the first line; the delimiter is recognised in it */
export function separated(header: string): Separated {
  const clean = header.replace(/^\uFEFF/, "");
  const delimiter = [";", "\t", ","].find((sign) => clean.includes(sign)) ?? ",";
  const names = cells(clean, delimiter).map((name) => name.toLowerCase().replace(/[\s_-]/g, ""));
  return {
    read(line) {
      if (line.trim() === "") return undefined;
      const values = cells(line, delimiter);
      return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
    },
  };
}

/** Cells of one line; quotes may stand around them. */
function cells(line: string, delimiter: string): string[] {
  const found: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at);
    if (sign === '"' && isQuoted && line.charAt(at + 1) === '"') {
      cell += '"';
      at += 1;
    } else if (sign === '"') isQuoted = !isQuoted;
    else if (sign === delimiter && !isQuoted) {
      found.push(cell.trim());
      cell = "";
    } else cell += sign;
  }
  return [...found, cell.trim()];
}
