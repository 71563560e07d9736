import { type Path, pathName } from "../mapping/path.ts";
import type { ColumnType } from "../schema.ts";
import { columnExpression } from "./column-expression.ts";
import { looksLikeCode, looksLikeTruth } from "./names.ts";
import { numberReadings, ONE_OR_ZERO, type Reading, TRUTH, WORD_READINGS } from "./readings.ts";
import { lacksZone, type TimeReading, timeReadings } from "./time-readings.ts";

/** What a row of a sample holds in one column: nothing (`undefined`), null, a text, or a list of texts. */
export type SampleCell = undefined | null | string | readonly string[];

/** One way to read a column. */
export interface Guess {
  readonly type: ColumnType;
  /** Over the file's columns, in the mapping language. */
  readonly expression: string;
  /** What the values are taken for, for people. */
  readonly what: string;
  /** Of the values that are there, the share that can be read so; 0 to 1. */
  readonly share: number;
}

/** What a sample shows of one column. */
export interface ColumnProfile {
  readonly name: string;
  readonly path: Path;
  /** How a mapping names it. */
  readonly expression: string;
  /** Rows with a value; the others have none at all, null, or an empty text. */
  readonly filled: number;
  readonly absent: number;
  readonly null: number;
  readonly empty: number;
  /** Different values. */
  readonly distinct: number;
  /** The most frequent values, cut to a readable length. */
  readonly examples: readonly string[];
  readonly guess: Guess;
  /** What else the values could be, the likelier first. */
  readonly others: readonly Guess[];
  /** What a person should look at: an order of day and month that values don't tell. */
  readonly doubt: string | null;
}

export interface ProfileOptions {
  /** The file's numbers have a decimal comma where the values themselves don't tell. */
  readonly decimalComma: boolean;
  /** By whose clock times without a zone are meant; `Area/City` or `UTC`. */
  readonly timeZone: string;
  /** Rows are nested, so that columns are paths. */
  readonly nested: boolean;
}

const MOST_EXAMPLES = 5;
const LONGEST_EXAMPLE = 120;
/** A few slips in many values don't make a column of numbers one of texts. */
const NEARLY_ALL = 0.98;
const MANY = 50;
/** A hundred readings are tried on so many values; on all of them only those that fit a good part of these. */
const TRIED = 200;
const PLAUSIBLE = 0.25;
/** What fits fewer values than this is no way to read a column. */
const WORTH_NAMING = 0.5;

