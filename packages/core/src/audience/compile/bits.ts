/** What grouped passes hand on: one row per profile, with the conditions that hold as bits of numbers. */
export interface Pass {
  /** The names of its conditions, in groups that each begin a new mask; 64 to a mask, the lowest bit first. */
  readonly conditions: readonly (readonly string[])[];
  /** Columns that are made of these: `<expression> AS <name>`. */
  readonly derived?: readonly string[];
  /** `SELECT profile, m0, m1, …`, each mask a UInt64. */
  readonly sql: string;
  /** Catalog numbers of the attributes that it reads. */
  readonly attributes: readonly number[];
  /** The events that it reads: by number of the schema, the catalog numbers of its columns. */
  readonly events: readonly { readonly schema: number; readonly columns: readonly number[] }[];
}

/** Where the conditions of all passes stand among the bits of a profile's words. */
export interface Layout {
  /** How many bits of each word are used. */
  readonly words: readonly number[];
  /** The bits, by name: `<expression> AS <name>`. */
  readonly columns: readonly string[];
  /** For each pass what its masks put into which words, by number of the word. */
  readonly placed: readonly ReadonlyMap<number, string>[];
}

const BITS = 64;
const BYTE = 8;

/**
 * Conditions that are 0 or 1 as masks: expressions of UInt64, of 64 conditions each, the lowest bit first. Bits are put
 * together as bytes first and only these as words: on a row of a block that is an eighth of the memory.
 */
export function masksSql(conditions: readonly string[]): string[] {
  return cut(conditions, BITS).map((word) =>
    cut(word, BYTE)
      .map((byte, at) => shifted(`toUInt64(${byteSql(byte)})`, BYTE * at))
      .join(" + "),
  );
}

function byteSql(conditions: readonly string[]): string {
  return conditions
    .map((sql, bit) => shifted(`(${sql})`, bit))
    .reduce((left, right) => `bitOr(${left}, ${right})`);
}

/** In parts of `size`, the last one shorter. */
export function cut<Of>(conditions: readonly Of[], size: number): Of[][] {
  return Array.from({ length: Math.ceil(conditions.length / size) }, (_, at) =>
    conditions.slice(at * size, (at + 1) * size),
  );
}

/** Names expressions `<prefix>0`, `<prefix>1` … */
export function numbered(prefix: string, expressions: readonly string[]): string[] {
  return expressions.map((sql, at) => `${sql} AS ${prefix}${at}`);
}

/** The lowest bit says that there is a profile at all: events may be left of one that was deleted. */
export const IS_PROFILE: ReadonlyMap<number, string> = new Map([[0, "toUInt64(1)"]]);

/** Gives each condition of the passes a bit of its own, behind that of {@link IS_PROFILE}; a mask lies in one word. */
export function layoutOf(passes: readonly Pass[]): Layout {
  const words = [{ used: 1 }];
  const columns: string[] = [];
  const placed = passes.map(({ conditions }) => {
    const own = new Map<number, string>();
    for (const [at, names] of conditions.flatMap((group) => cut(group, BITS)).entries()) {
      let word = words.at(-1);
      if (word === undefined || word.used + names.length > BITS) {
        word = { used: 0 };
        words.push(word);
      }
      const last = words.length - 1;
      const offset = word.used;
      word.used += names.length;
      columns.push(...names.map((name, bit) => `${bitSql(last, offset + bit)} AS ${name}`));
      const mask = shifted(`m${at}`, offset);
      const before = own.get(last);
      own.set(last, before === undefined ? mask : `${before} + ${mask}`);
    }
    return own;
  });
  return { words: words.map(({ used }) => used), columns, placed };
}

/**
 * The rows of all passes below one another, `SELECT profile, u0, u1, …`. They are not joined but grouped once more: of
 * 1 M profiles and 20 passes a join of each cost more than the passes themselves.
 */
export function rowsOfPasses({ words, placed }: Layout, passes: readonly Pass[]): string {
  const row = (own: ReadonlyMap<number, string>) =>
    words.map((_, at) => `${own.get(at) ?? "toUInt64(0)"} AS u${at}`).join(", ");
  return [
    `SELECT profile, ${row(IS_PROFILE)} FROM profile_view`,
    ...passes.map(({ sql }, at) => `SELECT profile, ${row(placed[at] ?? new Map())} FROM (\n${sql}\n)`),
  ].join("\nUNION ALL\n");
}

/**
 * All profiles, with each condition of the passes as a column of 0 or 1: the bits of a profile put together.
 *
 * @param rows of all passes, as {@link rowsOfPasses} gives them
 */
export function profilesWithConditions(
  { words, columns }: Layout,
  passes: readonly Pass[],
  rows: string,
): string {
  const bytes = words.flatMap((used, at) =>
    Array.from({ length: Math.ceil(used / BYTE) }, (_, byte) => {
      return `toUInt8(bitShiftRight(w${at}, ${BYTE * byte})) AS b${at}_${byte}`;
    }),
  );
  const derived = passes.flatMap((pass) => pass.derived ?? []);
  return [
    // A level of their own: the engine takes long to find names among the columns of the same SELECT ([m] 184 of them
    // over 318 bits: analysed in 0.3 s instead of 0.95 s).
    `SELECT ${["*", ...derived].join(",\n  ")}`,
    `FROM (SELECT ${["profile", ...columns].join(",\n  ")}`,
    `FROM (SELECT ${["profile", ...bytes].join(", ")}`,
    `FROM (SELECT profile, ${words.map((_, at) => `groupBitOr(u${at}) AS w${at}`).join(", ")}`,
    `FROM (\n${rows}\n)`,
    "GROUP BY profile HAVING bitTest(w0, 0))))",
  ].join("\n");
}

/** A bit of a word by its byte: on bytes a block is tested four times as fast ([m] 64 bits of 1 M words: 0.04 s). */
function bitSql(word: number, bit: number): string {
  return `bitAnd(b${word}_${Math.floor(bit / BYTE)}, ${2 ** (bit % BYTE)}) != 0`;
}

function shifted(sql: string, bits: number): string {
  return bits === 0 ? sql : `bitShiftLeft(${sql}, ${bits})`;
}
