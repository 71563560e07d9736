import type { ValueType } from "../typed.ts";

/** A place where a row can turn out to be wrong. */
export interface FaultSite {
  /** SQL condition (UInt8, never NULL): this went wrong, and nothing lazy stands before it. */
  readonly when: string;
  /** The column of the file that is at fault, if it is one. */
  readonly column: string | undefined;
  /** SQL text, evaluated for refused rows only: what is wrong, for people. */
  readonly reason: string;
}

/**
 * An expression as SQL over the staged cells. Where a fault site applies, `value` is anything: the row is
 * refused, so it only must not raise an error.
 */
export interface Compiled {
  readonly type: ValueType;
  /**
   * SQL: String, Decimal(18,6), UInt8 or DateTime64(3,'UTC'); Nullable where `nullable`. A list is the JSON of its
   * texts, because the engine's arrays can't be NULL; {@link arrayOf} makes one of it.
   */
  readonly value: string;
  readonly nullable: boolean;
  /** SQL condition (UInt8, never NULL), asked where `value` is NULL: absent (1) rather than null (0). */
  readonly absent: string;
  /** In the order in which they are reported: the first that applies names the row's fault. */
  readonly faults: readonly FaultSite[];
  /** The column of the file, if the expression is one column or a text function of it. */
  readonly column: string | undefined;
  /** What `list(…)` of it is, where that is not the list of this one text. */
  readonly list?: Compiled;
}

/** A list as Array(String); a missing one is empty. */
export function arrayOf(list: Compiled): string {
  if (list.type === "nothing") return "CAST([], 'Array(String)')";
  return `JSONExtract(${list.nullable ? `ifNull(${list.value}, '[]')` : list.value}, 'Array(String)')`;
}

const SQL_TYPES = {
  text: "String",
  list: "String",
  number: "Decimal(18, 6)",
  boolean: "UInt8",
  time: "DateTime64(3, 'UTC')",
  nothing: "Nothing",
} as const satisfies Record<ValueType, string>;

/** A function of values that is missing as soon as one of them is. */
export function strict(
  type: ValueType,
  args: readonly Compiled[],
  value: string,
  nullable = args.some((x) => x.nullable),
): Compiled {
  const nothing = args.some((x) => x.type === "nothing");
  return {
    type,
    value: nothing ? `CAST(NULL, 'Nullable(${SQL_TYPES[type].replaceAll("'", "\\'")})')` : value,
    nullable: nothing || nullable,
    absent: either(...args.map((x) => x.absent)),
    faults: args.flatMap((x) => x.faults),
    column: args.length === 1 ? args[0]?.column : undefined,
  };
}

/** An array of texts as a list, missing where `of` is missing. */
export function listOf(of: Compiled, array: string, args: readonly Compiled[] = [of]): Compiled {
  const json = `toJSONString(${array})`;
  return strict("list", args, of.nullable ? `if(isNull(${of.value}), NULL, ${json})` : json);
}

/** Either condition; constant 0 is left out. */
export function either(...conditions: readonly string[]): string {
  const rest = [...new Set(conditions)].filter((condition) => condition !== "0");
  return rest.length === 0 ? "0" : rest.length === 1 ? (rest[0] ?? "0") : `(${rest.join(" OR ")})`;
}

/** The sites of a part that is only evaluated under a condition. */
export function under(condition: string, faults: readonly FaultSite[]): FaultSite[] {
  return faults.map((fault) => ({ ...fault, when: `(${condition} AND ${fault.when})` }));
}

/** A condition as UInt8 that is never NULL: what is missing counts as false. */
export function truth(compiled: Compiled): string {
  if (compiled.type === "nothing") return "0";
  return compiled.nullable ? `ifNull(${compiled.value}, 0)` : compiled.value;
}

/** SQL that is 1 where the value is there. */
export function present(compiled: Compiled): string {
  return compiled.nullable ? `isNotNull(${compiled.value})` : "1";
}