/** Looks at one column of a sample. */
export function profileColumn(
  path: Path,
  cells: readonly SampleCell[],
  options: ProfileOptions,
): ColumnProfile {
  const counts = new Map<string, number>();
  const tally = { absent: 0, null: 0, empty: 0, lists: 0, filled: 0 };
  for (const cell of cells) {
    if (cell === undefined) tally.absent++;
    else if (cell === null) tally.null++;
    else if (cell === "") tally.empty++;
    else {
      tally.filled++;
      if (typeof cell !== "string") tally.lists++;
      const text = typeof cell === "string" ? cell : JSON.stringify(cell);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  const frequent = [...counts].sort(([, one], [, other]) => other - one).slice(0, MOST_EXAMPLES);
  const expression = columnExpression(path);
  const values = { counts, filled: tally.filled };
  const read =
    tally.lists > 0
      ? listGuess(expression, tally)
      : readTexts(path, expression, values, tally.empty, options);
  return {
    name: options.nested ? pathName(path) : path.join("."),
    path,
    expression,
    filled: tally.filled,
    absent: tally.absent,
    null: tally.null,
    empty: tally.empty,
    distinct: counts.size,
    examples: frequent.map(([text]) =>
      text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE)}…` : text,
    ),
    ...read,
  };
}

type Read = Pick<ColumnProfile, "guess" | "others" | "doubt">;

function listGuess(
  expression: string,
  { lists, filled }: { readonly lists: number; readonly filled: number },
): Read {
  const what = lists === filled ? "lists" : "lists, and single values that are lists of one";
  return {
    guess: { type: "list", expression: `list(${expression})`, what, share: 1 },
    others: [],
    doubt: null,
  };
}

interface Values {
  readonly counts: ReadonlyMap<string, number>;
  readonly filled: number;
}

function readTexts(path: Path, column: string, values: Values, empty: number, options: ProfileOptions): Read {
  const text: Guess = { type: "text", expression: column, what: "texts", share: 1 };
  if (values.filled === 0) return { guess: { ...text, what: "nothing" }, others: [], doubt: null };
  const spaced = [...values.counts.keys()].some((value) => value !== value.trim());
  const source = spaced ? `trim(${column})` : column;
  const guessOf = (reading: Reading): Guess => {
    const read = reading.expression(source);
    return {
      type: reading.type,
      // An empty text is a value, and no cast takes it; in CSV an empty cell is absent already.
      expression: empty > 0 ? `if(${source} = "", null, ${read})` : read,
      what: reading.what,
      share: shareOf(reading, values),
    };
  };
  const times = timeReadings(options.timeZone);
  const candidates = [...truthReadings(path, values), ...times, ...numberReadings(options.decimalComma)];
  const found = candidates
    .filter((reading) => isPlausible(reading, values))
    .map((reading) => ({ reading, guess: guessOf(reading) }))
    .filter(({ guess }) => guess.share >= WORTH_NAMING)
    // A stable sort: of equal shares the likelier reading stays in front.
    .sort((one, other) => other.guess.share - one.guess.share);
  const lists = splitGuesses(column, values);
  const [best] = found;
  const sure = best !== undefined && isEnough(best.guess.share, values.filled);
  const asText = textReason(path, values, best?.reading);
  if (best === undefined || !sure || asText !== undefined) {
    const others = [...unique(found.map(({ guess }) => guess)), ...lists];
    return { guess: { ...text, what: asText ?? text.what }, others, doubt: null };
  }
  const others = unique(found.slice(1).map(({ guess }) => guess)).filter(
    ({ expression }) => expression !== best.guess.expression,
  );
  return { guess: best.guess, others: [...others, text], doubt: doubtOf(best, found, values, options) };
}

function isEnough(share: number, filled: number): boolean {
  return share === 1 || (filled >= MANY && share >= NEARLY_ALL);
}

function isPlausible(reading: Reading, { counts }: Values): boolean {
  let tried = 0;
  let fitting = 0;
  for (const value of counts.keys()) {
    if (tried === TRIED) break;
    tried++;
    if (reading.fits(value.trim())) fitting++;
  }
  return fitting >= PLAUSIBLE * tried;
}

function shareOf(reading: Reading, { counts, filled }: Values): number {
  let fitting = 0;
  for (const [value, count] of counts) if (reading.fits(value.trim())) fitting += count;
  return fitting / filled;
}

/** Truth in words needs both of them, or a name that asks for it: `no` alone is Norway. */
function truthReadings(path: Path, { counts }: Values): readonly Reading[] {
  const seen = new Set([...counts.keys()].map((value) => value.trim().toLowerCase()));
  const asked = looksLikeTruth(path);
  const words = WORD_READINGS.filter(
    ({ words: [yes, no] }) => (seen.has(yes) && seen.has(no)) || (asked && (seen.has(yes) || seen.has(no))),
  );
  return [TRUTH, ...words, ...(asked ? [ONE_OR_ZERO] : [])];
}

/** Why what looks like something else is a text all the same. */
function textReason(
  path: Path,
  { counts, filled }: Values,
  reading: Reading | undefined,
): string | undefined {
  if (reading?.type !== "number") return undefined;
  const texts = [...counts.keys()];
  if (looksLikeCode(path)) return "numbers that nobody counts with, by the column's name";
  if (texts.some((value) => /^[+-]?0[0-9]/.test(value.trim())))
    return "digits with zeros in front, which a number would lose";
  if (filled === 0) return undefined;
  return undefined;
}

/** Lists within one cell: most cells have the separator, and what it parts is short. */
function splitGuesses(column: string, { counts, filled }: Values): Guess[] {
  return [";", "|", ","].flatMap((separator) => {
    let parted = 0;
    for (const [value, count] of counts) {
      const parts = value.split(separator);
      if (
        parts.length > 1 &&
        parts.every((part) => part !== "" && part.length <= 40 && !/[.!?]\s/.test(part))
      )
        parted += count;
    }
    const share = parted / filled;
    if (share < 0.3) return [];
    const what = `lists with ${separator} between their elements`;
    return [{ type: "list" as const, expression: `split(${column}, "${separator}")`, what, share: 1 }];
  });
}

/** Of readings of one type and one share the first alone, but of dates one for each order of day and month. */
function unique(guesses: readonly Guess[]): Guess[] {
  const seen = new Set<string>();
  return guesses
    .filter(({ type, share, expression, what }) => {
      const order = type === "time" ? /D+.M+|M+.D+/.exec(what)?.[0] : expression;
      const key = `${type} ${share} ${order}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .slice(0, 5);
}

function doubtOf(
  best: { readonly reading: Reading; readonly guess: Guess },
  found: readonly { readonly reading: Reading; readonly guess: Guess }[],
  { counts }: Values,
  { timeZone }: ProfileOptions,
): string | null {
  const equal = found.filter(({ guess }) => guess.share === best.guess.share);
  if (isTime(best.reading)) {
    const { dayFirst } = best.reading;
    const turned = equal.find(
      ({ reading }) => isTime(reading) && reading.dayFirst !== undefined && reading.dayFirst !== dayFirst,
    );
    if (dayFirst !== undefined && turned !== undefined) {
      return `Day and month could stand the other way round: no value tells. The other order is ${turned.guess.expression}.`;
    }
    if (
      best.reading.what.includes("ISO") &&
      timeZone !== "UTC" &&
      [...counts.keys()].some((value) => lacksZone(value.trim()))
    ) {
      return "Times without a zone are taken for UTC.";
    }
    return null;
  }
  if (best.reading.type !== "number") return null;
  // 1,234 and 1.234 are a thousand and something, or one and a quarter.
  const groups = [...counts.keys()].filter((value) => /[.,]/.test(value));
  const alike =
    groups.length > 0 && groups.every((value) => /^[+-]?[0-9]{1,3}[.,][0-9]{3}$/.test(value.trim()));
  const other = alike
    ? equal.find(
        ({ reading, guess }) => reading.type === "number" && guess.expression !== best.guess.expression,
      )
    : undefined;
  return other === undefined
    ? null
    : `The sign in these numbers could stand between thousands or before decimals: no value tells. The other reading is ${other.guess.expression}.`;
}

function isTime(reading: Reading): reading is TimeReading {
  return reading.type === "time";
}
