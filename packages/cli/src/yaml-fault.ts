import type { ErrorCode, LineCounter, YAMLError } from "yaml";

interface Sentence {
  readonly code: ErrorCode;
  /** Which of the parser's messages under this code; any unless given. */
  readonly of?: RegExp;
  readonly says: string;
}

/** What the parser's most common errors mean to somebody who writes definitions. The first row that fits holds. */
const SENTENCES: readonly Sentence[] = [
  {
    code: "BLOCK_AS_IMPLICIT_KEY",
    of: /mappings/,
    says: "a second `:` stands on this line, or the next line is indented too far; put a text that holds a `:` and a space into quotes",
  },
  { code: "BLOCK_AS_IMPLICIT_KEY", says: "this `-` doesn't stand below the one of the item before it" },
  { code: "MULTILINE_IMPLICIT_KEY", says: "a `:` with a space behind it is missing on this line" },
  {
    code: "BAD_INDENT",
    of: /Flow sequence/,
    says: "a `[` before this is not closed with `]`, or what stands in it is indented too little",
  },
  {
    code: "BAD_INDENT",
    of: /Flow map/,
    says: "a `{` before this is not closed with `}`, or what stands in it is indented too little",
  },
  { code: "BAD_INDENT", says: "this line is indented otherwise than the lines that it belongs to" },
  { code: "TAB_AS_INDENT", says: "a tab stands at the beginning of this line; indent with spaces" },
  { code: "DUPLICATE_KEY", says: "this name stands here a second time; remove one of the two" },
  {
    code: "MISSING_CHAR",
    of: /closing .quote/,
    says: "a text that begins with a quotation mark never ends with one",
  },
  {
    code: "MISSING_CHAR",
    of: /followed by map values/,
    says: "a `:` with a space behind it is missing on this line",
  },
  { code: "BLOCK_IN_FLOW", says: "a comma is missing between `{` and `}`, or between `[` and `]`" },
  { code: "BAD_SCALAR_START", says: "a text can't begin with this character unless it stands in quotes" },
  {
    code: "BAD_DQ_ESCAPE",
    says: "`\\` has a meaning of its own in a text in double quotes; write it twice, or use single quotes",
  },
];

/**
 * What is wrong with a YAML text, in plain words with line and column; what is not known here keeps the parser's own
 * words. One slip makes the parser stumble several times over, so of each line only the first is told.
 *
 * @returns each as `line:column: words`
 */
export function yamlFaults(errors: readonly YAMLError[], lines: LineCounter): string[] {
  const told = new Set<number>();
  return errors.flatMap((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    if (told.has(line)) return [];
    told.add(line);
    return [`${line}:${col}: ${plain(error)}.`];
  });
}

function plain({ code, message }: YAMLError): string {
  const known = SENTENCES.find((one) => one.code === code && (one.of?.test(message) ?? true));
  return known?.says ?? message;
}
