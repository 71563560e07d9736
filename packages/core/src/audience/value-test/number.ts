import { compares, comparisonSql } from "../comparison.ts";
import { decimalText } from "../decimal.ts";
import type { TestRow } from "../value-test.ts";

export const numberRow: TestRow<"number"> = {
  sql: ({ comparison }, value, { bind }) =>
    comparisonSql(comparison, value, (micros) => bind("Decimal(18, 6)", decimalText(micros))),
  holds: ({ comparison }, value) => typeof value === "bigint" && compares(comparison, value, 1n),
};
