import type { ColumnType } from "../../schema/schema.ts";
import type { PropertyReference } from "../resolved.ts";

/** How the engine keeps the properties of events; a list cannot be NULL there, a missing one is empty. */
export const NULLABLE_TYPES = {
  text: "Nullable(String)",
  number: "Nullable(Decimal(18, 6))",
  boolean: "Nullable(Bool)",
  time: "Nullable(DateTime64(3, 'UTC'))",
} as const satisfies Record<Exclude<ColumnType, "list">, string>;

/** Whether an event has a value in the column: 0 or 1. */
export function presentSql({ type }: PropertyReference, column: string): string {
  return type === "list" ? `notEmpty(${column})` : `isNotNull(${column})`;
}

/** The value, never NULL; it means something only where it is present. */
export function valueSql({ type }: PropertyReference, column: string): string {
  return type === "list" ? column : `assumeNotNull(${column})`;
}
