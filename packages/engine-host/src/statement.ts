/** A statement as far as the host must understand it: does it stream rows, take data, or neither? */
export type Statement =
  /** Rows can be handed out while the engine makes them. */
  | { readonly kind: "rows"; readonly sql: string; readonly format: string | undefined }
  /** `INSERT … FORMAT x`: data follows. `target` and `settings` are the parts around `FROM INFILE`. */
  | {
      readonly kind: "insert";
      readonly target: string;
      readonly settings: string;
      readonly format: string;
      /** Where the data begins, counted in characters of the text that was read. */
      readonly dataFrom: number;
    }
  | { readonly kind: "other"; readonly sql: string };

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many brackets are open here. */
  readonly depth: number;
}

/** Comments, strings and quoted names in which nothing counts; a placeholder's start; words; brackets. */
const TOKEN =
  /--[^\n]*|#![^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`|\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*:|[A-Za-z_][A-Za-z0-9_]*|[()]/g;

/** The names of a statement's placeholders (`{name:Type}`). */
export function placeholders(sql: string): Set<string> {
  const names = new Set<string>();
  for (const match of sql.matchAll(TOKEN)) {
    if (match[1] !== undefined) names.add(match[1]);
  }
  return names;
}

/** The bare words of a statement, in order; strings, quoted names and comments are stepped over. */
function* words(sql: string): Generator<Word> {
  let depth = 0;
  for (const match of sql.matchAll(TOKEN)) {
    const text = match[0];
    if (text === "(") depth++;
    else if (text === ")") depth--;
    else if (/^[A-Za-z_]/.test(text)) {
      yield { text: text.toUpperCase(), start: match.index, end: match.index + text.length, depth };
    }
  }
}

/** The name after the last `FORMAT` outside brackets, if the statement ends with one. */
function formatAtEnd(sql: string): string | undefined {
  let previous: Word | undefined;
  let format: string | undefined;
  for (const word of words(sql)) {
    if (word.depth === 0 && previous?.text === "FORMAT" && previous.depth === 0) {
      format = sql.slice(word.start, word.end);
    }
    previous = word;
  }
  return format;
}

/**
 * Reads just enough of a statement to route it. For an insert with data only the head is looked at, so `sql` may
 * go on with data; of everything else it must be the whole text.
 */
export function readStatement(sql: string): Statement {
  let first: Word | undefined;
  let settingsFrom: number | undefined;
  const all = words(sql);
  for (const word of all) {
    if (first === undefined) {
      first = word;
      if (first.text === "SELECT" || first.text === "WITH") {
        return { kind: "rows", sql, format: formatAtEnd(sql) };
      }
      if (first.text !== "INSERT") return { kind: "other", sql };
      continue;
    }
    if (word.depth > 0) continue;
    if (word.text === "SELECT" || word.text === "WITH" || word.text === "VALUES" || word.text === "WATCH")
      break;
    if (word.text === "SETTINGS") settingsFrom = word.start;
    if (word.text === "FORMAT") {
      const name = all.next().value;
      if (name === undefined) break;
      const headEnd = settingsFrom ?? word.start;
      return {
        kind: "insert",
        target: sql.slice(0, headEnd).trimEnd(),
        settings: settingsFrom === undefined ? "" : sql.slice(settingsFrom, word.start).trim(),
        format: sql.slice(name.start, name.end),
        dataFrom: name.end + dataOffset(sql.slice(name.end, name.end + 1024)),
      };
    }
  }
  return { kind: "other", sql };
}

/** ClickHouse skips blanks, one semicolon and one line end between the format's name and the data. */
function dataOffset(rest: string): number {
  return /^[ \t]*;?[ \t]*(?:\r?\n)?/.exec(rest)?.[0].length ?? 0;
}

/** A text as ClickHouse's string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A name as ClickHouse's quoted name. */
export function quoted(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
