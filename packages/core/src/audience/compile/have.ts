import type { ColumnType } from "../../schema/schema.ts";
import type { ResolvedRule } from "../resolved.ts";
import { testSql } from "../value-test.ts";
import type { Moment } from "../window.ts";
import type { Bind } from "./parameters.ts";

/** Where `attribute_view` keeps a value of each type. */
const VALUE_COLUMNS = {
  text: "text",
  number: "number",
  boolean: "flag",
  time: "moment",
  list: "list",
} as const satisfies Record<ColumnType, string>;

export interface HaveLeaves {
  /** The column that says whether the condition holds; the same for equal conditions. */
  column(leaf: ResolvedRule<"have">): string;
  /** The names of all these columns. */
  columns(): readonly string[];
  /** At most one: the grouped pass that computes all these columns. */
  passes(): readonly string[];
  /** Catalog numbers of all attributes that are read, ascending. */
  attributes(): readonly number[];
}

/**
 * One pass over the attributes. `argMax` over tuples: it would skip NULLs, and a value that was cleared has to win
 * over the older one that it cleared. Without any row it gives the tuple (0, …): not present.
 */
export function haveLeaves(bind: Bind, moment: Moment): HaveLeaves {
  const latest = new Map<string, string>();
  const conditions = new Map<string, string>();
  const numbers = new Set<number>();
  const latestName = ({ numbers: columns, type }: ResolvedRule<"have">): string => {
    const where = columns.length === 1 ? `attribute = ${columns[0]}` : `attribute IN (${columns.join(", ")})`;
    const sql = `argMaxIf((is_null = 0, ${VALUE_COLUMNS[type]}), (time, tie, arrival), ${where})`;
    const name = latest.get(sql) ?? `a${latest.size}`;
    latest.set(sql, name);
    return name;
  };
  return {
    column(leaf) {
      for (const number of leaf.numbers) numbers.add(number);
      const value = latestName(leaf);
      const sql = testSql(leaf.test, { present: `${value}.1`, value: `${value}.2` }, bind, moment);
      const name = conditions.get(sql) ?? `h${conditions.size}`;
      conditions.set(sql, name);
      return name;
    },
    columns: () => [...conditions.values()],
    passes() {
      if (conditions.size === 0) return [];
      return [
        [
          `SELECT ${["profile", ...[...conditions].map(([sql, name]) => `${sql} AS ${name}`)].join(",\n  ")}`,
          `FROM (SELECT ${["profile", ...[...latest].map(([sql, name]) => `${sql} AS ${name}`)].join(",\n  ")}`,
          "FROM attribute_view",
          `WHERE attribute IN (${[...numbers].join(", ")})`,
          "GROUP BY profile)",
        ].join("\n"),
      ];
    },
    attributes: () => [...numbers].sort((left, right) => left - right),
  };
}
