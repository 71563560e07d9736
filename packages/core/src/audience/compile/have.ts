import type { ColumnType } from "../../schema/schema.ts";
import type { ResolvedRule } from "../resolved.ts";
import { testSql } from "../value-test.ts";
import type { Moment } from "../window.ts";
import { masksSql, numbered, type Pass } from "./bits.ts";
import type { Bind } from "./parameters.ts";
import { type TextLookups, textLookups } from "./text-lookups.ts";

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
  /** A grouped pass over each attribute that is asked for. */
  passes(): readonly Pass[];
}

/** The conditions on one attribute. */
interface AttributeLeaves {
  readonly numbers: readonly number[];
  /** Whether any of its rows may have a tie-break. */
  readonly tied: boolean;
  readonly conditions: Map<string, string>;
  readonly lookups: TextLookups;
}

/** One pass over the rows of each attribute; the table is sorted by attribute, so each reads its own rows only. */
export function haveLeaves(bind: Bind, moment: Moment, tied: ReadonlySet<number> | "any"): HaveLeaves {
  const attributes = new Map<string, AttributeLeaves>();
  let count = 0;
  return {
    column({ numbers: own, type, test }) {
      const key = own.join();
      const known = attributes.get(key) ?? {
        numbers: own,
        tied: tied === "any" || own.some((number) => tied.has(number)),
        conditions: new Map<string, string>(),
        lookups: textLookups(bind),
      };
      attributes.set(key, known);
      const { conditions, lookups } = known;
      const value = { present: "is_null = 0", value: VALUE_COLUMNS[type] };
      const sql = testSql(test, value, { bind, moment, isOneOf: lookups.isOneOf });
      const name = conditions.get(sql) ?? `h${count++}`;
      conditions.set(sql, name);
      return name;
    },
    passes: () => [...attributes.values()].map(attributePass),
  };
}

/**
 * An aggregate over rows of `attribute_view`: an expression of the latest, which has the largest (time, tie, arrival).
 * Without a tie, time and arrival are one number of 128 bits, which is compared several times as fast as the tuple
 * ([m] 1 M rows: 0.15 s of processor time against 0.51 s); where some rows may have one, both are asked, and at the same
 * time a row with a tie is later than one without.
 *
 * @param tied whether any of the rows may have a tie-break
 */
export function latestSql(of: string, tied: boolean): string {
  const key = "bitShiftLeft(toInt128(toUnixTimestamp64Milli(time)), 64) + arrival";
  if (!tied) return `argMax(${of}, ${key})`;
  const ofUntied = `argMaxIf(${of}, ${key}, tie = '')`;
  const ofTied = `argMaxIf(${of}, (time, tie, arrival), tie != '')`;
  const tiedIsLater =
    "countIf(tie != '') > 0 AND (countIf(tie = '') = 0 OR maxIf(time, tie != '') >= maxIf(time, tie = ''))";
  return `if(${tiedIsLater}, ${ofTied}, ${ofUntied})`;
}

/**
 * What holds for the latest row of each profile. The conditions are made masks row by row, so that the mask of the
 * latest row is all that is kept; a value that was cleared is a row without any bit, and so wins over the older one
 * that it cleared.
 */
function attributePass({ numbers, tied, conditions, lookups }: AttributeLeaves): Pass {
  const [only, ...others] = numbers;
  const where = others.length === 0 ? `attribute = ${only}` : `attribute IN (${numbers.join(", ")})`;
  const masks = numbered("of_row_", masksSql([...conditions.keys()]));
  const latest = masks.map((_, at) => `${latestSql(`of_row_${at}`, tied)} AS m${at}`);
  const read = ["profile", "time", "arrival", ...(tied ? ["tie"] : [])];
  const sql = [
    `SELECT ${["profile", ...latest].join(",\n  ")}`,
    `FROM (SELECT ${[...read, ...lookups.columns(), ...masks].join(",\n  ")}`,
    `FROM attribute_view WHERE ${where})`,
    "GROUP BY profile",
  ].join("\n");
  return { conditions: [[...conditions.values()]], sql, attributes: numbers, events: [] };
}
