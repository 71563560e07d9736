import type { TestRow } from "../value-test.ts";

/** The elements of a list against those of the rule. */
export const listRow: TestRow<"list"> = {
  sql: ({ has, values }, value, bind) => {
    const [only] = values;
    if (values.length === 1 && only !== undefined) return `has(${value}, ${bind("String", only)})`;
    return `${has === "any" ? "hasAny" : "hasAll"}(${value}, ${bind("Array(String)", values)})`;
  },
  holds: ({ has, values }, value) => {
    if (!Array.isArray(value)) return false;
    const elements = new Set<unknown>(value);
    return has === "any"
      ? values.some((element) => elements.has(element))
      : values.every((element) => elements.has(element));
  },
};
