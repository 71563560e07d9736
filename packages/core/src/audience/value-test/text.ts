import type { TestRow, ValueTest } from "../value-test.ts";

/** A whole text against one or several. */
export const textRow: TestRow<"text"> = {
  sql: (test, value, { isOneOf }) => {
    const values = test.ignoreCase ? test.values.map((text) => text.toLowerCase()) : test.values;
    // Lower case by the engine (ICU) and by JavaScript agree for every character.
    const compared = test.ignoreCase ? `lowerUTF8(${value})` : value;
    return `${test.negated ? "NOT " : ""}${isOneOf(compared, values)}`;
  },
  holds: (test, value) => {
    if (typeof value !== "string") return false;
    const known = test.ignoreCase ? test.values.map((text) => text.toLowerCase()) : test.values;
    return known.includes(test.ignoreCase ? value.toLowerCase() : value) !== test.negated;
  },
};

/**
 * A part of a text. Functions instead of LIKE: they compare bytes, to which nothing is a wildcard, and valid UTF-8 is
 * found in valid UTF-8 only at the borders of characters, where JavaScript finds it too.
 */
export const textPartRow: TestRow<"textPart"> = {
  sql: (test, value, { bind }) => {
    const part = bind("String", test.ignoreCase ? folded(test.part) : test.part);
    const searched = test.ignoreCase ? `replaceAll(lowerUTF8(${value}), 'ς', 'σ')` : value;
    return `${test.negated ? "NOT " : ""}${PLACES[test.at].sql(searched, part)}`;
  },
  holds: (test, value) => {
    if (typeof value !== "string") return false;
    return textPartIn(test, value) !== test.negated;
  },
};

function textPartIn({ at, part, ignoreCase }: ValueTest<"textPart">, value: string): boolean {
  const { holds } = PLACES[at];
  return ignoreCase ? holds(folded(value), folded(part)) : holds(value, part);
}

/**
 * Lower case, in which a sigma at the end of a word is like any other: what ends the part need not end a word of the
 * text that it is a part of.
 */
function folded(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}

const PLACES = {
  start: {
    sql: (text, part) => `startsWith(${text}, ${part})`,
    holds: (text, part) => text.startsWith(part),
  },
  end: {
    sql: (text, part) => `endsWith(${text}, ${part})`,
    holds: (text, part) => text.endsWith(part),
  },
  anywhere: {
    sql: (text, part) => `(position(${text}, ${part}) > 0)`,
    holds: (text, part) => text.includes(part),
  },
} as const satisfies Record<
  ValueTest<"textPart">["at"],
  {
    readonly sql: (text: string, part: string) => string;
    readonly holds: (text: string, part: string) => boolean;
  }
>;
