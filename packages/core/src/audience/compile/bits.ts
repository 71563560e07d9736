/** What grouped passes hand on: one row per profile, with the conditions that hold as bits of numbers. */
export interface Pass {
  /** The names of its conditions; the mask `m<n>` of `sql` holds the 64 from 64 × n on, the lowest bit first. */
  readonly conditions: readonly string[];
  /** `SELECT profile, m0, m1, …`, each mask a UInt64. */
  readonly sql: string;
}

const BITS = 64;

/** The masks of conditions that are 0 or 1: expressions of UInt64, named `m0`, `m1` … or by another prefix. */
export function masksSql(conditions: readonly string[], prefix = "m"): string[] {
  return Array.from({ length: Math.ceil(conditions.length / BITS) }, (_, at) => {
    const own = conditions.slice(at * BITS, (at + 1) * BITS);
    return `${own.map((sql, bit) => shifted(`toUInt64(${sql})`, bit)).join(" + ")} AS ${prefix}${at}`;
  });
}

/**
 * All profiles, with each condition of the passes as a column of 0 or 1. The passes are not joined but put below one
 * another and grouped once more, the bits of a profile put together: of 1 M profiles and 20 passes a join of each cost
 * more than the passes themselves.
 */
export function profilesWithConditions(passes: readonly Pass[]): string {
  // The lowest bit says that there is a profile at all: events may be left of one that was deleted.
  const words = [{ used: 1 }];
  const columns: string[] = [];
  const selects = passes.map(({ conditions, sql }) => {
    const placed = new Map<number, string>();
    for (let first = 0; first < conditions.length; first += BITS) {
      const own = conditions.slice(first, first + BITS);
      let word = words.at(-1);
      if (word === undefined || word.used + own.length > BITS) {
        word = { used: 0 };
        words.push(word);
      }
      const at = words.length - 1;
      const offset = word.used;
      word.used += own.length;
      columns.push(...own.map((name, bit) => `bitTest(w${at}, ${offset + bit}) AS ${name}`));
      const mask = shifted(`m${first / BITS}`, offset);
      const before = placed.get(at);
      placed.set(at, before === undefined ? mask : `${before} + ${mask}`);
    }
    return { placed, sql };
  });
  const row = (placed: ReadonlyMap<number, string>) =>
    words.map((_, at) => `${placed.get(at) ?? "toUInt64(0)"} AS u${at}`).join(", ");
  const branches = [
    `SELECT profile, ${row(new Map([[0, "toUInt64(1)"]]))} FROM profile_view`,
    ...selects.map(({ placed, sql }) => `SELECT profile, ${row(placed)} FROM (\n${sql}\n)`),
  ];
  return [
    `SELECT ${["profile", ...columns].join(",\n  ")}`,
    `FROM (SELECT profile, ${words.map((_, at) => `groupBitOr(u${at}) AS w${at}`).join(", ")}`,
    `FROM (\n${branches.join("\nUNION ALL\n")}\n)`,
    "GROUP BY profile HAVING bitTest(w0, 0))",
  ].join("\n");
}

function shifted(sql: string, bits: number): string {
  return bits === 0 ? sql : `bitShiftLeft(${sql}, ${bits})`;
}
